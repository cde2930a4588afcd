import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { MaybeValue, NumericValue } from '../../values/types';
import { isNullish, variadic } from '../build';
import { formatValue } from '../format';
import { asIntegerNumber, isNumber, toNumber } from '../numeric';
import { coerceToText } from '../text';
import type { OperatorCall, OperatorTable } from '../types';

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function byteArgument(value: MaybeValue, what: 'starting index' | 'length'): number {
  if (!isNumber(value) || value._bsontype === 'Decimal128') {
    throw new MongoServerError(
      what === 'length' ? 16035 : 16034,
      `$substrBytes:  ${what} must be a numeric type (is BSON type ${bsonTypeName(value)})`,
    );
  }
  return Math.trunc(toNumber(value));
}

function substringOfBytes([value, startValue, lengthValue]: MaybeValue[]): MaybeValue {
  const bytes = Buffer.from(coerceToText(value), 'utf8');
  const start = byteArgument(startValue, 'starting index');
  const length = byteArgument(lengthValue, 'length');
  if (start < 0) {
    throw new MongoServerError(
      50752,
      `$substrBytes:  starting index must be non-negative (got: ${start})`,
    );
  }
  const end = length < 0 ? bytes.length : start + length;
  if (isContinuation(bytes[start])) {
    throw new MongoServerError(
      28656,
      '$substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.',
    );
  }
  if (isContinuation(bytes[end])) {
    throw new MongoServerError(
      28657,
      '$substrBytes:  Invalid range, ending index is in the middle of a UTF-8 character.',
    );
  }
  return bytes.subarray(start, end).toString('utf8');
}

function codePointArgument(
  value: MaybeValue,
  what: 'starting index' | 'length',
  codes: [number, number],
): number {
  if (!isNumber(value)) {
    throw new MongoServerError(
      codes[0],
      `$substrCP: ${what} must be a numeric type (is BSON type ${bsonTypeName(value)})`,
    );
  }
  const number = asIntegerNumber(value, 32);
  if (number !== undefined) return number;
  throw new MongoServerError(
    codes[1],
    `$substrCP: ${what} cannot be represented as a 32-bit integral value: ${formatNumber(value)}`,
  );
}

function formatNumber(value: NumericValue): string {
  return formatValue(value);
}

function substringOfCodePoints([value, startValue, lengthValue]: MaybeValue[]): MaybeValue {
  const text = coerceToText(value);
  const start = codePointArgument(startValue, 'starting index', [34450, 34451]);
  const length = codePointArgument(lengthValue, 'length', [34452, 34453]);
  if (length < 0) {
    throw new MongoServerError(34454, '$substrCP: length must be a nonnegative integer.');
  }
  if (start < 0) {
    throw new MongoServerError(34455, '$substrCP: the starting index must be nonnegative integer.');
  }
  return [...text].slice(start, start + length).join('');
}

function searchBound(value: MaybeValue, what: 'starting' | 'ending', name: string): number {
  const bound = asIntegerNumber(value, 32);
  if (bound === undefined) {
    throw new MongoServerError(
      40096,
      `${name} requires an integral ${what} index, found a value of type: ${bsonTypeName(value)}, with value: ${formatValue(value)}`,
    );
  }
  if (bound >= 0) return bound;
  throw new MongoServerError(
    40097,
    `${name} requires a nonnegative ${what} index, found: ${bound}`,
  );
}

/** Where a run of units (bytes or code points) begins in another, or -1. */
function search<Unit>(units: ArrayLike<Unit>, sought: ArrayLike<Unit>, from: number, to: number) {
  for (let start = from; start + sought.length <= to; start += 1) {
    let matched = 0;
    while (matched < sought.length && units[start + matched] === sought[matched]) matched += 1;
    if (matched === sought.length) return start;
  }
  return -1;
}

function indexIn(values: MaybeValue[], name: string): MaybeValue {
  const [input, token] = values;
  if (isNullish(input)) return null;
  if (typeof input !== 'string') {
    throw new MongoServerError(
      name === '$indexOfCP' ? 40093 : 40091,
      `${name} requires a string as the first argument, found: ${bsonTypeName(input)}`,
    );
  }
  if (typeof token !== 'string') {
    throw new MongoServerError(
      name === '$indexOfCP' ? 40094 : 40092,
      `${name} requires a string as the second argument, found: ${bsonTypeName(token)}`,
    );
  }
  const units = name === '$indexOfCP' ? [...input] : Buffer.from(input, 'utf8');
  const sought = name === '$indexOfCP' ? [...token] : Buffer.from(token, 'utf8');
  const from = values.length > 2 ? searchBound(values[2], 'starting', name) : 0;
  const to = values.length > 3 ? searchBound(values[3], 'ending', name) : units.length;
  if (from > units.length || to < from) return new Int32(-1);
  const limit = Math.min(to, units.length);
  return new Int32(search<string | number>(units, sought, from, limit));
}

const substringBytes = variadic(substringOfBytes, 3, 3);

export const SUBSTRING_OPERATORS: OperatorTable = {
  $indexOfBytes: variadic(indexIn, 2, 4),
  $indexOfCP: variadic(indexIn, 2, 4),
  // The deprecated name is parsed into $substrBytes and speaks of itself under that name.
  $substr: (call: OperatorCall) => substringBytes({ ...call, name: '$substrBytes' }),
  $substrBytes: substringBytes,
  $substrCP: variadic(substringOfCodePoints, 3, 3),
};
