import { Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { readRecordId } from './identifiers';
import { recordKey, recordPrefix } from './keys';
import type { CollectionInfo, KeyValueReader } from './types';

/** How much a capped collection keeps. */
export interface Cap {
  readonly bytes: number;
  /** Infinity where only the size is limited. */
  readonly documents: number;
}

/** What holds the running totals of a capped collection. */
export interface CappedTotals {
  readonly id: number;
  readonly documentsCounter: Buffer;
  readonly bytesCounter: Buffer;
  /** No record before this one is left; what is removed next is looked for from there. */
  readonly firstRecordCounter: Buffer;
}

const GRANULARITY = 256;
const MOST_BYTES = 2 ** 50;
const MOST_DOCUMENTS = 2 ** 31;
/** The server writes whole numbers below it as 32-bit integers. */
const LEAST_LONG = 2 ** 30;
/** Record ids looked at in one step. */
const STEP = 64;

/** The limits of a capped collection, undefined for any other. */
export function capOf({ options }: Pick<CollectionInfo, 'options'>): Cap | undefined {
  if (options.get('capped') !== true) return undefined;
  const documents = numberOf(options.get('max'));
  return {
    bytes: numberOf(options.get('size')) ?? 0,
    documents: documents === undefined || documents <= 0 ? Infinity : documents,
  };
}

/**
 * `capped`, `size` and `max` of the `create` command as they are kept: the size rounded up to a multiple
 * of 256 bytes (manual: "Capped Collections"). Empty for a collection that is not capped.
 * Throws 72 InvalidOptions when one is there without the other, 2 BadValue for sizes out of range.
 */
export function cappedOptions(requested: BsonDocument): [string, Value][] {
  const size = limitOf('size', requested.get('size'));
  const max = limitOf('max', requested.get('max'));
  if (!isTrue(requested.get('capped'))) {
    if (size === undefined && max === undefined) return [];
    throw new MongoServerError(
      'InvalidOptions',
      "the 'capped' field needs to be true when either the 'size' or 'max' fields are present",
    );
  }
  if (size === undefined) {
    throw new MongoServerError(
      'InvalidOptions',
      "the 'size' field is required when 'capped' is true",
    );
  }
  return [
    ['capped', true],
    ['size', wholeNumber(roundedSize(size))],
    ...(max !== undefined && max > 0 ? [['max', wholeNumber(checkedMax(max))] as const] : []),
  ].map(([name, value]) => [name, value] as [string, Value]);
}

/** The options of a capped collection after `collMod` with `cappedSize` or `cappedMax`. Throws 72. */
export function changedCap(
  options: BsonDocument,
  { size, max }: { readonly size?: number; readonly max?: number },
): BsonDocument {
  if (options.get('capped') !== true) {
    throw new MongoServerError('InvalidOptions', 'Collection must be capped.');
  }
  const changed = new Map(options);
  if (size !== undefined) changed.set('size', wholeNumber(roundedSize(size)));
  if (max === undefined) return changed;
  if (max > 0) changed.set('max', wholeNumber(checkedMax(max)));
  else changed.delete('max');
  return changed;
}

/** The oldest records that must go now that `newest` was added, which itself stays in any case. */
export function* overflow(
  reader: KeyValueReader,
  totals: CappedTotals,
  cap: Cap,
  newest: number,
): Generator<{ recordId: number; bytes: Buffer }, void, void> {
  let surplusDocuments = reader.counter(totals.documentsCounter) - cap.documents;
  let surplusBytes = reader.counter(totals.bytesCounter) - cap.bytes;
  let start = Math.max(reader.counter(totals.firstRecordCounter), 1);
  for (; start < newest && (surplusDocuments > 0 || surplusBytes > 0); start += STEP) {
    for (const recordId of recordIds(reader, totals.id, start, Math.min(start + STEP, newest))) {
      if (surplusDocuments <= 0 && surplusBytes <= 0) return;
      const bytes = reader.get(recordKey(totals.id, recordId)) ?? Buffer.alloc(0);
      surplusDocuments -= 1;
      surplusBytes -= bytes.length;
      yield { recordId, bytes };
    }
  }
}

function recordIds(reader: KeyValueReader, id: number, start: number, end: number): number[] {
  const range = { start: recordKey(id, start), end: recordKey(id, end), keysOnly: true };
  const prefix = recordPrefix(id).length;
  return Array.from(reader.range(range), ({ key }) => readRecordId(key, prefix));
}

function limitOf(name: string, value: MaybeValue): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (isNumeric(value)) return Math.trunc(toDouble(value));
  throw new MongoServerError(
    'TypeMismatch',
    `BSON field 'create.${name}' is the wrong type, expected types '[long, int, decimal, double]'`,
  );
}

function roundedSize(size: number): number {
  if (size < 0) throw new MongoServerError('BadValue', 'size has to be >= 0');
  if (size > MOST_BYTES) throw new MongoServerError('BadValue', 'size cannot exceed 1 PB');
  return Math.ceil(size / GRANULARITY) * GRANULARITY;
}

function checkedMax(max: number): number {
  if (max < MOST_DOCUMENTS) return max;
  throw new MongoServerError('BadValue', 'max in a capped collection has to be < 2^31 or not set');
}

function wholeNumber(value: number): Int32 | Long {
  return value < LEAST_LONG ? new Int32(value) : Long.fromNumber(value);
}

function isTrue(value: MaybeValue): boolean {
  return value === true || (isNumeric(value) && toDouble(value) !== 0);
}

function numberOf(value: MaybeValue): number | undefined {
  return isNumeric(value) ? toDouble(value) : undefined;
}
