import type { Types } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { Like } from '../models/like.model';
import { Video } from '../models/video.model';
import { videoNotFound } from './video.service';

/**
 * Likes a video or takes the like back; row and counter move together, whatever runs in parallel.
 * @throws ApiError 404 when the video is gone; then nothing has moved
 */
export async function toggleVideoLike(
  likedBy: Types.ObjectId,
  videoId: Types.ObjectId,
): Promise<{ isLiked: boolean; likesCount: number }> {
  return runInTransaction(async (session) => {
    const like = { likedBy, targetType: 'video', target: videoId } as const;
    const { deletedCount } = await Like.deleteOne(like, { session });
    const isLiked = deletedCount === 0;
    if (isLiked) await Like.create([like], { session });
    const video = await Video.findOneAndUpdate(
      { _id: videoId },
      { $inc: { likesCount: isLiked ? 1 : -1 } },
      { session, returnDocument: 'after', timestamps: false },
    )
      .select('likesCount')
      .lean();
    if (!video) throw videoNotFound();
    return { isLiked, likesCount: video.likesCount };
  });
}
