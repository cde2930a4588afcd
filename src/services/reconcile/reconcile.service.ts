import type { ClientSession, Collection, Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import { ChannelTally } from '../../models/channel-tally.model';
import { VideoTally } from '../../models/video-tally.model';
import { Video } from '../../models/video.model';
import { reconcileChannelTallies } from './channel-tallies';
import { asCount, correct, type Batch, type Drift } from './drift';
import { COUNTED_COLLECTIONS, type CountedCollection, type StoredCounter } from './stored-counters';

/** Documents checked in one transaction: bounds the memory here and the locks there. */
const BATCH_SIZE = 500;

export type { Drift } from './drift';

export interface ReconcileReport {
  /** Documents looked at, by collection. */
  checked: Record<string, number>;
  /** Counters that had drifted. */
  drifted: number;
}

/**
 * Recounts every stored counter and reports those that are wrong; with `fix`, corrects them. Counts
 * and counters are read in one snapshot, and a correction adds the difference, so it is safe beside
 * a running server wherever there are transactions.
 * @param onDrift told of each drift as it is found; nothing is collected
 */
export async function reconcileCounters(
  { fix }: { fix: boolean },
  onDrift: (drift: Drift) => void,
): Promise<ReconcileReport> {
  const report: ReconcileReport = { checked: {}, drifted: 0 };
  const add = ({ collectionName }: Collection, { checked, drifts }: Batch) => {
    report.checked[collectionName] = (report.checked[collectionName] ?? 0) + checked;
    report.drifted += drifts.length;
    drifts.forEach(onDrift);
  };
  for (const counted of COUNTED_COLLECTIONS) {
    let after: Types.ObjectId | undefined;
    do {
      const batch = await reconcileBatch(counted, after, fix);
      add(counted.collection, batch);
      after = batch.last;
    } while (after);
  }
  add(VideoTally.collection, await reconcileTallies(fix));
  // Behind the videos, whose counters these sum up.
  await reconcileChannelTallies(fix, (batch) => add(ChannelTally.collection, batch));
  return report;
}

/** Checks the next documents by id; `last` is absent when none follow. */
async function reconcileBatch(
  { collection, counters }: CountedCollection,
  after: Types.ObjectId | undefined,
  fix: boolean,
): Promise<Batch> {
  return runInTransaction(async (session) => {
    const documents = await collection
      .find<Record<string, unknown> & { _id: Types.ObjectId }>(
        after ? { _id: { $gt: after } } : {},
        { session, projection: Object.fromEntries(counters.map(({ field }) => [field, 1])) },
      )
      .sort({ _id: 1 })
      .limit(BATCH_SIZE)
      .toArray();
    const ids = documents.map(({ _id }) => _id);
    const drifts: Drift[] = [];
    for (const counter of counters) {
      const counts = await countRows(counter, ids, session);
      for (const document of documents) {
        const stored = asCount(document[counter.field]);
        const counted = counts.get(document._id.toString()) ?? 0;
        if (stored === counted) continue;
        const name = `${collection.collectionName}.${counter.field}`;
        drifts.push({ counter: name, id: document._id, stored, counted });
      }
    }
    if (fix) await correct(collection, drifts, session);
    const last = documents.length === BATCH_SIZE ? ids.at(-1) : undefined;
    return { checked: documents.length, last, drifts };
  });
}

/** @returns what the rows of each of these documents add up to; nothing where there is no entry */
async function countRows(
  { sources }: StoredCounter,
  ids: Types.ObjectId[],
  session: ClientSession | undefined,
): Promise<Map<string, number>> {
  const totals = new Map<string, number>();
  for (const { rows, by, matching, measure } of sources) {
    const filter = { [by]: { $in: ids }, ...matching };
    const counts = await countGroups(rows, filter, { key: `$${by}`, measure }, session);
    for (const [id, count] of counts) totals.set(id, (totals.get(id) ?? 0) + count);
  }
  return totals;
}

/** Counts the published videos of all owners anew; cheap beside a recount of everything. */
export async function reconcileTallies(fix: boolean): Promise<Batch> {
  return runInTransaction(async (session) => {
    // As `tallyOf` does: the last digit of the owner's id.
    const tally = { $substrCP: [{ $toString: '$owner' }, 23, 1] };
    const filter = { isPublished: true };
    const counts = await countGroups(Video.collection, filter, { key: tally }, session);
    const tallies = await VideoTally.find()
      .session(session ?? null)
      .lean();
    const published = new Map(tallies.map(({ _id, published }) => [_id, asCount(published)]));
    const drifts = [...new Set([...counts.keys(), ...published.keys()])].sort().flatMap((id) => {
      const stored = published.get(id) ?? 0;
      const counted = counts.get(id) ?? 0;
      const counter = `${VideoTally.collection.collectionName}.published`;
      return stored === counted ? [] : [{ counter, id, stored, counted }];
    });
    if (fix) await correct(VideoTally.collection, drifts, session, { upsert: true });
    return { checked: tallies.length, last: undefined, drifts };
  });
}

async function countGroups(
  rows: Collection,
  filter: Record<string, unknown>,
  { key, measure = 1 }: { key: unknown; measure?: unknown },
  session: ClientSession | undefined,
): Promise<Map<string, number>> {
  const groups = await rows
    .aggregate<{ _id: unknown; count: number }>(
      [{ $match: filter }, { $group: { _id: key, count: { $sum: measure } } }],
      { session },
    )
    .toArray();
  return new Map(groups.map(({ _id, count }) => [String(_id), count]));
}
