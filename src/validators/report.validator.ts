import { z } from 'zod';
import { REPORT_DETAILS_MAX_LENGTH } from '../constants';
import { REPORT_REASONS, REPORT_TARGETS } from '../models/report.model';
import { objectId, optionalText, pagingQuery } from './common.validator';

/** POST /reports */
export const addReportSchema = z.object({
  body: z.strictObject({
    targetType: z.enum(REPORT_TARGETS),
    target: objectId,
    reason: z.enum(REPORT_REASONS),
    details: optionalText(REPORT_DETAILS_MAX_LENGTH).default(''),
  }),
});

/** GET /reports */
export const listOwnReportsSchema = z.object({ query: z.object(pagingQuery) });

/** GET /reports/:reportId */
export const reportIdSchema = z.object({ params: z.object({ reportId: objectId }) });
