import type { ClientSession, Collection, Types } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { Comment } from '../models/comment.model';
import { Like, LIKE_TARGETS, type LikeTarget } from '../models/like.model';
import { Tweet } from '../models/tweet.model';
import { Video, type VideoFields } from '../models/video.model';
import { inTurn } from '../utils/in-turn';
import { moveChannelTotals } from './channel-totals.service';
import { commentNotFound } from './comment.service';
import { tweetNotFound } from './tweet.service';
import { videoNotFound } from './video.service';

export interface LikeState {
  isLiked: boolean;
  /** Of the thing, after the toggle. */
  likesCount: number;
}

interface Likeable {
  collection: Collection;
  notFound: () => Error;
}

const LIKEABLES: Readonly<Record<LikeTarget, Likeable>> = {
  video: { collection: Video.collection, notFound: videoNotFound },
  comment: { collection: Comment.collection, notFound: commentNotFound },
  tweet: { collection: Tweet.collection, notFound: tweetNotFound },
};

/**
 * Likes a thing or takes the like back; row and counter move together, whatever runs in parallel.
 * @throws ApiError 404 when the thing is gone; then nothing has moved
 */
export async function toggleLike(
  likedBy: Types.ObjectId,
  targetType: LikeTarget,
  target: Types.ObjectId,
): Promise<LikeState> {
  // All likes of a thing write to its one document: without turns, a burst of them would conflict,
  // back off and conflict again.
  return inTurn(`likes of ${target.toString()}`, () =>
    runInTransaction((session) => toggleWithin(session, { likedBy, targetType, target })),
  );
}

async function toggleWithin(
  session: ClientSession | undefined,
  like: { likedBy: Types.ObjectId; targetType: LikeTarget; target: Types.ObjectId },
): Promise<LikeState> {
  const { collection, notFound } = LIKEABLES[like.targetType];
  const _id = like.target;
  // First, so that an absent thing leaves nothing behind even where there are no transactions.
  if (!(await collection.findOne({ _id }, { session, projection: { _id: 1 } }))) throw notFound();
  const { deletedCount } = await Like.deleteOne(like, { session });
  const isLiked = deletedCount === 0;
  const step = isLiked ? 1 : -1;
  if (isLiked) await Like.create([like], { session });
  // The driver's own update: a counter is no edit, so updatedAt stays.
  const thing = await collection.findOneAndUpdate(
    { _id },
    { $inc: { likesCount: step } },
    { session, returnDocument: 'after', projection: { owner: 1, likesCount: 1 } },
  );
  if (!thing) throw notFound();
  if (like.targetType === 'video') {
    const video = { _id, owner: thing.owner as Types.ObjectId };
    await moveChannelTotals([{ video, likesCount: step }], session);
  }
  return { isLiked, likesCount: thing.likesCount as number };
}

/**
 * Takes back some of a person's likes, with their counters.
 * @returns how many there were, at most `limit`; fewer than that means that none are left
 */
export async function takeBackLikes(likedBy: Types.ObjectId, limit: number): Promise<number> {
  return runInTransaction(async (session) => {
    const likes = await Like.find({ likedBy }, { targetType: 1, target: 1 })
      .session(session ?? null)
      .limit(limit)
      .lean();
    await Like.deleteMany({ _id: { $in: likes.map(({ _id }) => _id) } }, { session });
    const targetsOf = (type: LikeTarget): Types.ObjectId[] =>
      likes.filter(({ targetType }) => targetType === type).map(({ target }) => target);
    for (const type of LIKE_TARGETS) {
      // Nobody likes a thing twice, so each counter moves by one.
      await LIKEABLES[type].collection.updateMany(
        { _id: { $in: targetsOf(type) } },
        { $inc: { likesCount: -1 } },
        { session },
      );
    }
    // Of a video that is gone, the channel's totals have been taken off.
    const videos = await Video.find({ _id: { $in: targetsOf('video') } }, { owner: 1 })
      .session(session ?? null)
      .lean<Pick<VideoFields, '_id' | 'owner'>[]>();
    await moveChannelTotals(
      videos.map((video) => ({ video, likesCount: -1 })),
      session,
    );
    return likes.length;
  });
}
