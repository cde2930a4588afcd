import type { PipelineStage, Types } from 'mongoose';
import { Comment } from './comment.model';
import { shownCommentStages, type ShownComment } from './comment.pipeline';
import type { ReportFields, ReportTarget } from './report.model';
import type { UserFields } from './user.model';
import { Video } from './video.model';
import {
  joinPersonAs,
  listedVideoStages,
  type OwnerFields,
  type RowStage,
  type VideoWithOwner,
} from './video.pipeline';

/** A person as moderators see them. */
export type ModeratedUser = OwnerFields &
  Pick<UserFields, 'role' | 'suspendedAt' | 'suspendedUntil' | 'suspensionReason'>;

export const MODERATED_USER_FIELDS = [
  'role',
  'suspendedAt',
  'suspendedUntil',
  'suspensionReason',
] as const;

/** A report with what it is about; of the three things one at most, and none when it is gone. */
export type ShownReport = Omit<ReportFields, 'reporter' | 'resolvedBy' | 'targetOwner'> & {
  reporter?: OwnerFields;
  resolvedBy?: OwnerFields;
  targetOwner?: ModeratedUser;
  video?: VideoWithOwner;
  comment?: ShownComment;
};

/** Joins people and things to reports. Put it after paging: each join reads one key per row. */
export function shownReportStages(viewer: Types.ObjectId): PipelineStage[] {
  return [
    joinTarget('video', Video.collection.collectionName, listedVideoStages()),
    joinTarget('comment', Comment.collection.collectionName, shownCommentStages(viewer)),
    { $set: { video: { $first: '$video' }, comment: { $first: '$comment' } } },
    ...joinPersonAs('reporter'),
    ...joinPersonAs('resolvedBy'),
    ...joinPersonAs('targetOwner', [...MODERATED_USER_FIELDS]),
  ];
}

/** Nothing else has the id of a video or of a comment, so a join of the wrong kind finds nothing. */
function joinTarget(
  as: Exclude<ReportTarget, 'user'>,
  from: string,
  pipeline: RowStage[],
): PipelineStage {
  return { $lookup: { from, localField: 'target', foreignField: '_id', pipeline, as } };
}
