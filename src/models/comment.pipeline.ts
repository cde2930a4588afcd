import type { Types } from 'mongoose';
import type { CommentFields } from './comment.model';
import { isLikedStages } from './like.pipeline';
import { joinOwnerStages, type OwnerFields, type RowStage } from './video.pipeline';

/** A comment as it is shown; the owner is absent when the account is gone. */
export type ShownComment = Omit<CommentFields, 'owner'> & { owner?: OwnerFields; isLiked: boolean };

/** Joins who wrote each comment and whether this viewer likes it. Put it after paging. */
export function shownCommentStages(viewer: Types.ObjectId | undefined): RowStage[] {
  return [...isLikedStages('comment', viewer), ...joinOwnerStages()];
}
