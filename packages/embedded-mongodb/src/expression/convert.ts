import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/compare';
import { decimalFromParts, decimalParts, partsToDouble, partsToInteger } from '../values/decimal';
import { isNumeric, toDecimalParts, toDouble } from '../values/numbers';
import type { NumericValue, Value } from '../values/types';
import { asDate } from './date-arguments';
import { parseDate } from './date-parse';
import { numberText } from './number-text';
import { UTC } from './time-zone';
import { isTruthy } from './truth';

const NO_ON_ERROR = 'in $convert with no onError value';

function failure(message: string): MongoServerError {
  return new MongoServerError('ConversionFailure', message);
}

function unsupported(value: Value, target: string): MongoServerError {
  return failure(`Unsupported conversion from ${bsonTypeName(value)} to ${target} ${NO_ON_ERROR}`);
}

function numberFailure(text: string, reason: string): MongoServerError {
  return failure(`Failed to parse number '${text}' ${NO_ON_ERROR}: ${reason}`);
}

function assertNotHexadecimal(text: string): void {
  if (text.startsWith('0x')) {
    throw failure(`Illegal hexadecimal input ${NO_ON_ERROR}: ${text}`);
  }
  if (text === '') throw numberFailure(text, 'No digits');
}

function parseInteger(text: string, bits: 32 | 64): bigint {
  assertNotHexadecimal(text);
  const match = /^[+-]?(\d*)/.exec(text);
  const consumed = match?.[0].length ?? 0;
  if (!match?.[1]) throw numberFailure(text, 'Did not consume whole string.');
  if (consumed < text.length) {
    throw numberFailure(text, `Did not consume whole string.`);
  }
  const integer = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (BigInt.asIntN(bits, integer) === integer) return integer;
  throw numberFailure(text, 'Overflow');
}

function parseDouble(text: string): Double {
  assertNotHexadecimal(text);
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special) {
    const size = special[2]!.toLowerCase() === 'nan' ? NaN : Infinity;
    return new Double(special[1] === '-' ? -size : size);
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw numberFailure(text, 'Did not consume whole string.');
  }
  const number = Number(text);
  if (!Number.isFinite(number)) throw numberFailure(text, 'Out of range');
  return new Double(number);
}

function parseDecimal(text: string): Decimal128 {
  assertNotHexadecimal(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+|inf(?:inity)?|nan)(e[+-]?\d+)?$/i.test(text)) {
    throw numberFailure(text, 'Failed to parse string to decimal');
  }
  return Decimal128.fromStringWithRounding(text);
}

/** A number cut toward zero to an integer of at most `bits` bits. */
function truncated(value: NumericValue, bits: 32 | 64): bigint {
  if (value instanceof Int32 || value instanceof Long) {
    const integer = BigInt(value.toString());
    if (BigInt.asIntN(bits, integer) === integer) return integer;
    throw failure(`Conversion would overflow target type ${NO_ON_ERROR}: ${value.toString()}`);
  }
  const parts = value instanceof Decimal128 ? decimalParts(value) : undefined;
  const number = toDouble(value);
  if (parts ? parts.kind === 'nan' : Number.isNaN(number)) {
    throw failure(`Attempt to convert NaN value to integer type ${NO_ON_ERROR}`);
  }
  if (parts ? parts.kind === 'infinity' : !Number.isFinite(number)) {
    throw failure(`Attempt to convert infinity value to integer type ${NO_ON_ERROR}`);
  }
  // 1E+6000 would be thousands of digits; anything near that is out of range anyway.
  const integer =
    Math.abs(number) > 1e20
      ? undefined
      : parts
        ? partsToInteger(parts)
        : BigInt(Math.trunc(number));
  if (integer !== undefined && BigInt.asIntN(bits, integer) === integer) return integer;
  throw failure(`Conversion would overflow target type ${NO_ON_ERROR}: ${numberText(value)}`);
}

