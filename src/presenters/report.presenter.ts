import type { Types } from 'mongoose';
import type { ReportFields } from '../models/report.model';
import type { ShownReport } from '../models/report.pipeline';
import type { VideoWithOwner } from '../models/video.pipeline';
import { presentComment } from './comment.presenter';
import { presentModeratedUser } from './moderation.presenter';
import { presentOwner } from './user.presenter';
import type { presentVideo } from './video.presenter';

/** A report as the person who made it sees it: what came of it, and not by whom. */
export function presentOwnReport(
  report: Omit<ReportFields, 'reporter' | 'targetOwner' | 'resolvedBy'>,
) {
  return {
    _id: report._id.toString(),
    targetType: report.targetType,
    target: report.target.toString(),
    reason: report.reason,
    details: report.details,
    status: report.status,
    createdAt: report.createdAt,
    resolvedAt: report.resolvedAt ?? null,
  };
}

/**
 * A report as moderators see it. A moderator who was reported does not read by whom.
 * @param presentTarget how the video is shown
 */
export function presentReport(
  report: ShownReport,
  publicUrl: string,
  viewer: Types.ObjectId,
  presentTarget: (video: VideoWithOwner) => ReturnType<typeof presentVideo>,
) {
  const { reporter, targetOwner, video, comment, resolvedBy } = report;
  const isAboutViewer = targetOwner?._id.equals(viewer);
  return {
    ...presentOwnReport(report),
    reporter: reporter && !isAboutViewer ? presentOwner(reporter, publicUrl) : null,
    targetOwner: targetOwner ? presentModeratedUser(targetOwner, publicUrl) : null,
    video: video ? presentTarget(video) : null,
    comment: comment ? presentComment(comment, publicUrl) : null,
    resolvedBy: resolvedBy ? presentOwner(resolvedBy, publicUrl) : null,
    note: report.note ?? '',
  };
}
