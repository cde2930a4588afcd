import type {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import { BSON_TYPE, bsonTypeNumber, scopeOf, type BsonTypeNumber } from './bson-types';
import { compareNumbers } from './number-order';
import { compareObjectIds } from './object-id';
import { compareStrings } from './strings';
import type { BsonDocument, MaybeValue, NumericValue, Value } from './types';

export { bsonTypeName, bsonTypeNumber } from './bson-types';
export { compareNumbers } from './number-order';
export { compareStrings } from './strings';

/** Sort brackets, in MongoDB's comparison order (manual: "Comparison/Sort Order"). */
export const CANONICAL_TYPE = {
  MIN_KEY: -1,
  MISSING: 0,
  NULL: 5,
  NUMBER: 10,
  STRING: 15,
  OBJECT: 20,
  ARRAY: 25,
  BINARY: 30,
  OBJECT_ID: 35,
  BOOLEAN: 40,
  DATE: 45,
  TIMESTAMP: 47,
  REGEX: 50,
  CODE: 60,
  CODE_WITH_SCOPE: 65,
  MAX_KEY: 127,
} as const;

/** The sort bracket of a BSON type number: all numbers share one, strings and symbols another. */
export function canonicalTypeOf(typeNumber: BsonTypeNumber): number {
  switch (typeNumber) {
    case BSON_TYPE.INT:
    case BSON_TYPE.DOUBLE:
    case BSON_TYPE.LONG:
    case BSON_TYPE.DECIMAL:
      return CANONICAL_TYPE.NUMBER;
    case BSON_TYPE.STRING:
    case BSON_TYPE.SYMBOL:
      return CANONICAL_TYPE.STRING;
    case BSON_TYPE.OBJECT_ID:
      return CANONICAL_TYPE.OBJECT_ID;
    case BSON_TYPE.DATE:
      return CANONICAL_TYPE.DATE;
    case BSON_TYPE.OBJECT:
      return CANONICAL_TYPE.OBJECT;
    case BSON_TYPE.ARRAY:
      return CANONICAL_TYPE.ARRAY;
    case BSON_TYPE.NULL:
      return CANONICAL_TYPE.NULL;
    case BSON_TYPE.BOOLEAN:
      return CANONICAL_TYPE.BOOLEAN;
    default:
      return rareCanonicalType(typeNumber);
  }
}

function rareCanonicalType(typeNumber: BsonTypeNumber): number {
  switch (typeNumber) {
    case BSON_TYPE.BINARY:
      return CANONICAL_TYPE.BINARY;
    case BSON_TYPE.TIMESTAMP:
      return CANONICAL_TYPE.TIMESTAMP;
    case BSON_TYPE.REGEX:
      return CANONICAL_TYPE.REGEX;
    case BSON_TYPE.CODE:
      return CANONICAL_TYPE.CODE;
    case BSON_TYPE.CODE_WITH_SCOPE:
      return CANONICAL_TYPE.CODE_WITH_SCOPE;
    case BSON_TYPE.MIN_KEY:
      return CANONICAL_TYPE.MIN_KEY;
    case BSON_TYPE.MAX_KEY:
      return CANONICAL_TYPE.MAX_KEY;
    default:
      return CANONICAL_TYPE.MISSING;
  }
}

/** The sort bracket of a value. */
export function canonicalType(value: MaybeValue): number {
  return canonicalTypeOf(bsonTypeNumber(value));
}

/**
 * MongoDB's total order over BSON values. A missing value sorts below null and above MinKey.
 * @returns negative, zero or positive
 */
export function compareValues(a: MaybeValue, b: MaybeValue): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const bracket = canonicalType(a);
  const difference = bracket - canonicalType(b);
  return difference !== 0 ? difference : compareWithinBracket(bracket, a as Value, b as Value);
}

