import { z } from 'zod';
import { formBoolean, formNumber, objectId, pagingQuery, says } from './common.validator';

/** GET /users/history */
export const listHistorySchema = z.object({ query: z.object(pagingQuery) });

/** POST and PUT /users/history/:videoId; without progress, the video only moves to the top. */
export const saveProgressSchema = z.object({
  params: z.object({ videoId: objectId }),
  body: z.strictObject({
    progress: formNumber
      .refine((seconds) => Number.isFinite(seconds) && seconds >= 0, says('must be 0 or more'))
      .optional(),
  }),
});

/** PATCH /users/history */
export const pauseHistorySchema = z.object({ body: z.strictObject({ paused: formBoolean }) });