function toInt(value: Value): Value {
  if (typeof value === 'boolean') return new Int32(value ? 1 : 0);
  if (typeof value === 'string') return new Int32(Number(parseInteger(value, 32)));
  if (isNumeric(value)) return new Int32(Number(truncated(value, 32)));
  throw unsupported(value, 'int');
}

function toLong(value: Value): Value {
  if (typeof value === 'boolean') return Long.fromNumber(value ? 1 : 0);
  if (typeof value === 'string') return Long.fromBigInt(parseInteger(value, 64));
  if (isNumeric(value)) return Long.fromBigInt(truncated(value, 64));
  if (value instanceof Date) return Long.fromNumber(value.getTime());
  throw unsupported(value, 'long');
}

function decimalToDouble(value: Decimal128): Double {
  const parts = decimalParts(value);
  const number = partsToDouble(parts);
  const overflows = parts.kind === 'finite' && !Number.isFinite(number);
  const underflows = parts.kind === 'finite' && parts.coefficient !== 0n && number === 0;
  if (!overflows && !underflows) return new Double(number);
  throw failure(`Conversion would overflow target type ${NO_ON_ERROR}: ${value.toString()}`);
}

function convertToDouble(value: Value): Value {
  if (typeof value === 'boolean') return new Double(value ? 1 : 0);
  if (typeof value === 'string') return parseDouble(value);
  if (value instanceof Decimal128) return decimalToDouble(value);
  if (isNumeric(value)) return new Double(toDouble(value));
  if (value instanceof Date) return new Double(value.getTime());
  throw unsupported(value, 'double');
}

function toDecimal(value: Value): Value {
  if (typeof value === 'boolean') return new Decimal128(value ? '1' : '0');
  if (typeof value === 'string') return parseDecimal(value);
  if (value instanceof Decimal128) return value;
  if (isNumeric(value)) return decimalFromParts(toDecimalParts(value));
  if (value instanceof Date) return new Decimal128(String(value.getTime()));
  throw unsupported(value, 'decimal');
}

function toText(value: Value): Value {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isNumeric(value)) return numberText(value);
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Date) return value.toISOString();
  throw unsupported(value, 'string');
}

function toObjectId(value: Value): Value {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw unsupported(value, 'objectId');
  const prefix = `Failed to parse objectId '${value}' ${NO_ON_ERROR}: `;
  if (value.length !== 24) {
    throw failure(
      `${prefix}Invalid string length for parsing to OID, expected 24 but found ${value.length}`,
    );
  }
  if (!/^[0-9a-f]{24}$/i.test(value)) {
    throw failure(`${prefix}Invalid character found in hex string: ${value}`);
  }
  return ObjectId.createFromHexString(value);
}

function toDate(value: Value): Value {
  if (typeof value === 'string') return parseDate(value, UTC, false);
  if (value instanceof Int32) throw unsupported(value, 'date');
  if (isNumeric(value)) {
    const date = new Date(Number(truncated(value, 64)));
    if (!Number.isNaN(date.getTime())) return date;
    throw failure(`Conversion would overflow target type ${NO_ON_ERROR}: ${numberText(value)}`);
  }
  const date = asDate(value);
  if (date) return date;
  throw unsupported(value, 'date');
}

function toBoolean(value: Value): Value {
  return isTruthy(value);
}

const CONVERSIONS: Readonly<Record<string, (value: Value) => Value>> = {
  bool: toBoolean,
  date: toDate,
  decimal: toDecimal,
  double: convertToDouble,
  int: toInt,
  long: toLong,
  objectId: toObjectId,
  string: toText,
};

/**
 * Converts a value, neither null nor missing, to the type of an alias such as `int`.
 * @throws MongoServerError 241 ConversionFailure
 */
export function convertValue(value: Value, target: string): Value {
  const conversion = CONVERSIONS[target];
  if (!conversion) throw unsupported(value, target);
  return conversion(value);
}
