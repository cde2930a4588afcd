import { decodeDocument } from '../values/codec';
import type { Collection, Index } from './catalog';
import { countRecords, dataSize, scanRecords } from './collection';
import { rulesOf } from './document-validation';
import { readRecordId } from './identifiers';
import { indexEntriesOf } from './index-entries';
import { indexPrefix, isStoredUnderKeyAlone, prefixEnd } from './keys';
import type { CollectionInfo, KeyValueReader } from './types';

/** What a full check of one collection found. */
export interface Validation {
  readonly records: number;
  readonly keysPerIndex: ReadonlyMap<string, number>;
  /** Documents that the collection's validator would not accept now. */
  readonly nonCompliant: number;
  /** Sentences for people; empty when everything agrees. */
  readonly errors: readonly string[];
}

/** Runs validationSteps to the end at once. */
export function validateCollection(reader: KeyValueReader, info: CollectionInfo): Validation {
  const steps = validationSteps(reader, info);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Checks every document and every index entry of a collection against each other, and the stored counts
 * against both. Reads everything: time grows with the collection. Yields after each document and entry,
 * so that others can be let in.
 */
export function* validationSteps(
  reader: KeyValueReader,
  info: CollectionInfo,
): Generator<void, Validation, void> {
  const collection = info as Collection;
  const validator = rulesOf(collection.options)?.validator;
  const errors: string[] = [];
  const expected = new Map<Index, number>(collection.indexes.map((index) => [index, 0]));
  let records = 0;
  let bytes = 0;
  let nonCompliant = 0;
  for (const record of scanRecords(reader, collection)) {
    records += 1;
    bytes += record.bytes.length;
    const document = decodeDocument(record.bytes);
    if (validator?.accepts(document) === false) nonCompliant += 1;
    for (const index of collection.indexes) {
      const { keys, flags } = indexEntriesOf(index, document, record.recordId);
      expected.set(index, (expected.get(index) ?? 0) + keys.length);
      const missing = keys.filter((key) => !hasEntry(reader, index, key, record.recordId));
      if (missing.length > 0) {
        errors.push(
          `index ${index.name} misses ${missing.length} entries of record ${record.recordId}`,
        );
      }
      if (flags.some((flag) => !index.hasFlag(flag))) {
        errors.push(`index ${index.name} is not marked ${flags.join(', ')}`);
      }
    }
    yield;
  }
  const keysPerIndex = yield* countEntries(reader, collection);
  for (const [index, count] of expected) {
    const found = keysPerIndex.get(index.name) ?? 0;
    if (found !== count) errors.push(`index ${index.name} has ${found} entries, not ${count}`);
  }
  checkCount(errors, 'documents', countRecords(reader, collection), records);
  checkCount(errors, 'bytes', dataSize(reader, collection), bytes);
  return { records, keysPerIndex, nonCompliant, errors };
}

function hasEntry(reader: KeyValueReader, index: Index, key: Buffer, recordId: number): boolean {
  const value = reader.get(key);
  if (!value) return false;
  return !isStoredUnderKeyAlone(index) || readRecordId(value, 0) === recordId;
}

function* countEntries(
  reader: KeyValueReader,
  collection: Collection,
): Generator<void, Map<string, number>, void> {
  const counts = new Map<string, number>();
  for (const index of collection.indexes) {
    const start = indexPrefix(index.id);
    let count = 0;
    for (const _entry of reader.range({ start, end: prefixEnd(start), keysOnly: true })) {
      count += 1;
      yield;
    }
    counts.set(index.name, count);
  }
  return counts;
}

function checkCount(errors: string[], what: string, stored: number, counted: number): void {
  if (stored !== counted) errors.push(`the count of ${what} is ${stored}, not ${counted}`);
}
