import { Decimal128, Long } from 'bson';
import {
  compareParts,
  decimalParts,
  exactPartsOfDouble,
  partsOfInteger,
  type DecimalParts,
} from './decimal';
import type { NumericValue } from './types';

/** High words within ±2^21 make a 64-bit integer that a double holds exactly. */
const EXACT_HIGH_WORD = 1 << 21;

function isWide(value: Long): boolean {
  return value.high >= EXACT_HIGH_WORD || value.high < -EXACT_HIGH_WORD;
}

/**
 * The value as a double when that is exact, else undefined (a Long beyond 2^53, any Decimal128).
 */
export function exactDouble(value: NumericValue): number | undefined {
  if (value instanceof Long) {
    return isWide(value) ? undefined : value.high * 4294967296 + (value.low >>> 0);
  }
  return value instanceof Decimal128 ? undefined : value.value;
}

/** Numeric order on one exact line: NaN lowest and equal to itself, -0 equal to 0. */
export function compareNumbers(a: NumericValue, b: NumericValue): number {
  const left = exactDouble(a);
  const right = exactDouble(b);
  if (left !== undefined && right !== undefined) return compareDoubles(left, right);
  if (a instanceof Long && b instanceof Long) {
    return a.high - b.high || (a.low >>> 0) - (b.low >>> 0);
  }
  const leftParts = numberParts(a);
  const rightParts = numberParts(b);
  if (leftParts.kind === 'nan' || rightParts.kind === 'nan') {
    return Number(rightParts.kind === 'nan') - Number(leftParts.kind === 'nan');
  }
  return compareParts(leftParts, rightParts);
}

export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

/** The exact decimal value of any BSON number. */
export function numberParts(value: NumericValue): DecimalParts {
  if (value instanceof Decimal128) return decimalParts(value);
  if (value instanceof Long) return partsOfInteger(value.toBigInt());
  return exactPartsOfDouble(value.value);
}
