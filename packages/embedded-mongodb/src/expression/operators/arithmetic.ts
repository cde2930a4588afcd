import { Decimal128, Double, Int32, Long } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import { decimalFromParts, decimalParts } from '../../values/decimal';
import {
  addNumbers,
  divide,
  isNumeric,
  isZeroNumber,
  modulo,
  multiply,
  subtract,
  toDouble,
} from '../../values/numbers';
import type { MaybeValue, NumericValue } from '../../values/types';
import { binary, isNullish, unary, variadic } from '../build';
import { raiseDecimal } from '../decimal-functions';
import { integerValue } from '../numeric';
import type { OperatorTable } from '../types';

/** A date moved by a number of milliseconds; 16009-like overflow is refused, never wrapped. */
function shiftDate(date: Date, milliseconds: NumericValue): Date {
  const shifted = new Date(date.getTime() + Math.round(toDouble(milliseconds)));
  if (!Number.isNaN(shifted.getTime())) return shifted;
  throw new MongoServerError('Overflow', 'date overflow');
}

function add(values: MaybeValue[]): MaybeValue {
  let total: NumericValue = new Int32(0);
  let date: Date | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (isNumeric(value)) {
      total = addNumbers(total, value);
    } else if (value instanceof Date) {
      if (date) throw new MongoServerError(16612, 'only one date allowed in an $add expression');
      date = value;
    } else {
      throw new MongoServerError(
        'TypeMismatch',
        `$add only supports numeric or date types, not ${bsonTypeName(value)}`,
      );
    }
  }
  return date ? shiftDate(date, total) : total;
}

/**
 * `$subtract`: numbers, two dates (the milliseconds between them) or a number from a date; null where
 * either is null or missing.
 * @throws MongoServerError 14 TypeMismatch for other types
 */
export function subtractValues(left: MaybeValue, right: MaybeValue): MaybeValue {
  if (isNumeric(left) && isNumeric(right)) return subtract(left, right);
  if (isNullish(left) || isNullish(right)) return null;
  if (left instanceof Date && right instanceof Date) {
    return Long.fromNumber(left.getTime() - right.getTime());
  }
  if (left instanceof Date && isNumeric(right)) {
    return shiftDate(left, subtract(new Int32(0), right));
  }
  throw new MongoServerError(
    'TypeMismatch',
    `can't $subtract ${bsonTypeName(right)} from ${bsonTypeName(left)}`,
  );
}

function multiplyValues(values: MaybeValue[]): MaybeValue {
  let product: NumericValue = new Int32(1);
  for (const value of values) {
    if (isNullish(value)) return null;
    if (isNumeric(value)) {
      product = multiply(product, value);
    } else {
      throw new MongoServerError(
        'TypeMismatch',
        `$multiply only supports numeric types, not ${bsonTypeName(value)}`,
      );
    }
  }
  return product;
}

function divideValues(left: MaybeValue, right: MaybeValue): MaybeValue {
  if (isNumeric(left) && isNumeric(right)) return divide(left, right);
  if (isNullish(left) || isNullish(right)) return null;
  throw new MongoServerError(
    'TypeMismatch',
    `$divide only supports numeric types, not ${bsonTypeName(left)} and ${bsonTypeName(right)}`,
  );
}

function moduloValues(left: MaybeValue, right: MaybeValue): MaybeValue {
  if (isNumeric(left) && isNumeric(right)) return modulo(left, right);
  if (isNullish(left) || isNullish(right)) return null;
  throw new MongoServerError(
    16611,
    `$mod only supports numeric types, not ${bsonTypeName(left)} and ${bsonTypeName(right)}`,
  );
}

function absolute(value: NumericValue): NumericValue {
  if (value instanceof Double) return new Double(Math.abs(value.value));
  if (value instanceof Int32) return integerValue(Math.abs(value.value));
  if (value instanceof Decimal128) {
    return decimalFromParts({ ...decimalParts(value), negative: false });
  }
  if (value.equals(Long.MIN_VALUE)) {
    throw new MongoServerError(28680, "can't take $abs of long long min");
  }
  return value.isNegative() ? value.negate() : value;
}

