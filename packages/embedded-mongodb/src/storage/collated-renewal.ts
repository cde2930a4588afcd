import type { Catalog, Collection, Index } from './catalog';
import { putCollated } from './collated-uniqueness';
import { scanRecords, type RecordEntry } from './collection';
import { indexEntriesOf } from './index-entries';
import { collatedKey, metaKey, prefixEnd } from './keys';
import type { Store } from './store';
import { decodeDocument } from '../values/codec';

const VERSION_KEY = metaKey('collation library');
const KEYS_PER_STEP = 1000;
const RECORDS_PER_STEP = 500;

/** What orders text: another version may sort it into other buckets. */
const LIBRARY_VERSION = `ICU ${process.versions.icu ?? ''}, CLDR ${process.versions.cldr ?? ''}`;

/**
 * Makes the second entries of unique indexes with a collation anew when they were made by another version
 * of the collation library. To be awaited before anything is written; a crash on the way leaves the old
 * version noted, and the next opening begins again.
 */
export async function renewCollatedEntries(store: Store, catalog: Catalog): Promise<void> {
  const snapshot = store.snapshot();
  try {
    const known = snapshot.get(VERSION_KEY)?.toString('utf8');
    if (known === LIBRARY_VERSION) return;
    for (const collection of catalog.all()) {
      for (const index of collection.indexes) {
        if (!index.buckets) continue;
        await removeEntries(store, index);
        for (const records of steps(scanRecords(snapshot, collection))) {
          await addEntries(store, collection, index, records);
        }
      }
    }
  } finally {
    snapshot.release();
  }
  await store.write((writer) => writer.put(VERSION_KEY, Buffer.from(LIBRARY_VERSION, 'utf8')));
}

async function removeEntries(store: Store, index: Index): Promise<void> {
  const start = collatedKey(index.id);
  const range = { start, end: prefixEnd(start), limit: KEYS_PER_STEP, keysOnly: true };
  let removed = KEYS_PER_STEP;
  while (removed === KEYS_PER_STEP) {
    removed = await store.write((writer) => {
      const keys = [...writer.range(range)];
      for (const { key } of keys) writer.delete(key);
      return keys.length;
    });
  }
}

function addEntries(
  store: Store,
  { id: collectionId }: Collection,
  index: Index,
  records: readonly RecordEntry[],
): Promise<void> {
  return store.write((writer) => {
    for (const { recordId, bytes } of records) {
      const { keys, rows } = indexEntriesOf(index, decodeDocument(bytes), recordId);
      keys.forEach((key, position) => {
        const row = rows[position] ?? [];
        putCollated(writer, { collectionId, index, recordId, key, row });
      });
    }
  });
}

function* steps(records: Iterable<RecordEntry>): Generator<RecordEntry[], void, void> {
  let step: RecordEntry[] = [];
  for (const record of records) {
    step.push(record);
    if (step.length < RECORDS_PER_STEP) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}
