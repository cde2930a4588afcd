import { Decimal128, Double, Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import { BSON_TYPE, bsonTypeNumber, isNumeric } from './bson-types';
import {
  decimalFromParts,
  decimalParts,
  isIntegral,
  partsOfDouble,
  partsOfInteger,
  partsToDouble,
  partsToInteger,
  type DecimalParts,
} from './decimal';
import {
  addParts,
  divideParts,
  moduloParts,
  multiplyParts,
  subtractParts,
} from './decimal-arithmetic';
import { exactDouble } from './number-order';
import type { MaybeValue, NumericValue } from './types';

export { isNumeric };

const INT32_MIN = -2147483648;
const INT32_MAX = 2147483647;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** What becomes of a 64-bit overflow: a double (aggregation expressions) or nothing (`$inc`, `$mul`). */
export type OverflowRule = 'double' | 'undefined';

/** The value as the nearest double. */
export function toDouble(value: NumericValue): number {
  if (value instanceof Long) return value.toNumber();
  if (value instanceof Decimal128) return partsToDouble(decimalParts(value));
  return value.value;
}

/** The value as decimal parts the way MongoDB widens to decimal (doubles to 15 digits). */
export function toDecimalParts(value: NumericValue): DecimalParts {
  if (value instanceof Decimal128) return decimalParts(value);
  if (value instanceof Long) return partsOfInteger(value.toBigInt());
  if (value instanceof Int32) return partsOfInteger(BigInt(value.value));
  return partsOfDouble(value.value);
}

/** True when a number is finite and has no fraction. */
export function isIntegralNumber(value: NumericValue): boolean {
  if (value instanceof Decimal128) return isIntegral(decimalParts(value));
  if (value instanceof Double) return Number.isInteger(value.value);
  return true;
}

/** The number cut to an integer toward zero; undefined for NaN and infinities. */
export function toBigInteger(value: NumericValue): bigint | undefined {
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Decimal128) return partsToInteger(decimalParts(value));
  return Number.isFinite(value.value) ? BigInt(Math.trunc(value.value)) : undefined;
}

/** The value as a JavaScript integer when it is an integral number within ±(2^53 - 1), else undefined. */
export function asSafeInteger(value: MaybeValue): number | undefined {
  if (!isNumeric(value)) return undefined;
  const number = exactDouble(value) ?? (isIntegralNumber(value) ? toDouble(value) : NaN);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** An array position from a number or an all-digit path component; undefined when it is none. */
export function asIndex(component: string): number | undefined {
  const length = component.length;
  if (length === 0 || length > 10) return undefined;
  let index = 0;
  for (let position = 0; position < length; position++) {
    const digit = component.charCodeAt(position) - 48;
    if (digit < 0 || digit > 9) return undefined;
    index = index * 10 + digit;
  }
  return length > 1 && component.charCodeAt(0) === 48 ? undefined : index;
}

/** The narrowest integer type that holds a bigint, starting at `smallest`; undefined beyond 64 bits. */
export function integerValue(value: bigint, smallest: 'int' | 'long'): Int32 | Long | undefined {
  if (smallest === 'int' && value >= INT32_MIN && value <= INT32_MAX)
    return new Int32(Number(value));
  return value >= INT64_MIN && value <= INT64_MAX ? Long.fromBigInt(value) : undefined;
}

/** A JavaScript integer as Int32 when it fits, else Long; a fraction or a huge number as Double. */
export function numberFromJs(value: number): NumericValue {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return new Double(value);
  return value >= INT32_MIN && value <= INT32_MAX ? new Int32(value) : Long.fromNumber(value);
}

type DoubleOperation = (a: number, b: number) => number;
type IntegerOperation = (a: bigint, b: bigint) => bigint;
type DecimalOperation = (a: DecimalParts, b: DecimalParts) => DecimalParts;

interface Operation {
  readonly onDoubles: DoubleOperation;
  readonly onIntegers: IntegerOperation;
  readonly onDecimals: DecimalOperation;
}

/**
 * Applies an operation with MongoDB's widening: decimal over double over long over int;
 * int results too wide for 32 bits become long.
 */
function combine(
  operation: Operation,
  a: NumericValue,
  b: NumericValue,
  overflow: OverflowRule,
): NumericValue | undefined {
  if (a instanceof Int32 && b instanceof Int32) {
    const result = operation.onDoubles(a.value, b.value);
    if (result >= INT32_MIN && result <= INT32_MAX) return new Int32(result);
    return Long.fromBigInt(operation.onIntegers(BigInt(a.value), BigInt(b.value)));
  }
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    return decimalFromParts(operation.onDecimals(toDecimalParts(a), toDecimalParts(b)));
  }
  if (a instanceof Double || b instanceof Double) {
    return new Double(operation.onDoubles(toDouble(a), toDouble(b)));
  }
  const exact = operation.onIntegers(integerOf(a), integerOf(b));
  const result = integerValue(exact, 'long');
  if (result !== undefined || overflow === 'undefined') return result;
  return new Double(operation.onDoubles(toDouble(a), toDouble(b)));
}

