import { Types } from 'mongoose';
import { z } from 'zod';
import { objectId, pagingQuery, says } from './common.validator';

/** An upload in place of a file: its id, or the address that it was announced at. */
export const uploadReference = z
  .string()
  .trim()
  .regex(
    /^((https?:\/\/[^/\s]+)?\/api\/v1\/uploads\/)?[0-9a-fA-F]{24}$/,
    says('must be the id of an upload'),
  )
  .transform((text) => new Types.ObjectId(text.slice(-24)));

/** GET /uploads */
export const listUploadsSchema = z.object({ query: z.object(pagingQuery) });

/** Every route with an `:uploadId` and nothing else. */
export const uploadIdSchema = z.object({ params: z.object({ uploadId: objectId }) });
