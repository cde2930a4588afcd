import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { decodeDocument } from '../values/codec';
import { overflow, type Cap } from './capped';
import type { Collection, Index } from './catalog';
import { claimCollated, releaseCollated, type CollatedEntry } from './collated-uniqueness';
import { readRecordId, recordIdBytes } from './identifiers';
import { hasSameSources, indexEntriesOf, newIndexEntriesOf, rowAsDocument } from './index-entries';
import type { IndexEntries } from './index-entries';
import { indexFlagKey, recordKey } from './keys';
import type { WriteGuard } from './locks';
import { claimPrepared, touchPrepared } from './prepared-uniqueness';
import type { KeyValueWriter, Namespace } from './types';

/** Where the write primitives write and whom they ask. */
export interface WriteTarget {
  readonly writer: KeyValueWriter;
  readonly guard: WriteGuard;
  /** Sequence of the running group; undefined inside a transaction. */
  readonly sequence?: number;
  /** True for documents that were there before an index with `prepareUnique`. */
  readonly allowsDuplicates?: boolean;
}

/** A document with its BSON, as it goes into or came out of the store. */
export interface StoredDocument {
  readonly document: BsonDocument;
  readonly bytes: Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * Adds a document with all its index entries and answers its record id.
 * Throws 11000 DuplicateKey, 171 CannotIndexParallelArrays and 16766; the caller undoes a half-done write
 * (KeyValueWriter.attempt).
 */
export function insertDocument(
  target: WriteTarget,
  collection: Collection,
  { document, bytes }: StoredDocument,
): number {
  const recordId = collection.takeRecordId();
  const key = recordKey(collection.id, recordId);
  target.guard.touch(key);
  for (const index of collection.indexes) {
    const entries = newIndexEntriesOf(index, document, recordId);
    addEntries(target, { collection, index, recordId, isNew: true }, entries);
  }
  target.writer.add(key, bytes);
  target.writer.addToCounter(collection.documentsCounter, 1);
  target.writer.addToCounter(collection.bytesCounter, bytes.length);
  noteRecent(target, collection, recordId);
  const { cap } = collection;
  if (cap) removeOverflow(target, collection, cap, recordId);
  return recordId;
}

/** Makes room in a capped collection for the document that was just added. */
function removeOverflow(
  target: WriteTarget,
  collection: Collection,
  cap: Cap,
  newest: number,
): void {
  const { firstRecordCounter } = collection;
  for (const { recordId, bytes } of overflow(target.writer, collection, cap, newest)) {
    deleteDocument(target, collection, recordId, { document: decodeDocument(bytes), bytes });
    const growth = recordId + 1 - target.writer.counter(firstRecordCounter);
    target.writer.addToCounter(firstRecordCounter, growth);
  }
}

/** Puts a new version in the place of a document, changing only the index entries that differ. */
export function replaceDocument(
  target: WriteTarget,
  collection: Collection,
  recordId: number,
  before: StoredDocument,
  after: StoredDocument,
): void {
  target.guard.touch(recordKey(collection.id, recordId));
  for (const index of collection.indexes) {
    if (hasSameSources(index, before.document, after.document)) continue;
    const place = { collection, index, recordId };
    const oldEntries = indexEntriesOf(index, before.document, recordId);
    const newEntries = newIndexEntriesOf(index, after.document, recordId);
    removeEntries(target, place, without(oldEntries, newEntries));
    addEntries(target, place, without(newEntries, oldEntries));
  }
  target.writer.put(recordKey(collection.id, recordId), after.bytes);
  const growth = after.bytes.length - before.bytes.length;
  if (growth !== 0) target.writer.addToCounter(collection.bytesCounter, growth);
  noteRecent(target, collection, recordId);
}

/** Takes a document and all its index entries away. */
export function deleteDocument(
  target: WriteTarget,
  collection: Collection,
  recordId: number,
  { document, bytes }: StoredDocument,
): void {
  const key = recordKey(collection.id, recordId);
  target.guard.touch(key);
  for (const index of collection.indexes) {
    removeEntries(
      target,
      { collection, index, recordId },
      indexEntriesOf(index, document, recordId),
    );
  }
  target.writer.delete(key);
  target.writer.addToCounter(collection.documentsCounter, -1);
  target.writer.addToCounter(collection.bytesCounter, -bytes.length);
}

export interface EntryPlace {
  readonly collection: { readonly id: number; readonly namespace: Namespace };
  readonly index: Index;
  readonly recordId: number;
  /** Nothing of the record is in the index yet, nor was it in this write-set. */
  readonly isNew?: boolean;
}

/** Adds entries of one document to one index. Throws 11000 when a unique key is taken. */
export function addEntries(target: WriteTarget, place: EntryPlace, entries: IndexEntries): void {
  const { index, recordId } = place;
  for (const flag of entries.flags) {
    // Not asked of `index`: its live flag may come from a write that was undone.
    const key = indexFlagKey(index.id, flag);
    if (!target.writer.get(key)) target.writer.put(key, NOTHING);
  }
  if (index.unique) {
    entries.keys.forEach((key, position) => {
      target.guard.touch(key);
      const owner = target.writer.get(key);
      if (owner && readRecordId(owner, 0) !== recordId) {
        throw duplicateKey(place, entries.rows[position] ?? []);
      }
      if (index.buckets && !claimCollated(target, collatedEntry(place, entries, position))) {
        throw duplicateKey(place, entries.rows[position] ?? []);
      }
      target.writer.put(key, recordIdBytes(recordId));
    });
  } else {
    if (index.preparesUnique && !target.allowsDuplicates) {
      assertNoDuplicate(target, place, entries);
    }
    for (const key of entries.keys) putEntry(target, place, key);
  }
  // Readers must expect what the flag says before the entries can be seen; expecting it in vain is harmless.
  for (const flag of entries.flags) index.setFlag(flag);
}

function assertNoDuplicate(target: WriteTarget, place: EntryPlace, entries: IndexEntries): void {
  entries.keys.forEach((key, position) => {
    const entry = { indexId: place.index.id, recordId: place.recordId, key };
    if (!claimPrepared(target, entry)) throw duplicateKey(place, entries.rows[position] ?? []);
  });
}

function putEntry({ writer }: WriteTarget, { isNew }: EntryPlace, key: Buffer): void {
  if (isNew) writer.add(key, NOTHING);
  else writer.put(key, NOTHING);
}

function removeEntries(target: WriteTarget, place: EntryPlace, entries: IndexEntries): void {
  entries.keys.forEach((key, position) => {
    if (place.index.unique) target.guard.touch(key);
    if (place.index.preparesUnique) {
      touchPrepared(target, { indexId: place.index.id, recordId: place.recordId, key });
    }
    if (place.index.buckets) releaseCollated(target, collatedEntry(place, entries, position));
    target.writer.delete(key);
  });
}

function collatedEntry(
  { collection, index, recordId }: EntryPlace,
  { keys, rows }: IndexEntries,
  position: number,
): CollatedEntry {
  const key = keys[position] ?? NOTHING;
  return { collectionId: collection.id, index, recordId, key, row: rows[position] ?? [] };
}

function without(entries: IndexEntries, others: IndexEntries): IndexEntries {
  if (entries.keys.length === 0 || others.keys.length === 0) return entries;
  const known = new Set(others.keys.map((key) => key.toString('latin1')));
  const kept = entries.keys.map((key) => !known.has(key.toString('latin1')));
  return {
    keys: entries.keys.filter((_key, position) => kept[position]),
    rows: entries.rows.filter((_row, position) => kept[position]),
    flags: entries.flags,
  };
}

function noteRecent(target: WriteTarget, collection: Collection, recordId: number): void {
  if (target.sequence !== undefined) collection.recentWrites.add(target.sequence, recordId);
}

/** E11000 with the server's message, `keyPattern` and `keyValue`. */
function duplicateKey(place: EntryPlace, row: readonly MaybeValue[]): MongoServerError {
  const { database, collection } = place.collection.namespace;
  const keyValue = rowAsDocument(place.index, row);
  const rules = place.index.specification.get('collation');
  const collation = rules === undefined ? '' : `collation: ${formatValue(rules)} `;
  return new MongoServerError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${database}.${collection} ` +
      `index: ${place.index.name} ${collation}dup key: ${formatValue(keyValue)}`,
    {
      extra: new Map<string, Value>([
        ['keyPattern', place.index.keyPattern],
        ['keyValue', keyValue],
      ]),
    },
  );
}
