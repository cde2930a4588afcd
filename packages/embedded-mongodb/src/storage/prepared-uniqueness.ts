import { lastRecordIdLength, readRecordId } from './identifiers';
import { collatedKey, indexPrefix, prefixEnd } from './keys';
import type { WriteTarget } from './write';

/**
 * An index with `prepareUnique`: it may hold duplicates from before, and takes no new ones. Its entries
 * are those of an index that is not unique, each under its key and record id; so what is equal stands
 * side by side.
 */
export interface PreparedEntry {
  readonly indexId: number;
  readonly recordId: number;
  /** The store key of the entry, with the record id at its end. */
  readonly key: Buffer;
}

const MARK = Buffer.of(1);

/** False when another document has the same key. */
export function claimPrepared(target: WriteTarget, entry: PreparedEntry): boolean {
  touchPrepared(target, entry);
  const start = withoutRecordId(entry.key);
  const range = { start, end: prefixEnd(start), limit: 2, keysOnly: true };
  for (const { key } of target.writer.range(range)) {
    if (recordIdOf(key) !== entry.recordId) return false;
  }
  return true;
}

/** Transactions that write the same key exclude each other; the mark tells that it was written. */
export function touchPrepared({ guard, writer }: WriteTarget, entry: PreparedEntry): void {
  const encoded = withoutRecordId(entry.key).subarray(indexPrefix(entry.indexId).length);
  const mark = collatedKey(entry.indexId, encoded);
  guard.touch(mark);
  writer.put(mark, MARK);
}

/** The part of an entry's store key that equal entries share. */
export function withoutRecordId(key: Buffer): Buffer {
  return key.subarray(0, key.length - lastRecordIdLength(key));
}

/** The record id at the end of an entry's store key. */
export function recordIdOf(key: Buffer): number {
  return readRecordId(key, key.length - lastRecordIdLength(key));
}