function integerOf(value: Int32 | Long): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(value.value);
}

const ADD: Operation = {
  onDoubles: (a, b) => a + b,
  onIntegers: (a, b) => a + b,
  onDecimals: addParts,
};
const SUBTRACT: Operation = {
  onDoubles: (a, b) => a - b,
  onIntegers: (a, b) => a - b,
  onDecimals: subtractParts,
};
const MULTIPLY: Operation = {
  onDoubles: (a, b) => a * b,
  onIntegers: (a, b) => a * b,
  onDecimals: multiplyParts,
};

/** a + b; a sum beyond 64 bits becomes a double, as in `$add` and `$sum`. */
export function addNumbers(a: NumericValue, b: NumericValue): NumericValue {
  return required(combine(ADD, a, b, 'double'));
}

/** a - b; beyond 64 bits a double. */
export function subtract(a: NumericValue, b: NumericValue): NumericValue {
  return required(combine(SUBTRACT, a, b, 'double'));
}

/** a * b; beyond 64 bits a double. */
export function multiply(a: NumericValue, b: NumericValue): NumericValue {
  return required(combine(MULTIPLY, a, b, 'double'));
}

/** a + b as `$inc` adds: undefined when the sum of two integers does not fit 64 bits. */
export function addOrOverflow(a: NumericValue, b: NumericValue): NumericValue | undefined {
  return combine(ADD, a, b, 'undefined');
}

/** a * b as `$mul` multiplies: undefined when the product of two integers does not fit 64 bits. */
export function multiplyOrOverflow(a: NumericValue, b: NumericValue): NumericValue | undefined {
  return combine(MULTIPLY, a, b, 'undefined');
}

function required(value: NumericValue | undefined): NumericValue {
  if (value === undefined) throw new MongoServerError('Overflow', 'integer overflow');
  return value;
}

/** True for 0, -0 and decimal zeros. */
export function isZeroNumber(value: NumericValue): boolean {
  return toDouble(value) === 0 && toBigInteger(value) === 0n && isIntegralNumber(value);
}

/**
 * a / b as `$divide`: a decimal when either is, else a double.
 * @throws MongoServerError 2 when b is zero
 */
export function divide(a: NumericValue, b: NumericValue): NumericValue {
  if (isZeroNumber(b)) throw new MongoServerError('BadValue', "can't $divide by zero");
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    return decimalFromParts(divideParts(toDecimalParts(a), toDecimalParts(b)));
  }
  return new Double(toDouble(a) / toDouble(b));
}

/**
 * Remainder with the sign of the dividend, as `$mod` in expressions.
 * @throws MongoServerError 16610 when b is zero
 */
export function modulo(a: NumericValue, b: NumericValue): NumericValue {
  if (isZeroNumber(b)) throw new MongoServerError(16610, "can't $mod by zero");
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    return decimalFromParts(moduloParts(toDecimalParts(a), toDecimalParts(b)));
  }
  if (a instanceof Double || b instanceof Double) {
    return new Double(toDouble(a) % toDouble(b));
  }
  const remainder = integerOf(a) % integerOf(b);
  const isInt = bsonTypeNumber(a) === BSON_TYPE.INT && bsonTypeNumber(b) === BSON_TYPE.INT;
  return required(integerValue(remainder, isInt ? 'int' : 'long'));
}
