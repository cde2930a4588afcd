import { createHash } from 'node:crypto';
import { holdsText } from '../values/collation';
import { decodeDocument } from '../values/codec';
import { encodeKey } from '../values/key';
import type { MaybeValue } from '../values/types';
import type { Index } from './catalog';
import { readRecordId, recordIdBytes } from './identifiers';
import { indexEntriesOf } from './index-entries';
import { collatedKey, cutKey, prefixEnd, recordKey } from './keys';
import type { KeyValueWriter } from './types';
import type { WriteTarget } from './write';

/**
 * A unique index with a collation. Its entries are in byte order like all others, which tells that two
 * keys are identical, but not that they are equal under the collation. So each key that holds text has a
 * second entry under its bucket, and what is in the same bucket is compared.
 */
export interface CollatedEntry {
  readonly collectionId: number;
  readonly index: Index;
  readonly recordId: number;
  /** The key of the entry in the index. */
  readonly key: Buffer;
  readonly row: readonly MaybeValue[];
}

const HASH_BYTES = 16;
const MARK = Buffer.of(1);

/** Adds the second entry of a key, if it needs one; false when another document has an equal key. */
export function claimCollated(target: WriteTarget, entry: CollatedEntry): boolean {
  const bucket = bucketOf(entry);
  if (!bucket) return true;
  touch(target, bucket);
  if (hasEqual(target, entry, bucket)) return false;
  target.writer.put(entryKey(bucket, entry), recordIdBytes(entry.recordId));
  return true;
}

/** Adds the second entry of a key that is known to be there already. */
export function putCollated(writer: KeyValueWriter, entry: CollatedEntry): void {
  const bucket = bucketOf(entry);
  if (bucket) writer.put(entryKey(bucket, entry), recordIdBytes(entry.recordId));
}

/** Takes the second entry of a key away. */
export function releaseCollated(target: WriteTarget, entry: CollatedEntry): void {
  const bucket = bucketOf(entry);
  if (!bucket) return;
  touch(target, bucket);
  target.writer.delete(entryKey(bucket, entry));
}

/** Transactions that write into one bucket exclude each other; the mark tells that it was written. */
function touch({ guard, writer }: WriteTarget, bucket: Buffer): void {
  guard.touch(bucket);
  writer.put(bucket, MARK);
}

function bucketOf({ index, row }: CollatedEntry): Buffer | undefined {
  const { buckets } = index;
  if (!buckets || !row.some(holdsText)) return undefined;
  return collatedKey(index.id, cutKey(encodeKey(row.map((value) => buckets.of(value)))));
}

function entryKey(bucket: Buffer, { key }: CollatedEntry): Buffer {
  const hash = createHash('sha256').update(key).digest().subarray(0, HASH_BYTES);
  return Buffer.concat([bucket, hash]);
}

function hasEqual({ writer }: WriteTarget, entry: CollatedEntry, bucket: Buffer): boolean {
  const { collectionId, index, recordId, row } = entry;
  for (const { key, value } of writer.range({ start: bucket, end: prefixEnd(bucket) })) {
    if (key.length === bucket.length) continue;
    const owner = readRecordId(value, 0);
    if (owner === recordId) continue;
    const bytes = writer.get(recordKey(collectionId, owner));
    if (!bytes) continue;
    const { rows } = indexEntriesOf(index, decodeDocument(bytes), owner);
    if (rows.some((other) => isEqual(index, row, other))) return true;
  }
  return false;
}

function isEqual(
  { collation }: Index,
  left: readonly MaybeValue[],
  right: readonly MaybeValue[],
): boolean {
  return left.every((value, column) => collation?.compare(value, right[column]) === 0);
}
