import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/compare';
import type { MaybeValue } from '../values/types';
import { isNullish } from './build';
import { isNumber } from './numeric';
import { numberText } from './number-text';

/**
 * The text that string operators read from a value: dates in ISO 8601, numbers in decimal, null
 * and missing as the empty string.
 * @throws MongoServerError 16007 for a type that has no text
 */
export function coerceToText(value: MaybeValue): string {
  if (typeof value === 'string') return value;
  if (isNullish(value)) return '';
  if (value instanceof Date) return value.toISOString();
  if (isNumber(value)) return numberText(value);
  if (typeof value === 'object' && '_bsontype' in value) {
    if (value._bsontype === 'BSONSymbol') return value.value;
    if (value._bsontype === 'Code') return String(value.code);
    if (value._bsontype === 'Timestamp') return `Timestamp(${value.t}, ${value.i})`;
  }
  throw new MongoServerError(
    16007,
    `can't convert from BSON type ${bsonTypeName(value)} to String`,
  );
}

/** Lower case of the ASCII letters only, as the server does it. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Upper case of the ASCII letters only, as the server does it. */
export function asciiUpperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Number of Unicode code points. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}
