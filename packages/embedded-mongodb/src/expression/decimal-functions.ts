import type { Decimal128 } from 'bson';
import { MongoServerError } from '../errors';
import {
  NAN_PARTS,
  decimalFromParts,
  decimalParts,
  finiteParts,
  infinityParts,
  roundToDigits,
  type DecimalParts,
} from '../values/decimal';
import { divideParts } from '../values/decimal-arithmetic';
import { toDecimalParts } from '../values/numbers';
import type { NumericValue } from '../values/types';
import { asIntegerNumber } from './numeric';

export type RoundingMode = 'half-even' | 'toward-zero' | 'up' | 'down';

const MAX_DIGITS = 34;

/**
 * The error for a function of decimals that would need arbitrary-precision series: refused, since
 * an answer through doubles would carry 15 digits where the server gives 34.
 */
export function unsupportedDecimal(name: string): MongoServerError {
  return new MongoServerError('NotImplemented', `${name} does not support decimal values`);
}

function roundQuotient(parts: DecimalParts, divisor: bigint, mode: RoundingMode): bigint {
  const quotient = parts.coefficient / divisor;
  const rest = parts.coefficient % divisor;
  if (rest === 0n) return quotient;
  switch (mode) {
    case 'toward-zero':
      return quotient;
    case 'up':
      return parts.negative ? quotient : quotient + 1n;
    case 'down':
      return parts.negative ? quotient + 1n : quotient;
    case 'half-even': {
      const twice = rest * 2n;
      const isOdd = (quotient & 1n) === 1n;
      return twice > divisor || (twice === divisor && isOdd) ? quotient + 1n : quotient;
    }
  }
}

/**
 * Rounds to a multiple of 10^exponent, keeping that exponent (IEEE 754-2008 quantize): NaN when the
 * coefficient would need more than 34 digits.
 */
export function quantizeParts(
  parts: DecimalParts,
  exponent: number,
  mode: RoundingMode,
): DecimalParts {
  if (parts.kind !== 'finite') return parts;
  const shift = exponent - parts.exponent;
  if (shift <= 0) {
    if (parts.coefficient !== 0n && -shift > MAX_DIGITS) return NAN_PARTS;
    const scaled = parts.coefficient === 0n ? 0n : parts.coefficient * 10n ** BigInt(-shift);
    return scaled >= 10n ** BigInt(MAX_DIGITS)
      ? NAN_PARTS
      : finiteParts(parts.negative, scaled, exponent);
  }
  // Beyond the digits that a value can have, every shift rounds the same way.
  const bounded = Math.min(shift, 800);
  return finiteParts(parts.negative, roundQuotient(parts, 10n ** BigInt(bounded), mode), exponent);
}

/** base ** exponent in decimal, for whole exponents; exact before the one rounding to 34 digits. */
export function raiseDecimal(base: NumericValue, exponent: NumericValue): Decimal128 {
  const parts = toDecimalParts(base);
  const times = asIntegerNumber(exponent, 32);
  if (parts.kind === 'nan' || toDecimalParts(exponent).kind === 'nan') {
    return decimalFromParts(NAN_PARTS);
  }
  if (times === undefined || Math.abs(times) > 5000) throw unsupportedDecimal('$pow');
  const negative = parts.negative && times % 2 !== 0;
  if (parts.kind === 'infinity') {
    if (times === 0) return decimalFromParts(finiteParts(false, 1n, 0));
    return decimalFromParts(times > 0 ? infinityParts(negative) : finiteParts(negative, 0n, 0));
  }
  const size = Math.abs(times);
  const raised = finiteParts(negative, parts.coefficient ** BigInt(size), parts.exponent * size);
  if (times >= 0) return decimalFromParts(roundToDigits(raised, MAX_DIGITS));
  return decimalFromParts(divideParts(finiteParts(false, 1n, 0), raised));
}

function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** The square root of a decimal that is not negative, rounded to 34 digits. */
export function squareRootOfDecimal(value: Decimal128): Decimal128 {
  const parts = decimalParts(value);
  if (parts.kind !== 'finite' || parts.coefficient === 0n) return value;
  // Twice the digits of the result plus two, and an even exponent, so that one rounding is enough.
  const scale = 2 * MAX_DIGITS + 4 + (Math.abs(parts.exponent) % 2);
  const scaled = parts.coefficient * 10n ** BigInt(scale);
  const root = integerSquareRoot(scaled);
  const exponent = (parts.exponent - scale) / 2;
  if (root * root !== scaled) {
    return decimalFromParts(finiteParts(false, root * 10n + 1n, exponent - 1));
  }
  return decimalFromParts(shortenExact(root, exponent, Math.floor(parts.exponent / 2)));
}

function shortenExact(coefficient: bigint, exponent: number, ideal: number): DecimalParts {
  let digits = coefficient;
  let power = exponent;
  while (power < ideal && digits % 10n === 0n) {
    digits /= 10n;
    power += 1;
  }
  return finiteParts(false, digits, power);
}
