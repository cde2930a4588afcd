import {
  finiteParts,
  infinityParts,
  MAX_DIGITS,
  NAN_PARTS,
  roundToDigits,
  type DecimalParts,
} from './decimal';

/** IEEE 754-2008 decimal arithmetic on taken-apart values; results are rounded to 34 digits. */

const signed = (parts: DecimalParts): bigint =>
  parts.negative ? -parts.coefficient : parts.coefficient;

const isZero = (parts: DecimalParts): boolean =>
  parts.kind === 'finite' && parts.coefficient === 0n;

const negate = (parts: DecimalParts): DecimalParts => ({ ...parts, negative: !parts.negative });

/** Aligning further apart than this cannot change a 34-digit result other than through rounding. */
const MAX_ALIGNMENT = 3 * MAX_DIGITS;

export function addParts(a: DecimalParts, b: DecimalParts): DecimalParts {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN_PARTS;
  if (a.kind === 'infinity') {
    return b.kind === 'infinity' && a.negative !== b.negative ? NAN_PARTS : a;
  }
  if (b.kind === 'infinity') return b;
  if (a.exponent < b.exponent) return addParts(b, a);
  if (a.exponent - b.exponent > MAX_ALIGNMENT && !isZero(a)) {
    // `b` is far below the last digit of `a`: only whether it is zero, and its sign, matter.
    const sticky = isZero(b) ? 0n : b.negative ? -1n : 1n;
    return sum(signed(a) * 10n ** BigInt(MAX_ALIGNMENT) + sticky, a.exponent - MAX_ALIGNMENT, a, b);
  }
  const gap = isZero(a) ? 0 : a.exponent - b.exponent;
  return sum(signed(a) * 10n ** BigInt(gap) + signed(b), b.exponent, a, b);
}

function sum(total: bigint, exponent: number, a: DecimalParts, b: DecimalParts): DecimalParts {
  const negative = total === 0n ? a.negative && b.negative : total < 0n;
  return roundToDigits(finiteParts(negative, total < 0n ? -total : total, exponent), MAX_DIGITS);
}

export function subtractParts(a: DecimalParts, b: DecimalParts): DecimalParts {
  return addParts(a, negate(b));
}

export function multiplyParts(a: DecimalParts, b: DecimalParts): DecimalParts {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN_PARTS;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    return isZero(a) || isZero(b) ? NAN_PARTS : infinityParts(negative);
  }
  return roundToDigits(
    finiteParts(negative, a.coefficient * b.coefficient, a.exponent + b.exponent),
    MAX_DIGITS,
  );
}

export function divideParts(a: DecimalParts, b: DecimalParts): DecimalParts {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN_PARTS;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity') return b.kind === 'infinity' ? NAN_PARTS : infinityParts(negative);
  if (b.kind === 'infinity') return finiteParts(negative, 0n, 0);
  if (isZero(b)) return isZero(a) ? NAN_PARTS : infinityParts(negative);
  const ideal = a.exponent - b.exponent;
  if (isZero(a)) return finiteParts(negative, 0n, ideal);
  const scale = 2 * MAX_DIGITS + 2;
  const numerator = a.coefficient * 10n ** BigInt(scale);
  let quotient = numerator / b.coefficient;
  const exact = quotient * b.coefficient === numerator;
  // A sticky digit below the 34 keeps the final rounding correct when the division is inexact.
  if (!exact)
    return roundToDigits(finiteParts(negative, quotient * 10n + 1n, ideal - scale - 1), 34);
  let exponent = ideal - scale;
  while (exponent < ideal && quotient % 10n === 0n) {
    quotient /= 10n;
    exponent += 1;
  }
  return roundToDigits(finiteParts(negative, quotient, exponent), MAX_DIGITS);
}

/** Remainder with the sign of the dividend (C `fmod`). */
export function moduloParts(a: DecimalParts, b: DecimalParts): DecimalParts {
  if (a.kind !== 'finite' || b.kind === 'nan' || isZero(b)) return NAN_PARTS;
  if (b.kind === 'infinity') return a;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * 10n ** BigInt(a.exponent - exponent);
  const right = b.coefficient * 10n ** BigInt(b.exponent - exponent);
  return roundToDigits(finiteParts(a.negative, left % right, exponent), MAX_DIGITS);
}
