import type {
  CollectionInfo,
  IndexBounds,
  IndexEntry,
  IndexInfo,
  IndexPosition,
  KeyValueReader,
} from './types';
import type { Value } from '../values/types';
import { encodeKey } from '../values/key';
import { isClustered } from './clustered';
import { lastRecordIdLength, readRecordId, recordIdBytes } from './identifiers';
import {
  LONGEST_EXACT_BOUND,
  counterKey,
  cutKey,
  entryRoom,
  finishEntryKey,
  indexPrefix,
  isLongKey,
  isStoredUnderKeyAlone,
  prefixEnd,
  recordKey,
  recordPrefix,
} from './keys';

export interface RecordEntry {
  recordId: number;
  /** The place in a clustered collection. */
  keyBytes?: Buffer;
  /** The document's raw BSON. */
  bytes: Buffer;
}

/** The raw BSON of one record, or undefined when it does not exist in this state. */
export function getRecord(
  reader: KeyValueReader,
  collection: CollectionInfo,
  recordId: number,
): Buffer | undefined {
  return reader.get(recordKey(collection.id, recordId));
}

/** All records in natural order (insertion order, reversed with -1), beginning after record `after`. */
export function* scanRecords(
  reader: KeyValueReader,
  collection: CollectionInfo,
  direction: 1 | -1 = 1,
  after?: number,
): Generator<RecordEntry, void, void> {
  const prefix = recordPrefix(collection.id);
  let start = prefix;
  let end = prefixEnd(prefix);
  if (after !== undefined) {
    if (direction === 1) start = recordKey(collection.id, after + 1);
    else end = recordKey(collection.id, after);
  }
  for (const { key, value } of reader.range({ start, end, reverse: direction === -1 })) {
    yield { recordId: readRecordId(key, prefix.length), bytes: value };
  }
}

/** All documents in natural order: that of insertion, or that of `_id` in a clustered collection. */
export function scanNatural(
  reader: KeyValueReader,
  collection: CollectionInfo,
  direction: 1 | -1,
  after?: RecordEntry,
): Generator<RecordEntry, void, void> {
  const [idIndex] = collection.indexes;
  if (!idIndex || !isClustered(collection)) {
    return scanRecords(reader, collection, direction, after?.recordId);
  }
  return scanById(reader, collection, idIndex, direction, after);
}

function* scanById(
  reader: KeyValueReader,
  collection: CollectionInfo,
  idIndex: IndexInfo,
  direction: 1 | -1,
  after: RecordEntry | undefined,
): Generator<RecordEntry, void, void> {
  const bounds = { start: Buffer.alloc(0), end: undefined, reverse: direction === -1 };
  const position = after?.keyBytes && { keyBytes: after.keyBytes, recordId: after.recordId };
  for (const { recordId, keyBytes } of scanIndex(reader, idIndex, bounds, position)) {
    const bytes = getRecord(reader, collection, recordId);
    if (bytes) yield { recordId, keyBytes, bytes };
  }
}

/**
 * Index entries within bounds, in key order. A bound longer than LONGEST_EXACT_BOUND is widened to its
 * first bytes, so that entries outside may be among the answers: the matcher decides.
 */
export function* scanIndex(
  reader: KeyValueReader,
  index: IndexInfo,
  bounds: IndexBounds,
  after?: IndexPosition,
): Generator<IndexEntry, void, void> {
  const prefix = indexPrefix(index.id);
  let start = Buffer.concat([prefix, cutBound(bounds.start, 'start')]);
  let end =
    bounds.end === undefined
      ? prefixEnd(prefix)
      : Buffer.concat([prefix, cutBound(bounds.end, 'end')]);
  if (after) {
    const position = Buffer.concat([
      prefix,
      after.keyBytes,
      isStoredUnderKeyAlone(index) ? Buffer.alloc(0) : recordIdBytes(after.recordId),
    ]);
    if (bounds.reverse) end = position;
    else start = Buffer.concat([position, Buffer.of(0)]);
  }
  const reverse = bounds.reverse === true;
  const keyAlone = isStoredUnderKeyAlone(index);
  for (const { key, value } of reader.range({ start, end, reverse, keysOnly: !keyAlone })) {
    if (keyAlone) {
      yield { keyBytes: key.subarray(prefix.length), recordId: readRecordId(value, 0) };
    } else {
      const split = key.length - lastRecordIdLength(key);
      yield { keyBytes: key.subarray(prefix.length, split), recordId: readRecordId(key, split) };
    }
  }
}

/** True when the bounds hold at most one entry, which `findEntry` gives. */
export function isSingleEntry(index: IndexInfo, { isPoint, start }: IndexBounds): boolean {
  return isPoint === true && isStoredUnderKeyAlone(index) && start.length <= LONGEST_EXACT_BOUND;
}

/** The one entry within bounds of which `isSingleEntry` is true: cheaper than a scan. */
export function findEntry(
  reader: KeyValueReader,
  index: IndexInfo,
  { start }: IndexBounds,
): IndexEntry | undefined {
  const value = reader.get(Buffer.concat([indexPrefix(index.id), start]));
  return value && { keyBytes: start, recordId: readRecordId(value, 0) };
}

/** The record id of the document with this `_id`, or undefined. */
export function findById(
  reader: KeyValueReader,
  collection: CollectionInfo,
  id: Value,
): number | undefined {
  const index = collection.indexes[0];
  if (!index) return undefined;
  const value = reader.get(idEntryKey(index.id, id));
  return value && readRecordId(value, 0);
}

function idEntryKey(indexId: number, id: Value): Buffer {
  const room = entryRoom(indexId);
  const key = encodeKey([id], undefined, room);
  const { before } = room;
  if (isLongKey(key.length - before)) {
    return Buffer.concat([indexPrefix(indexId), cutKey(key.subarray(before))]);
  }
  finishEntryKey(key, indexId);
  return key;
}

/** Exact number of documents in this state, without reading them. */
export function countRecords(reader: KeyValueReader, collection: CollectionInfo): number {
  return reader.counter(counterKey(collection.id, 'documents'));
}

/** Exact sum of the documents' BSON sizes in bytes. */
export function dataSize(reader: KeyValueReader, collection: CollectionInfo): number {
  return reader.counter(counterKey(collection.id, 'bytes'));
}

function cutBound(bound: Buffer, side: 'start' | 'end'): Buffer {
  if (bound.length <= LONGEST_EXACT_BOUND) return bound;
  const prefix = bound.subarray(0, LONGEST_EXACT_BOUND);
  return side === 'start' ? prefix : prefixEnd(prefix);
}
