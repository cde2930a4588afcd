import { z } from 'zod';
import { objectId, pagingQuery } from './common.validator';

/** POST /files, beside its file. */
export const addUserFileSchema = z.object({ body: z.strictObject({}) });

/** GET /files */
export const listUserFilesSchema = z.object({ query: z.object(pagingQuery) });

/** Every route with a `:fileId` and nothing else. */
export const userFileIdSchema = z.object({ params: z.object({ fileId: objectId }) });
