import type { ClientSession, Collection, mongo, Types } from 'mongoose';

/** A stored counter that disagrees with the rows that it counts. */
export interface Drift {
  /** Collection and field, e.g. `users.videosCount`. */
  counter: string;
  /** The document's `_id`. */
  id: Types.ObjectId | string;
  stored: number;
  counted: number;
}

/** What was found among some documents of a collection. */
export interface Batch {
  checked: number;
  /** Where the next batch goes on; absent when none follows. */
  last: Types.ObjectId | undefined;
  drifts: Drift[];
}

/** Adds what is missing rather than setting the count: what moved meanwhile is kept. */
export async function correct(
  collection: Collection,
  drifts: readonly Drift[],
  session: ClientSession | undefined,
  { upsert = false } = {},
): Promise<void> {
  if (drifts.length === 0) return;
  // The driver's types know ObjectIds alone as ids; tallies have digits.
  const documents = collection as unknown as mongo.Collection<{ _id: Drift['id'] }>;
  await documents.bulkWrite(
    drifts.map(({ counter, id, stored, counted }) => ({
      updateOne: {
        filter: { _id: id },
        update: { $inc: { [fieldOf(counter)]: counted - stored } },
        upsert,
      },
    })),
    { session },
  );
}

function fieldOf(counter: string): string {
  return counter.slice(counter.indexOf('.') + 1);
}

/** Documents of before a counter was introduced lack it, which means none was counted yet. */
export function asCount(stored: unknown): number {
  return typeof stored === 'number' ? stored : 0;
}
