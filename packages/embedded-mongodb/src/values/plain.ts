import { Binary, BSONRegExp, Double, Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import { bsonTypeNumber } from './bson-types';
import { numberFromJs } from './numbers';
import type { BsonDocument, Value } from './types';

/**
 * Plain JavaScript as an engine value: integers become Int32 or Long, other numbers Double, objects
 * become documents; boxed bson values are kept. A field whose value is undefined is left out.
 * @throws MongoServerError 1 for what has no BSON form (functions, symbols)
 */
export function fromPlain(value: unknown): Value {
  if (value === undefined || value === null) return null;
  switch (typeof value) {
    case 'number':
      return numberFromJs(value);
    case 'bigint':
      return Long.fromBigInt(value);
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      return fromPlainObject(value);
    default:
      throw new MongoServerError('InternalError', `no BSON form for a ${typeof value}`);
  }
}

function fromPlainObject(value: object): Value {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value instanceof Uint8Array) return new Binary(value);
  if (value instanceof RegExp)
    return new BSONRegExp(value.source, value.flags.replace(/[^imsux]/g, ''));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return documentFromPlain(value);
  if (value instanceof Map) {
    return new Map([...value].map(([name, entry]) => [String(name), fromPlain(entry)]));
  }
  const boxed = value as Value;
  bsonTypeNumber(boxed);
  return boxed;
}

/** A plain object as a document, in its own field order. */
export function documentFromPlain(object: object): BsonDocument {
  const document: BsonDocument = new Map();
  for (const [name, entry] of Object.entries(object)) {
    if (entry !== undefined) document.set(name, fromPlain(entry));
  }
  return document;
}

/**
 * An engine value as plain JavaScript: documents become objects, numbers become JavaScript numbers
 * (a Long beyond 2^53 a bigint); other BSON values are kept.
 */
export function toPlain(value: Value | undefined): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, entry]) => [name, toPlain(entry)]));
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long && value.constructor === Long) {
    const number = value.toNumber();
    return Number.isSafeInteger(number) ? number : value.toBigInt();
  }
  return value;
}