function power(base: MaybeValue, exponent: MaybeValue): MaybeValue {
  if (isNullish(base) || isNullish(exponent)) return null;
  if (!isNumeric(base)) {
    throw new MongoServerError(28762, `$pow's base must be numeric, not ${bsonTypeName(base)}`);
  }
  if (!isNumeric(exponent)) {
    throw new MongoServerError(
      28763,
      `$pow's exponent must be numeric, not ${bsonTypeName(exponent)}`,
    );
  }
  if (isZeroNumber(base) && toDouble(exponent) < 0) {
    throw new MongoServerError(28764, '$pow cannot take a base of 0 and a negative exponent');
  }
  if (base instanceof Decimal128 || exponent instanceof Decimal128) {
    return raiseDecimal(base, exponent);
  }
  if (base instanceof Double || exponent instanceof Double) {
    return new Double(Math.pow(toDouble(base), toDouble(exponent)));
  }
  return integerPower(base, exponent);
}

function integerPower(base: Int32 | Long, exponent: Int32 | Long): NumericValue {
  const isLong = base instanceof Long || exponent instanceof Long;
  const bigBase = BigInt(base.toString());
  const bigExponent = BigInt(exponent.toString());
  const isUnit = bigBase >= -1n && bigBase <= 1n;
  if (!isUnit && (bigExponent < 0n || bigExponent > 63n)) {
    return new Double(Math.pow(toDouble(base), toDouble(exponent)));
  }
  // For a base of -1, 0 or 1 only the parity and whether the exponent is zero matter.
  const magnitude = bigExponent < 0n ? -bigExponent : bigExponent;
  const reduced = isUnit && magnitude > 2n ? 2n + (magnitude % 2n) : magnitude;
  const result = bigBase ** reduced;
  if (BigInt.asIntN(64, result) !== result) {
    return new Double(Math.pow(toDouble(base), toDouble(exponent)));
  }
  return isLong ? Long.fromBigInt(result) : integerValue(result);
}

function bitOperand(value: NumericValue, name: string): bigint {
  if (value instanceof Int32 || value instanceof Long) return BigInt(value.toString());
  throw new MongoServerError(
    'TypeMismatch',
    `${name} only supports int and long operands, not ${bsonTypeName(value)}.`,
  );
}

function bitwise(identity: bigint, combine: (left: bigint, right: bigint) => bigint) {
  return variadic((values, name) => {
    let result = identity;
    let isLong = false;
    let hasNullish = false;
    for (const value of values) {
      if (isNullish(value)) {
        hasNullish = true;
        continue;
      }
      if (!isNumeric(value)) {
        throw new MongoServerError(
          'TypeMismatch',
          `${name} only supports int and long operands, not ${bsonTypeName(value)}.`,
        );
      }
      result = combine(result, bitOperand(value, name));
      isLong ||= value instanceof Long;
    }
    if (hasNullish) return null;
    return isLong ? Long.fromBigInt(result) : new Int32(Number(result));
  });
}

function bitNot(value: MaybeValue): MaybeValue {
  if (isNullish(value)) return null;
  if (value instanceof Int32) return new Int32(~value.value);
  if (value instanceof Long) return value.not();
  throw new MongoServerError(
    28765,
    `$bitNot only supports int and long, not ${bsonTypeName(value)}.`,
  );
}

/** Applies a function to one number: null for null, 28765 for anything that is no number. */
export function numericUnary(apply: (value: NumericValue, name: string) => NumericValue) {
  return unary((value, name) => {
    if (isNullish(value)) return null;
    if (isNumeric(value)) return apply(value, name);
    throw new MongoServerError(
      28765,
      `${name} only supports numeric types, not ${bsonTypeName(value)}`,
    );
  });
}

export const ARITHMETIC_OPERATORS: OperatorTable = {
  $abs: numericUnary(absolute),
  $add: variadic(add),
  $bitAnd: bitwise(-1n, (left, right) => left & right),
  $bitNot: unary(bitNot),
  $bitOr: bitwise(0n, (left, right) => left | right),
  $bitXor: bitwise(0n, (left, right) => left ^ right),
  $divide: binary(divideValues),
  $mod: binary(moduloValues),
  $multiply: variadic(multiplyValues),
  $pow: binary(power),
  $subtract: binary(subtractValues),
};
