import { z } from 'zod';
import { objectId, pagingQuery } from './common.validator';

/** GET /uploads */
export const listUploadsSchema = z.object({ query: z.object(pagingQuery) });

/** Every route with an `:uploadId` and nothing else. */
export const uploadIdSchema = z.object({ params: z.object({ uploadId: objectId }) });
