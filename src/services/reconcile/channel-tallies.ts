import type { ClientSession, Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import {
  CHANNEL_COUNTERS,
  CHANNEL_TALLY_OF_VIDEO,
  ChannelTally,
  talliesBetween,
  type ChannelRange,
  type ChannelTallyFields,
} from '../../models/channel-tally.model';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';
import { asCount, correct, type Batch, type Drift } from './drift';

/** Channels checked in one transaction. */
const BATCH_SIZE = 500;

/**
 * Sums up the videos of all channels anew; with `fix`, corrects their tallies. It takes the counters of
 * videos as they are, so those are to be reconciled first.
 * @param onBatch told of what was found, channels after channels
 */
export async function reconcileChannelTallies(
  fix: boolean,
  onBatch: (batch: Batch) => void = () => undefined,
): Promise<void> {
  let after: Types.ObjectId | undefined;
  do {
    const batch = await checkChannels(after, fix);
    onBatch(batch);
    after = batch.last;
  } while (after);
}

/** Checks the next channels by id, and what belongs to no account any more and lies between them. */
function checkChannels(after: Types.ObjectId | undefined, fix: boolean): Promise<Batch> {
  return runInTransaction(async (session) => {
    const channels = await User.find(after ? { _id: { $gt: after } } : {}, { _id: 1 })
      .session(session ?? null)
      .sort({ _id: 1 })
      .limit(BATCH_SIZE)
      .lean();
    const last = channels.length === BATCH_SIZE ? channels.at(-1)?._id : undefined;
    const counted = await sumVideos({ after, last }, session);
    const stored = await readTallies({ after, last }, session);
    const drifts = [...new Set([...counted.keys(), ...stored.keys()])]
      .sort()
      .flatMap((id) => driftsOf(id, stored.get(id), counted.get(id)));
    if (fix) await correct(ChannelTally.collection, drifts, session, { upsert: true });
    return { checked: stored.size, last, drifts };
  });
}

type Tallies = Map<string, ChannelTallyFields>;

async function sumVideos(
  { after, last }: ChannelRange,
  session: ClientSession | undefined,
): Promise<Tallies> {
  const owner = { ...(after && { $gt: after }), ...(last && { $lte: last }) };
  const sums = Object.fromEntries(
    CHANNEL_COUNTERS.map((counter) => [counter, { $sum: `$${counter}` }] as const),
  );
  const found = await Video.collection
    .aggregate<ChannelTallyFields>(
      [
        { $match: after || last ? { owner } : {} },
        { $group: { _id: CHANNEL_TALLY_OF_VIDEO, ...sums } },
      ],
      { session },
    )
    .toArray();
  return new Map(found.map((sum) => [sum._id, sum]));
}

async function readTallies(
  range: ChannelRange,
  session: ClientSession | undefined,
): Promise<Tallies> {
  const found = await ChannelTally.find(talliesBetween(range))
    .session(session ?? null)
    .lean();
  return new Map(found.map((tally) => [tally._id, tally]));
}

function driftsOf(
  id: string,
  stored: ChannelTallyFields | undefined,
  counted: ChannelTallyFields | undefined,
): Drift[] {
  return CHANNEL_COUNTERS.map((field) => ({
    counter: `${ChannelTally.collection.collectionName}.${field}`,
    id,
    stored: asCount(stored?.[field]),
    counted: asCount(counted?.[field]),
  })).filter((drift) => drift.stored !== drift.counted);
}
