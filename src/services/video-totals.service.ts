import type { ClientSession, Types } from 'mongoose';
import type { Config } from '../config';
import { driverCollection } from '../db/driver-collection';
import { retryUpsert } from '../db/duplicate-key';
import { runInTransaction } from '../db/run-in-transaction';
import { User } from '../models/user.model';
import { tallyOf, VideoTally } from '../models/video-tally.model';
import { inTurn } from '../utils/in-turn';
import { notSuspended } from './suspension';
import { growthRefusal, withRoomFor } from './uploads/quota.service';

/**
 * Runs a transaction that moves totals of an account. Those of one account write the same document,
 * so of many at once all but one would have to start over, and again: here they take turns.
 */
export function runOnVideosOf<T>(
  owner: Types.ObjectId,
  work: (session: ClientSession | undefined) => Promise<T>,
): Promise<T> {
  return inTurn(`videos of ${owner.toString()}`, () => runInTransaction(work));
}

/** By how much a channel's videos become more or fewer. */
export interface VideoSteps {
  /** Of all that the owner sees. */
  all: -1 | 0 | 1;
  /** Of those that everybody sees. */
  published: -1 | 0 | 1;
  /** Of the owner's stored bytes. */
  bytes?: number;
}

/**
 * Moves every stored total that one video counts in. Call it in the transaction that publishes,
 * hides or deletes the video; without a session, after that write, so that the row decides.
 * @returns whether the owner's account is still there
 */
export async function moveVideoTotals(
  owner: Types.ObjectId,
  { all, published, bytes = 0 }: VideoSteps,
  session: ClientSession | undefined,
): Promise<boolean> {
  // A counter is no edit of the profile: updatedAt stays.
  const { matchedCount } = await driverCollection(User).updateOne(
    { _id: owner },
    { $inc: { allVideosCount: all, videosCount: published, storedBytes: bytes } },
    { session },
  );
  await moveTally(owner, published, session);
  return matchedCount > 0;
}

/**
 * Counts a video that becomes public, unless its owner is suspended or gone. For the rest, like
 * `moveVideoTotals`.
 * @returns whether it was counted; else nothing was written
 */
export async function countPublishedVideo(
  owner: Types.ObjectId,
  bytes: number,
  session: ClientSession | undefined,
): Promise<boolean> {
  const { matchedCount } = await driverCollection(User).updateOne(
    { _id: owner, ...notSuspended() },
    { $inc: { videosCount: 1, storedBytes: bytes } },
    { session },
  );
  if (matchedCount === 0) return false;
  await moveTally(owner, 1, session);
  return true;
}

/** Last, as other owners share it: what is touched late is held briefly. */
async function moveTally(
  owner: Types.ObjectId,
  published: VideoSteps['published'],
  session: ClientSession | undefined,
): Promise<void> {
  if (published === 0) return;
  await retryUpsert(() =>
    driverCollection(VideoTally).updateOne(
      { _id: tallyOf(owner) },
      { $inc: { published } },
      { session, upsert: true },
    ),
  );
}

/**
 * Counts an accepted video for its owner, who sees it from now on, and whose quota its files must
 * not pass. Call it in the transaction that accepts it.
 * @throws ApiError 413 QUOTA_EXCEEDED; 401 when the account is gone
 */
export async function countAcceptedVideo(
  { maxBytesPerUser }: Pick<Config, 'maxBytesPerUser'>,
  owner: Types.ObjectId,
  bytes: number,
  session: ClientSession | undefined,
): Promise<void> {
  const { matchedCount } = await driverCollection(User).updateOne(
    withRoomFor(owner, bytes, maxBytesPerUser),
    { $inc: { allVideosCount: 1, storedBytes: bytes } },
    { session },
  );
  if (matchedCount === 0) throw await growthRefusal({ maxBytesPerUser }, owner, session);
}

/** How many videos the public list holds. Reads sixteen small documents, however many there are. */
export async function publicVideosTotal(): Promise<number> {
  const tallies = await driverCollection(VideoTally).find().toArray();
  return tallies.reduce((total, { published }) => total + published, 0);
}
