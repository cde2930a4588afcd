import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { MongoServerError } from '../errors';
import type { BsonDocument, MaybeValue, NumericValue, Value } from './types';

/** The type numbers of the BSON specification; MISSING is MongoDB's EOO. */
export const BSON_TYPE = {
  MISSING: 0,
  DOUBLE: 1,
  STRING: 2,
  OBJECT: 3,
  ARRAY: 4,
  BINARY: 5,
  UNDEFINED: 6,
  OBJECT_ID: 7,
  BOOLEAN: 8,
  DATE: 9,
  NULL: 10,
  REGEX: 11,
  DB_POINTER: 12,
  CODE: 13,
  SYMBOL: 14,
  CODE_WITH_SCOPE: 15,
  INT: 16,
  TIMESTAMP: 17,
  LONG: 18,
  DECIMAL: 19,
  MIN_KEY: -1,
  MAX_KEY: 127,
} as const;

export type BsonTypeNumber = (typeof BSON_TYPE)[keyof typeof BSON_TYPE];

/** The BSON type number of a value; 0 when it is missing. */
export function bsonTypeNumber(value: MaybeValue): BsonTypeNumber {
  switch (typeof value) {
    case 'string':
      return BSON_TYPE.STRING;
    case 'boolean':
      return BSON_TYPE.BOOLEAN;
    case 'undefined':
      return BSON_TYPE.MISSING;
    default:
      return value === null ? BSON_TYPE.NULL : objectTypeNumber(value);
  }
}

// Ordered by how often a type is met: this is on the path of every comparison.
function objectTypeNumber(value: Exclude<Value, null | boolean | string>): BsonTypeNumber {
  if (value instanceof Int32) return BSON_TYPE.INT;
  if (value instanceof ObjectId) return BSON_TYPE.OBJECT_ID;
  if (value instanceof Map) return BSON_TYPE.OBJECT;
  if (value instanceof Date) return BSON_TYPE.DATE;
  if (value instanceof Double) return BSON_TYPE.DOUBLE;
  if (Array.isArray(value)) return BSON_TYPE.ARRAY;
  if (value instanceof Timestamp) return BSON_TYPE.TIMESTAMP;
  if (value instanceof Long) return BSON_TYPE.LONG;
  if (value instanceof Decimal128) return BSON_TYPE.DECIMAL;
  if (value instanceof Binary) return BSON_TYPE.BINARY;
  if (value instanceof BSONRegExp) return BSON_TYPE.REGEX;
  if (value instanceof MinKey) return BSON_TYPE.MIN_KEY;
  if (value instanceof MaxKey) return BSON_TYPE.MAX_KEY;
  if (value instanceof Code) {
    return value.scope === null ? BSON_TYPE.CODE : BSON_TYPE.CODE_WITH_SCOPE;
  }
  if (value instanceof BSONSymbol) return BSON_TYPE.SYMBOL;
  throw new MongoServerError('InternalError', `not a BSON value: ${typeof value}`);
}

const TYPE_NAMES = new Map<number, string>([
  [BSON_TYPE.MISSING, 'missing'],
  [BSON_TYPE.DOUBLE, 'double'],
  [BSON_TYPE.STRING, 'string'],
  [BSON_TYPE.OBJECT, 'object'],
  [BSON_TYPE.ARRAY, 'array'],
  [BSON_TYPE.BINARY, 'binData'],
  [BSON_TYPE.UNDEFINED, 'undefined'],
  [BSON_TYPE.OBJECT_ID, 'objectId'],
  [BSON_TYPE.BOOLEAN, 'bool'],
  [BSON_TYPE.DATE, 'date'],
  [BSON_TYPE.NULL, 'null'],
  [BSON_TYPE.REGEX, 'regex'],
  [BSON_TYPE.DB_POINTER, 'dbPointer'],
  [BSON_TYPE.CODE, 'javascript'],
  [BSON_TYPE.SYMBOL, 'symbol'],
  [BSON_TYPE.CODE_WITH_SCOPE, 'javascriptWithScope'],
  [BSON_TYPE.INT, 'int'],
  [BSON_TYPE.TIMESTAMP, 'timestamp'],
  [BSON_TYPE.LONG, 'long'],
  [BSON_TYPE.DECIMAL, 'decimal'],
  [BSON_TYPE.MIN_KEY, 'minKey'],
  [BSON_TYPE.MAX_KEY, 'maxKey'],
]);

const TYPE_NUMBERS_BY_ALIAS = new Map<string, number>(
  [...TYPE_NAMES]
    .filter(([code]) => code !== BSON_TYPE.MISSING)
    .map(([code, name]) => [name, code]),
);

/** The `$type` alias of a value ('int', 'string', …); 'missing' when it is missing. */
export function bsonTypeName(value: MaybeValue): string {
  return nameOfType(bsonTypeNumber(value));
}

/** The `$type` alias of a BSON type number; undefined for a number that is no BSON type. */
export function nameOfType(typeNumber: number): string {
  return TYPE_NAMES.get(typeNumber) ?? String(typeNumber);
}

/** The BSON type number of a `$type` alias other than 'number'; undefined when unknown. */
export function typeNumberOfAlias(alias: string): number | undefined {
  return TYPE_NUMBERS_BY_ALIAS.get(alias);
}

/** True for the numbers that are BSON types and so may be given to `$type`. */
export function isBsonTypeNumber(typeNumber: number): boolean {
  return typeNumber !== BSON_TYPE.MISSING && TYPE_NAMES.has(typeNumber);
}

export function isNumeric(value: MaybeValue): value is NumericValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value instanceof Int32 ||
      value instanceof Double ||
      (value instanceof Long && !(value instanceof Timestamp)) ||
      value instanceof Decimal128)
  );
}

/** The scope of a Code value; the engine keeps it as a BsonDocument. */
export function scopeOf(code: Code): BsonDocument {
  return code.scope as unknown as BsonDocument;
}
