import type { ClientSession, Types } from 'mongoose';
import { retryUpsert } from '../db/duplicate-key';
import { User } from '../models/user.model';
import { tallyOf, VideoTally } from '../models/video-tally.model';

/** By how much a channel's videos become more or fewer. */
export interface VideoSteps {
  /** Of all that the owner sees. */
  all: -1 | 0 | 1;
  /** Of those that everybody sees. */
  published: -1 | 0 | 1;
}

/**
 * Moves every stored total that one video counts in. Call it in the transaction that publishes,
 * hides or deletes the video; without a session, after that write, so that the row decides.
 * @returns whether the owner's account is still there
 */
export async function moveVideoTotals(
  owner: Types.ObjectId,
  { all, published }: VideoSteps,
  session: ClientSession | undefined,
): Promise<boolean> {
  // A counter is no edit of the profile: updatedAt stays.
  const options = { session, timestamps: false };
  const { matchedCount } = await User.updateOne(
    { _id: owner },
    { $inc: { allVideosCount: all, videosCount: published } },
    options,
  );
  if (published === 0) return matchedCount > 0;
  // Last, as other owners share it: what is touched late is held briefly.
  await retryUpsert(() =>
    VideoTally.updateOne(
      { _id: tallyOf(owner) },
      { $inc: { published } },
      { ...options, upsert: true },
    ),
  );
  return matchedCount > 0;
}

/** How many videos the public list holds. Reads sixteen small documents, however many there are. */
export async function publicVideosTotal(): Promise<number> {
  const tallies = await VideoTally.find().lean();
  return tallies.reduce((total, { published }) => total + published, 0);
}
