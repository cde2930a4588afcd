import { z } from 'zod';
import { MODERATION_REASON_MAX_LENGTH } from '../constants';
import { REPORT_RESOLUTIONS, REPORT_STATUSES, REPORT_TARGETS } from '../models/report.model';
import { objectId, optionalText, pagingQuery, says, writtenText } from './common.validator';
import { commentIdSchema } from './comment.validator';
import { reportIdSchema } from './report.validator';
import { videoIdSchema } from './video.validator';

const reason = writtenText(MODERATION_REASON_MAX_LENGTH);
/** Taking an act back needs none. */
const reasonIfAny = optionalText(MODERATION_REASON_MAX_LENGTH).default('');

/** GET /moderation/reports */
export const listReportsSchema = z.object({
  query: z.object({
    ...pagingQuery,
    status: z.enum(REPORT_STATUSES).default('open'),
    targetType: z.enum(REPORT_TARGETS).optional(),
  }),
});

/** PATCH /moderation/reports/:reportId */
export const resolveReportSchema = reportIdSchema.extend({
  body: z.strictObject({
    resolution: z.enum(REPORT_RESOLUTIONS),
    note: optionalText(MODERATION_REASON_MAX_LENGTH).default(''),
  }),
});

/** POST /moderation/videos/:videoId/take-down */
export const takeDownSchema = videoIdSchema.extend({ body: z.strictObject({ reason }) });

/** DELETE /moderation/videos/:videoId/take-down */
export const restoreSchema = videoIdSchema.extend({
  body: z.strictObject({ reason: reasonIfAny }),
});

/** DELETE /moderation/comments/:commentId */
export const deleteCommentSchema = commentIdSchema.extend({ body: z.strictObject({ reason }) });

const userParams = z.object({ userId: objectId });

/** POST /moderation/users/:userId/suspension; without `until`, until it is lifted. */
export const suspendSchema = z.object({
  params: userParams,
  body: z.strictObject({
    reason,
    until: z.iso
      .datetime({ offset: true })
      .transform((time) => new Date(time))
      .refine((time) => time.getTime() > Date.now(), says('must be in the future'))
      .optional(),
  }),
});

/** DELETE /moderation/users/:userId/suspension */
export const liftSuspensionSchema = z.object({
  params: userParams,
  body: z.strictObject({ reason: reasonIfAny }),
});

/** GET /moderation/log */
export const listActsSchema = z.object({
  query: z.object({
    ...pagingQuery,
    target: objectId.optional().meta({ description: 'What happened to this thing or person.' }),
  }),
});
