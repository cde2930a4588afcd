import { createHash } from 'node:crypto';
import { idLength, readId, readRecordId, recordIdLength, setId, setRecordId } from './identifiers';
import type { IndexInfo } from './types';

/**
 * Layout of the ordered keys (format version 2). The first byte says what a key is:
 *
 *   00 meta         name                          → BSON
 *   01 catalog      collection id (4)             → BSON, one per collection
 *   02 counter      collection id (4), which (1)  → float64 (documents, bytes; in capped collections also
 *                                                  the number that no record left is below)
 *   03 index flag   index id (4), flag            → empty
 *   04 record       collection id (1-5), record id (3-6) → BSON document
 *   05 index entry  index id (1-5), encoded key [, record id (3-6)] → empty, or record id for unique indexes
 *   06 garbage      id (4), kind (1)              → empty; data of dropped things, purged in the background
 *   07 retry        session key, statement id (4) → BSON
 *   08 collated key index id (4), bucket [, hash (16)] → record id; a mark for the bucket itself; see
 *                                                  collated-uniqueness.ts and prepared-uniqueness.ts
 *
 * Integers are big endian, so that their byte order is their number order. Those of records and index
 * entries, which are many, are as short as they can be; see identifiers.ts. In which tree of the file a
 * key is, trees.ts says.
 */
const META = 0x00;
const CATALOG = 0x01;
const COUNTER = 0x02;
const INDEX_FLAG = 0x03;
const RECORD = 0x04;
const INDEX = 0x05;
const GARBAGE = 0x06;
const RETRY = 0x07;
const COLLATED = 0x08;

/** lmdb takes 1978 bytes; prefix (6) and record id (6) must fit too. */
const LONGEST_KEY_BYTES = 1900;
const HASH_BYTES = 32;

/** Stored keys are true to the original in so many bytes at least; beyond may be a hash. */
export const LONGEST_EXACT_BOUND = LONGEST_KEY_BYTES - HASH_BYTES;

export function metaKey(name: string): Buffer {
  return Buffer.concat([Buffer.of(META), Buffer.from(name, 'utf8')]);
}

export function catalogKey(collectionId: number): Buffer {
  return prefixed(CATALOG, collectionId);
}

export function catalogRange(): { start: Buffer; end: Buffer } {
  return { start: Buffer.of(CATALOG), end: Buffer.of(CATALOG + 1) };
}

export type CounterName = (typeof COUNTER_NAMES)[number];

/** In the order of their numbers in the key. */
export const COUNTER_NAMES = ['documents', 'bytes', 'firstRecord'] as const;

export function counterKey(collectionId: number, which: CounterName): Buffer {
  const number = COUNTER_NAMES.indexOf(which);
  return Buffer.concat([prefixed(COUNTER, collectionId), Buffer.of(number)]);
}

/** Presence of the key says that the flag is set; `flag` is a name such as `multikey:a.b`. */
export function indexFlagKey(indexId: number, flag: string): Buffer {
  return Buffer.concat([prefixed(INDEX_FLAG, indexId), Buffer.from(flag, 'utf8')]);
}

export function indexFlagPrefix(indexId: number): Buffer {
  return prefixed(INDEX_FLAG, indexId);
}

/** True for keys of records, whose parts `readRecordKey` gives. */
export function isRecordKey(key: Buffer): boolean {
  return key[0] === RECORD;
}

export function isIndexKey(key: Buffer): boolean {
  return key[0] === INDEX;
}

/** A number that the keys of one collection's records, or of one index, have in common. */
export function keyGroup(key: Buffer): number {
  const kind = key[0] ?? META;
  // Written out, and small, because it is asked for every entry of every write.
  return kind === RECORD || kind === INDEX ? readId(key, 1) * 8 + kind : kind;
}

/** The id of the collection or index whose record or entry it is; undefined for other keys. */
export function ownerId(key: Buffer): number | undefined {
  return isRecordKey(key) || isIndexKey(key) ? readId(key, 1) : undefined;
}

export function readRecordKey(key: Buffer): { collectionId: number; recordId: number } {
  const collectionId = readId(key, 1);
  return { collectionId, recordId: readRecordId(key, 1 + idLength(collectionId)) };
}

export function recordPrefix(collectionId: number): Buffer {
  return shortlyPrefixed(RECORD, collectionId);
}

