import type { ClientSession, Types } from 'mongoose';
import { driverCollection } from '../db/driver-collection';
import {
  CHANNEL_COUNTERS,
  ChannelTally,
  channelTallyOf,
  talliesOf,
  type ChannelTotals,
} from '../models/channel-tally.model';
import type { VideoFields } from '../models/video.model';

/** By how much the counters of a video have moved; absent ones have not. */
export interface ChannelStep extends Partial<ChannelTotals> {
  video: Pick<VideoFields, '_id' | 'owner'>;
}

/**
 * Moves the totals of channels as the counters of their videos have moved. Call it at the end of the
 * transaction that moves those, as other videos of a channel share its tallies: what is touched late is
 * held briefly. Without a session, after that write, so that the video decides.
 */
export async function moveChannelTotals(
  steps: Iterable<ChannelStep>,
  session: ClientSession | undefined,
): Promise<void> {
  const moves = [...sumByTally(steps)].filter(([, sums]) => Object.values(sums).some(Boolean));
  if (moves.length === 0) return;
  await driverCollection(ChannelTally).bulkWrite(
    moves.map(([_id, sums]) => ({
      updateOne: { filter: { _id }, update: { $inc: sums }, upsert: true },
    })),
    { session, ordered: false },
  );
}

function sumByTally(steps: Iterable<ChannelStep>): Map<string, ChannelTotals> {
  const sums = new Map<string, ChannelTotals>();
  for (const { video, ...step } of steps) {
    const tally = channelTallyOf(video);
    sums.set(tally, add(sums.get(tally) ?? NOTHING, step));
  }
  return sums;
}

/**
 * What all videos of a channel add up to. Reads at most sixteen small documents. Never less than
 * nothing, also where an older version beside this one has moved counters of videos alone.
 */
export async function channelTotals(owner: Types.ObjectId): Promise<ChannelTotals> {
  const tallies = await driverCollection(ChannelTally).find(talliesOf(owner)).toArray();
  const sums = tallies.reduce<ChannelTotals>(add, NOTHING);
  return {
    views: Math.max(0, sums.views),
    likesCount: Math.max(0, sums.likesCount),
    commentsCount: Math.max(0, sums.commentsCount),
  };
}

const NOTHING: ChannelTotals = { views: 0, likesCount: 0, commentsCount: 0 };

function add(totals: ChannelTotals, step: Partial<ChannelTotals>): ChannelTotals {
  const sums = { ...totals };
  for (const counter of CHANNEL_COUNTERS) sums[counter] += step[counter] ?? 0;
  return sums;
}
