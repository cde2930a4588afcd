import { decodeDocument } from '../values/codec';
import { writeCatalogRecord, type Collection, type Index } from './catalog';
import { countRecords, scanRecords, type RecordEntry } from './collection';
import { markIndexAsGarbage, rescueIndex, type GarbageCollector } from './garbage';
import { newIndexEntriesOf } from './index-entries';
import type { Operation } from './operation';
import type { KeyValueWriter, Snapshot } from './types';
import { addEntries } from './write';
import { CollectionIsBuilding, RetryOperation, waitingForLocks, type EngineParts } from './writer';

const RECORDS_PER_STEP = 500;
const UNGUARDED = { touch: (): void => undefined };

/**
 * Adds indexes to a collection, all or none: writers of the collection wait while the entries of existing
 * documents are written; only then do the indexes enter the catalog. A crash on the way leaves marked
 * garbage. Throws RetryOperation when the collection was dropped or its indexes changed meanwhile.
 * @param replaced an index whose place they take, in the same step
 */
export async function buildIndexes(
  parts: EngineParts & { garbage: GarbageCollector },
  operation: Operation,
  collection: Collection,
  indexes: readonly Index[],
  replaced?: Index,
): Promise<void> {
  const { version } = collection;
  for (const index of indexes) parts.garbage.protect(index.id);
  try {
    const build = await begin(parts, operation, collection, { indexes, replaced, version });
    if (!build) return;
    try {
      await writeEntries(parts, operation, collection, indexes);
      await publish(parts, collection, indexes, replaced);
    } finally {
      build.end();
    }
  } finally {
    for (const index of indexes) parts.garbage.unprotect(index.id);
    void parts.garbage.collect();
  }
}

export interface Build {
  /** Lets the writers of the collection go on. */
  end(): void;
}

interface Plan {
  readonly indexes: readonly Index[];
  readonly replaced: Index | undefined;
  /** Of the collection, when it was planned. */
  readonly version: number;
}

/** Stops the writers of the collection. Undefined when it is empty, and the indexes are there already. */
async function begin(
  parts: EngineParts,
  operation: Operation,
  collection: Collection,
  { indexes, replaced, version }: Plan,
): Promise<Build | undefined> {
  let begun: Build | undefined;
  const start = (writer: KeyValueWriter): Build | undefined => {
    if (collection.dropped || collection.version !== version) throw new RetryOperation();
    if (collection.building) throw new CollectionIsBuilding(collection.building);
    parts.locks.assertNoOpenWriters(collection);
    if (countRecords(writer, collection) === 0) {
      enterIndexes(writer, collection, indexes, replaced);
      return undefined;
    }
    for (const index of indexes) markIndexAsGarbage(writer, index);
    begun = stopWriters(collection);
    return begun;
  };
  const committed = (build: Build | undefined): void => {
    if (!build) addToCollection(parts, collection, indexes, replaced);
  };
  try {
    return await waitingForLocks(operation, () =>
      parts.store.write(start, { alone: true, committed }),
    );
  } catch (error) {
    // The disk may have refused what stopped the writers.
    begun?.end();
    throw error;
  }
}

/** Makes writers of the collection wait until `end` is called. */
export function stopWriters(collection: Collection): Build {
  let end: () => void = () => undefined;
  const building = new Promise<void>((resolve) => {
    end = () => {
      if (collection.building === building) collection.building = undefined;
      resolve();
    };
  });
  collection.building = building;
  return { end };
}

async function writeEntries(
  parts: EngineParts,
  operation: Operation,
  collection: Collection,
  indexes: readonly Index[],
): Promise<void> {
  const snapshot = parts.store.snapshot();
  try {
    for (const records of chunks(snapshot, collection)) {
      operation.checkInterrupted();
      await parts.store.write((writer) => {
        for (const { recordId, bytes } of records) {
          const document = decodeDocument(bytes);
          for (const index of indexes) {
            const entries = newIndexEntriesOf(index, document, recordId);
            const place = { collection, index, recordId, isNew: true };
            addEntries({ writer, guard: UNGUARDED, allowsDuplicates: true }, place, entries);
          }
        }
      });
    }
  } finally {
    snapshot.release();
  }
}

function* chunks(snapshot: Snapshot, collection: Collection): Generator<RecordEntry[], void, void> {
  let records: RecordEntry[] = [];
  for (const record of scanRecords(snapshot, collection)) {
    records.push(record);
    if (records.length < RECORDS_PER_STEP) continue;
    yield records;
    records = [];
  }
  if (records.length > 0) yield records;
}

function publish(
  parts: EngineParts,
  collection: Collection,
  indexes: readonly Index[],
  replaced: Index | undefined,
): Promise<void> {
  return parts.store.write(
    (writer) => {
      if (collection.dropped) throw new RetryOperation();
      for (const index of indexes) rescueIndex(writer, index);
      enterIndexes(writer, collection, indexes, replaced);
    },
    { alone: true, committed: () => addToCollection(parts, collection, indexes, replaced) },
  );
}

function enterIndexes(
  writer: KeyValueWriter,
  collection: Collection,
  indexes: readonly Index[],
  replaced: Index | undefined,
): void {
  if (replaced) markIndexAsGarbage(writer, replaced);
  writeCatalogRecord(writer, collection, { indexes: withIndexes(collection, indexes, replaced) });
}

function withIndexes(
  collection: Collection,
  indexes: readonly Index[],
  replaced: Index | undefined,
): Index[] {
  if (!replaced) return [...collection.indexes, ...indexes];
  return collection.indexes.flatMap((one) => (one === replaced ? indexes : [one]));
}

function addToCollection(
  parts: EngineParts,
  collection: Collection,
  indexes: readonly Index[],
  replaced: Index | undefined,
): void {
  for (const index of indexes) index.since = parts.store.committedSequence;
  collection.setIndexes(withIndexes(collection, indexes, replaced));
}

/** Throws what makes a change of the catalog wait. */
export function assertUnused(parts: EngineParts, collection: Collection): void {
  if (collection.building) throw new CollectionIsBuilding(collection.building);
  parts.locks.assertNoOpenWriters(collection);
}