export function recordKey(collectionId: number, recordId: number): Buffer {
  const before = 1 + idLength(collectionId);
  const key = Buffer.allocUnsafe(before + recordIdLength(recordId));
  key[0] = RECORD;
  setId(key, 1, collectionId);
  setRecordId(key, before, recordId);
  return key;
}

export function indexPrefix(indexId: number): Buffer {
  return shortlyPrefixed(INDEX, indexId);
}

/** Keys of the second entries of a unique index with a collation; without a bucket, what all begin with. */
export function collatedKey(indexId: number, bucket?: Buffer): Buffer {
  const prefix = prefixed(COLLATED, indexId);
  return bucket ? Buffer.concat([prefix, bucket]) : prefix;
}

export function isCollatedKey(key: Buffer): boolean {
  return key[0] === COLLATED;
}

/** Bytes that surround the encoded key in the store key of an index entry. */
export interface EntryRoom {
  readonly before: number;
  readonly after: number;
}

/** Without a record id for unique indexes. */
export function entryRoom(indexId: number, recordId?: number): EntryRoom {
  return {
    before: 1 + idLength(indexId),
    after: recordId === undefined ? 0 : recordIdLength(recordId),
  };
}

/**
 * Finishes the store key of an index entry, which was made with this room: one buffer for one entry,
 * because entries are made for every write. Without a record id for unique indexes.
 */
export function finishEntryKey(key: Buffer, indexId: number, recordId?: number): void {
  key[0] = INDEX;
  setId(key, 1, indexId);
  if (recordId !== undefined) setRecordId(key, key.length - recordIdLength(recordId), recordId);
}

export type GarbageKind = 'records' | 'index';

export function garbageKey(id: number, kind: GarbageKind): Buffer {
  return Buffer.concat([prefixed(GARBAGE, id), Buffer.of(kind === 'records' ? 0 : 1)]);
}

export function garbageRange(): { start: Buffer; end: Buffer } {
  return { start: Buffer.of(GARBAGE), end: Buffer.of(GARBAGE + 1) };
}

export function readGarbageKey(key: Buffer): { id: number; kind: GarbageKind } {
  return { id: key.readUInt32BE(1), kind: key[5] === 0 ? 'records' : 'index' };
}

export function retryPrefix(sessionKey: Buffer): Buffer {
  return Buffer.concat([Buffer.of(RETRY), sessionKey]);
}

export function retryRange(): { start: Buffer; end: Buffer } {
  return { start: Buffer.of(RETRY), end: Buffer.of(RETRY + 1) };
}

export function retryKey(sessionKey: Buffer, statementId: number): Buffer {
  const suffix = Buffer.allocUnsafe(4);
  suffix.writeUInt32BE(statementId, 0);
  return Buffer.concat([Buffer.of(RETRY), sessionKey, suffix]);
}

/** The smallest key greater than every key that begins with `prefix`. */
export function prefixEnd(prefix: Buffer): Buffer {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  const end = Buffer.from(prefix.subarray(0, length));
  const last = end[length - 1];
  if (last !== undefined) end[length - 1] = last + 1;
  return length === 0 ? Buffer.of(0xff) : end;
}

/**
 * Fits an encoded key into the store's limit: a long one keeps its first bytes and gets the SHA-256 of
 * all of it, so that equal keys stay equal and different ones stay different.
 */
export function cutKey(encoded: Buffer): Buffer {
  if (!isLongKey(encoded.length)) return encoded;
  const hash = createHash('sha256').update(encoded).digest();
  return Buffer.concat([encoded.subarray(0, LONGEST_EXACT_BOUND), hash]);
}

/** True for the length of an encoded key that is not stored as it is. */
export function isLongKey(length: number): boolean {
  return length > LONGEST_KEY_BYTES;
}

/** Entries of unique indexes are stored under the key alone, with the record id as value. */
export function isStoredUnderKeyAlone(index: Pick<IndexInfo, 'unique'>): boolean {
  return index.unique;
}

function prefixed(kind: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = kind;
  key.writeUInt32BE(id, 1);
  return key;
}

function shortlyPrefixed(kind: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(1 + idLength(id));
  key[0] = kind;
  setId(key, 1, id);
  return key;
}
