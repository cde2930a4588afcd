import type {
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

/**
 * A BSON document inside the engine. A Map and not an object, because a JavaScript object reorders
 * integer-like keys and treats `__proto__` specially, and BSON does neither.
 */
export type BsonDocument = Map<string, Value>;

/** The four numeric BSON types, always boxed so that none silently turns into another. */
export type NumericValue = Double | Int32 | Long | Decimal128;

/**
 * Any BSON value inside the engine. Never a bare JavaScript number or bigint.
 * `undefined` is not a value: it means "this field is missing".
 */
export type Value =
  | null
  | boolean
  | string
  | NumericValue
  | Date
  | ObjectId
  | Binary
  | BSONRegExp
  | BSONSymbol
  | Code
  | Timestamp
  | MinKey
  | MaxKey
  | BsonDocument
  | Value[];

export type MaybeValue = Value | undefined;
