import type { Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import type { Moderator } from '../../middlewares/require-role.middleware';
import { Report, type ReportFields } from '../../models/report.model';
import { shownReportStages, type ShownReport } from '../../models/report.pipeline';
import { ApiError } from '../../utils/api-error';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from '../paging/array-page';
import type { KeysetOrder } from '../paging/keyset-order';
import { reportNotFound } from '../report.service';
import { noteAct } from './moderation-log.service';

/** First come, first served. */
const OLDEST_FIRST: KeysetOrder = { field: 'createdAt', kind: 'date', direction: 1 };

export interface QueueFilter {
  status: ReportFields['status'];
  targetType?: ReportFields['targetType'] | undefined;
}

export interface Resolution {
  resolution: Exclude<ReportFields['status'], 'open'>;
  note?: string | undefined;
}

/** One page of the reports in one state, oldest first, with what they are about. */
export async function listReports(
  filter: QueueFilter,
  query: PageQuery,
  viewer: Types.ObjectId,
): Promise<ArrayPage<ShownReport>> {
  return pageOfArray<ShownReport>(Report, reportList(filter, viewer), query);
}

export function reportList({ status, targetType }: QueueFilter, viewer: Types.ObjectId): ArrayList {
  return {
    filter: { status, ...(targetType && { targetType }) },
    order: OLDEST_FIRST,
    joins: shownReportStages(viewer),
  };
}

/** @throws ApiError 404 REPORT_NOT_FOUND */
export async function findReport(
  reportId: Types.ObjectId,
  viewer: Types.ObjectId,
): Promise<ShownReport> {
  const [report] = await Report.aggregate<ShownReport>([
    { $match: { _id: reportId } },
    ...shownReportStages(viewer),
  ]);
  if (!report) throw reportNotFound();
  return report;
}

/**
 * Closes a report; of those who try at the same time one succeeds. What follows from it, such as a
 * take-down, is an act of its own.
 * @throws ApiError 404 REPORT_NOT_FOUND, 409 REPORT_RESOLVED, 403 for a report about oneself
 */
export async function resolveReport(
  moderator: Moderator,
  reportId: Types.ObjectId,
  { resolution, note }: Resolution,
): Promise<void> {
  await runInTransaction(async (session) => {
    const report = await Report.findOneAndUpdate(
      { _id: reportId, status: 'open', targetOwner: { $ne: moderator._id } },
      {
        $set: {
          status: resolution,
          resolvedBy: moderator._id,
          resolvedAt: new Date(),
          ...(note !== undefined && { note }),
        },
      },
      { session, returnDocument: 'after' },
    ).lean();
    if (!report) throw await refusal(reportId);
    const { targetType, target } = report;
    await noteAct(
      moderator,
      { act: `report-${resolution}`, targetType, target, report: reportId, reason: note },
      session,
    );
  });
}

async function refusal(reportId: Types.ObjectId): Promise<ApiError> {
  const report = await Report.findById(reportId).select('status').lean();
  if (!report) return reportNotFound();
  if (report.status === 'open') {
    return ApiError.forbidden('Another moderator has to decide on a report about you');
  }
  return ApiError.conflict('This report is resolved already', { code: 'REPORT_RESOLVED' });
}
