import type { Types } from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key';
import { Report, type ReportFields, type ReportTarget } from '../models/report.model';
import { ApiError } from '../utils/api-error';
import { requireChannel } from './channel.service';
import { findComment } from './comment.service';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';
import { requireVisibleVideo } from './video.service';

export type NewReport = Pick<ReportFields, 'targetType' | 'target' | 'reason' | 'details'>;

/** Whose a thing is; 404 when this person cannot see it, so that a report is no way to find out. */
const OWNER_OF: Readonly<
  Record<
    ReportTarget,
    (target: Types.ObjectId, reporter: Types.ObjectId) => Promise<Types.ObjectId | undefined>
  >
> = {
  video: async (target, reporter) => (await requireVisibleVideo(target, reporter)).owner,
  comment: async (target, reporter) => (await findComment(target, reporter)).owner?._id,
  user: async (target) => {
    await requireChannel(target);
    return target;
  },
};

/**
 * Asks the moderators to look at something that this person can see.
 * @throws ApiError 404 for what they cannot see, 400 SELF_REPORT, 409 ALREADY_REPORTED while an
 * earlier report of theirs is open
 */
export async function addReport(
  reporter: Types.ObjectId,
  report: NewReport,
): Promise<ReportFields> {
  const targetOwner = await OWNER_OF[report.targetType](report.target, reporter);
  if (targetOwner?.equals(reporter)) {
    throw ApiError.badRequest('You cannot report yourself or what is your own', {
      code: 'SELF_REPORT',
    });
  }
  try {
    const added = await Report.create({ ...report, reporter, ...(targetOwner && { targetOwner }) });
    return added.toObject();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw ApiError.conflict('You have reported this already; moderators will look at it', {
      code: 'ALREADY_REPORTED',
    });
  }
}

/** @throws ApiError 404 REPORT_NOT_FOUND, also for another person's */
export async function findOwnReport(
  reportId: Types.ObjectId,
  reporter: Types.ObjectId,
): Promise<ReportFields> {
  const report = await Report.findOne({ _id: reportId, reporter }).lean();
  if (!report) throw reportNotFound();
  return report;
}

/** What a person has reported, newest first. */
export async function listOwnReports(
  reporter: Types.ObjectId,
  query: PageQuery,
): Promise<ArrayPage<ReportFields>> {
  return pageOfArray<ReportFields>(Report, ownReportList(reporter), query);
}

export function ownReportList(reporter: Types.ObjectId): ArrayList {
  return { filter: { reporter }, order: NEWEST_FIRST };
}

/** 404 for a report that is absent, or none of this person's business. */
export function reportNotFound(): ApiError {
  return ApiError.notFound('Report not found', { code: 'REPORT_NOT_FOUND' });
}
