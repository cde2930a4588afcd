import type { ClientSession, Types } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { Like } from '../models/like.model';
import { Video } from '../models/video.model';
import { inTurn } from '../utils/in-turn';
import { videoNotFound } from './video.service';

export interface LikeState {
  isLiked: boolean;
  /** Of the video, after the toggle. */
  likesCount: number;
}

/**
 * Likes a video or takes the like back; row and counter move together, whatever runs in parallel.
 * @throws ApiError 404 when the video is gone; then nothing has moved
 */
export async function toggleVideoLike(
  likedBy: Types.ObjectId,
  videoId: Types.ObjectId,
): Promise<LikeState> {
  // All likes of a video write to its one document: without turns, a burst of them would conflict,
  // back off and conflict again.
  return inTurn(`likes of ${videoId.toString()}`, () =>
    runInTransaction((session) => toggleWithin(session, likedBy, videoId)),
  );
}

async function toggleWithin(
  session: ClientSession | undefined,
  likedBy: Types.ObjectId,
  videoId: Types.ObjectId,
): Promise<LikeState> {
  // First, so that an absent video leaves nothing behind even where there are no transactions.
  if (!(await Video.exists({ _id: videoId }).session(session ?? null))) throw videoNotFound();
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
}