/** Orders two values that are known to share a sort bracket. */
export function compareWithinBracket(bracket: number, a: Value, b: Value): number {
  switch (bracket) {
    case CANONICAL_TYPE.NUMBER:
      return compareNumbers(a as NumericValue, b as NumericValue);
    case CANONICAL_TYPE.STRING:
      return compareStrings(stringOf(a), stringOf(b));
    case CANONICAL_TYPE.OBJECT_ID:
      return compareObjectIds(a as ObjectId, b as ObjectId);
    case CANONICAL_TYPE.DATE:
      return (a as Date).getTime() - (b as Date).getTime();
    case CANONICAL_TYPE.OBJECT:
      return compareDocuments(a as BsonDocument, b as BsonDocument);
    case CANONICAL_TYPE.ARRAY:
      return compareArrays(a as Value[], b as Value[]);
    case CANONICAL_TYPE.BOOLEAN:
      return Number(a) - Number(b);
    case CANONICAL_TYPE.BINARY:
      return compareBinaries(a as Binary, b as Binary);
    case CANONICAL_TYPE.TIMESTAMP:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case CANONICAL_TYPE.REGEX:
      return compareRegexes(a as BSONRegExp, b as BSONRegExp);
    case CANONICAL_TYPE.CODE:
      return compareStrings((a as Code).code, (b as Code).code);
    case CANONICAL_TYPE.CODE_WITH_SCOPE:
      return (
        compareStrings((a as Code).code, (b as Code).code) ||
        compareDocuments(scopeOf(a as Code), scopeOf(b as Code))
      );
    default:
      return 0;
  }
}

function stringOf(value: Value): string {
  return typeof value === 'string' ? value : (value as BSONSymbol).value;
}

/** Field by field, in field order: first the sort brackets, then the names, then the values. */
function compareDocuments(a: BsonDocument, b: BsonDocument): number {
  const right = b.entries();
  for (const [name, value] of a) {
    const next = right.next();
    if (next.done === true) return 1;
    const [otherName, otherValue] = next.value;
    const bracket = canonicalType(value);
    const difference =
      bracket - canonicalType(otherValue) ||
      compareStrings(name, otherName) ||
      compareWithinBracket(bracket, value, otherValue);
    if (difference !== 0) return difference;
  }
  return a.size - b.size;
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = compareValues(a[index], b[index]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Length first, then subtype, then bytes. */
function compareBinaries(a: Binary, b: Binary): number {
  return (
    a.position - b.position ||
    a.sub_type - b.sub_type ||
    Buffer.compare(a.buffer.subarray(0, a.position), b.buffer.subarray(0, b.position))
  );
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return (a.high >>> 0) - (b.high >>> 0) || (a.low >>> 0) - (b.low >>> 0);
}

function compareRegexes(a: BSONRegExp, b: BSONRegExp): number {
  return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
}

/** Equality as MongoDB's queries mean it: 1 equals 1.0, NaN equals NaN, field order matters. */
export function valuesEqual(a: MaybeValue, b: MaybeValue): boolean {
  return compareValues(a, b) === 0;
}

/** True when two values are the same BSON: equal and of the same type all the way down. */
export function valuesIdentical(a: MaybeValue, b: MaybeValue): boolean {
  if (a === b) return true;
  const type = bsonTypeNumber(a);
  if (type !== bsonTypeNumber(b)) return false;
  switch (type) {
    case BSON_TYPE.OBJECT:
      return documentsIdentical(a as BsonDocument, b as BsonDocument);
    case BSON_TYPE.ARRAY:
      return arraysIdentical(a as Value[], b as Value[]);
    case BSON_TYPE.DOUBLE:
      return Object.is((a as Double).value, (b as Double).value);
    case BSON_TYPE.INT:
      return (a as Int32).value === (b as Int32).value;
    case BSON_TYPE.LONG:
      return (a as Long).equals(b as Long);
    case BSON_TYPE.DECIMAL:
      return (a as { bytes: Uint8Array }).bytes.every(
        (byte, index) => byte === (b as { bytes: Uint8Array }).bytes[index],
      );
    case BSON_TYPE.CODE_WITH_SCOPE:
      return (
        (a as Code).code === (b as Code).code &&
        valuesIdentical(scopeOf(a as Code), scopeOf(b as Code))
      );
    default:
      return valuesEqual(a, b);
  }
}

function documentsIdentical(a: BsonDocument, b: BsonDocument): boolean {
  if (a.size !== b.size) return false;
  const right = b.entries();
  for (const [name, value] of a) {
    const next = right.next();
    if (next.done === true) return false;
    if (next.value[0] !== name || !valuesIdentical(value, next.value[1])) return false;
  }
  return true;
}

function arraysIdentical(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((value, index) => valuesIdentical(value, b[index]));
}
