import type { Types } from 'mongoose';
import { Like, type LikeTarget } from './like.model';
import { joinOne, type RowStage } from './video.pipeline';

/** Sets `isLiked`: whether this viewer likes the row. A guest likes nothing, at no cost. */
export function isLikedStages(
  targetType: LikeTarget,
  viewer: Types.ObjectId | undefined,
): RowStage[] {
  if (!viewer) return [{ $set: { isLiked: false } }];
  return [
    joinOne('isLiked', Like.collection.collectionName, '_id', 'target', {
      likedBy: viewer,
      targetType,
    }),
    { $set: { isLiked: { $gt: [{ $size: '$isLiked' }, 0] } } },
  ];
}
