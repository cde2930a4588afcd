import { Decimal128 } from 'bson';

/** A Decimal128 taken apart: value = (-1)^negative * coefficient * 10^exponent when finite. */
export interface DecimalParts {
  readonly kind: 'finite' | 'infinity' | 'nan';
  readonly negative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
}

const EXPONENT_BIAS = 6176;
const MIN_EXPONENT = -6176;
const MAX_EXPONENT = 6111;
const MAX_DIGITS = 34;
const COEFFICIENT_LIMIT = 10n ** 34n;
const LOW_49_BITS = (1n << 49n) - 1n;

const NAN_PARTS: DecimalParts = { kind: 'nan', negative: false, coefficient: 0n, exponent: 0 };

const infinityParts = (negative: boolean): DecimalParts => ({
  kind: 'infinity',
  negative,
  coefficient: 0n,
  exponent: 0,
});

const finiteParts = (negative: boolean, coefficient: bigint, exponent: number): DecimalParts => ({
  kind: 'finite',
  negative,
  coefficient,
  exponent,
});

function readUint64(bytes: Uint8Array, offset: number): bigint {
  let result = 0n;
  for (let index = 7; index >= 0; index--) {
    result = (result << 8n) | BigInt(bytes[offset + index] ?? 0);
  }
  return result;
}

/** Takes a Decimal128 apart (IEEE 754-2008 binary integer decimal, as the BSON specification has it). */
export function decimalParts(value: Decimal128): DecimalParts {
  const low = readUint64(value.bytes, 0);
  const high = readUint64(value.bytes, 8);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return NAN_PARTS;
  if (combination === 0x1e) return infinityParts(negative);
  if (combination >= 0x18) {
    // The second form encodes coefficients above 10^34 - 1: by IEEE 754 such a value is zero.
    return finiteParts(negative, 0n, Number((high >> 47n) & 0x3fffn) - EXPONENT_BIAS);
  }
  const coefficient = ((high & LOW_49_BITS) << 64n) | low;
  return finiteParts(
    negative,
    coefficient < COEFFICIENT_LIMIT ? coefficient : 0n,
    Number((high >> 49n) & 0x3fffn) - EXPONENT_BIAS,
  );
}

function writeUint64(bytes: Uint8Array, offset: number, value: bigint): void {
  let rest = value;
  for (let index = 0; index < 8; index++) {
    bytes[offset + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Puts parts together again, rounding half to even to 34 digits and overflowing to infinity. */
export function decimalFromParts(parts: DecimalParts): Decimal128 {
  const bytes = new Uint8Array(16);
  const sign = parts.negative ? 1n << 63n : 0n;
  if (parts.kind === 'nan') {
    writeUint64(bytes, 8, 0x7cn << 56n);
    return new Decimal128(bytes);
  }
  const fitted = parts.kind === 'finite' ? fit(parts) : parts;
  if (fitted.kind === 'infinity') {
    writeUint64(bytes, 8, sign | (0x78n << 56n));
    return new Decimal128(bytes);
  }
  writeUint64(bytes, 0, fitted.coefficient & ((1n << 64n) - 1n));
  const biased = BigInt(fitted.exponent + EXPONENT_BIAS);
  writeUint64(bytes, 8, sign | (biased << 49n) | (fitted.coefficient >> 64n));
  return new Decimal128(bytes);
}

function digitCount(coefficient: bigint): number {
  return coefficient === 0n ? 1 : coefficient.toString().length;
}

/** Drops `digits` decimal digits from a coefficient, rounding half to even. */
function dropDigits(coefficient: bigint, digits: number): bigint {
  const divisor = 10n ** BigInt(digits);
  const quotient = coefficient / divisor;
  const twice = (coefficient % divisor) * 2n;
  const roundUp = twice > divisor || (twice === divisor && (quotient & 1n) === 1n);
  return roundUp ? quotient + 1n : quotient;
}

/** Rounds half to even to at most `digits` significant digits. */
export function roundToDigits(parts: DecimalParts, digits: number): DecimalParts {
  if (parts.kind !== 'finite') return parts;
  let { coefficient, exponent } = parts;
  const excess = digitCount(coefficient) - digits;
  if (excess <= 0) return parts;
  coefficient = dropDigits(coefficient, excess);
  exponent += excess;
  if (digitCount(coefficient) > digits) {
    coefficient /= 10n;
    exponent += 1;
  }
  return finiteParts(parts.negative, coefficient, exponent);
}

/** Fits a finite value into 34 digits and the exponent range of Decimal128. */
function fit(parts: DecimalParts): DecimalParts {
  let { coefficient, exponent } = roundToDigits(parts, MAX_DIGITS);
  if (exponent < MIN_EXPONENT) {
    const missing = Math.min(MIN_EXPONENT - exponent, MAX_DIGITS + 1);
    coefficient = dropDigits(coefficient, missing);
    exponent = MIN_EXPONENT;
  }
  if (exponent > MAX_EXPONENT) {
    if (coefficient === 0n) return finiteParts(parts.negative, 0n, MAX_EXPONENT);
    const padding = exponent - MAX_EXPONENT;
    if (digitCount(coefficient) + padding > MAX_DIGITS) return infinityParts(parts.negative);
    coefficient *= 10n ** BigInt(padding);
    exponent = MAX_EXPONENT;
  }
  return finiteParts(parts.negative, coefficient, exponent);
}

const DOUBLE_SCRATCH = new DataView(new ArrayBuffer(8));

/** A finite double as sign, integer mantissa and binary exponent: |value| = mantissa * 2^exponent. */
export function doubleParts(value: number): { mantissa: bigint; exponent: number } {
  DOUBLE_SCRATCH.setFloat64(0, Math.abs(value));
  const bits = DOUBLE_SCRATCH.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** The exact decimal value of a double. */
export function exactPartsOfDouble(value: number): DecimalParts {
  if (Number.isNaN(value)) return NAN_PARTS;
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return infinityParts(negative);
  const { mantissa, exponent } = doubleParts(value);
  if (exponent >= 0) return finiteParts(negative, mantissa << BigInt(exponent), 0);
  return finiteParts(negative, mantissa * 5n ** BigInt(-exponent), exponent);
}

/**
 * A double as MongoDB turns it into a decimal: rounded to, and shown with, 15 significant digits
 * (2.5 becomes 2.50000000000000).
 */
export function partsOfDouble(value: number): DecimalParts {
  const exact = exactPartsOfDouble(value);
  if (exact.kind !== 'finite') return exact;
  if (exact.coefficient === 0n) return finiteParts(exact.negative, 0n, 0);
  const rounded = roundToDigits(exact, 15);
  const padding = 15 - digitCount(rounded.coefficient);
  return finiteParts(
    rounded.negative,
    rounded.coefficient * 10n ** BigInt(padding),
    rounded.exponent - padding,
  );
}

/** An integer as decimal parts with exponent 0. */
export function partsOfInteger(value: bigint): DecimalParts {
  return finiteParts(value < 0n, value < 0n ? -value : value, 0);
}

/** Removes trailing zeros, so that equal values have equal parts; zero becomes +0E0. */
export function normalizeParts(parts: DecimalParts): DecimalParts {
  if (parts.kind !== 'finite') return parts;
  if (parts.coefficient === 0n) return finiteParts(false, 0n, 0);
  let { coefficient, exponent } = parts;
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return finiteParts(parts.negative, coefficient, exponent);
}

/** Numeric order of two non-NaN decimals; exact. */
export function compareParts(a: DecimalParts, b: DecimalParts): number {
  const signA = signOf(a);
  const signB = signOf(b);
  if (signA !== signB || signA === 0) return signA - signB;
  return signA * compareMagnitudes(a, b);
}

function signOf(parts: DecimalParts): number {
  if (parts.kind === 'finite' && parts.coefficient === 0n) return 0;
  return parts.negative ? -1 : 1;
}

function compareMagnitudes(a: DecimalParts, b: DecimalParts): number {
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    return Number(a.kind === 'infinity') - Number(b.kind === 'infinity');
  }
  const topA = digitCount(a.coefficient) + a.exponent;
  const topB = digitCount(b.coefficient) + b.exponent;
  if (topA !== topB) return topA - topB;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * 10n ** BigInt(a.exponent - exponent);
  const right = b.coefficient * 10n ** BigInt(b.exponent - exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The nearest double of a decimal (NaN, infinities and signed zero kept). */
export function partsToDouble(parts: DecimalParts): number {
  if (parts.kind === 'nan') return NaN;
  const magnitude =
    parts.kind === 'infinity' ? Infinity : Number(`${parts.coefficient}e${parts.exponent}`);
  return parts.negative ? -magnitude : magnitude;
}

/** Rounds toward zero to an integer; undefined for NaN and infinities. */
export function partsToInteger(parts: DecimalParts): bigint | undefined {
  if (parts.kind !== 'finite') return undefined;
  const magnitude =
    parts.exponent >= 0
      ? parts.coefficient * 10n ** BigInt(parts.exponent)
      : parts.coefficient / 10n ** BigInt(-parts.exponent);
  return parts.negative ? -magnitude : magnitude;
}

/** True when a decimal is finite and has no fraction. */
export function isIntegral(parts: DecimalParts): boolean {
  if (parts.kind !== 'finite') return false;
  return parts.exponent >= 0 || parts.coefficient % 10n ** BigInt(-parts.exponent) === 0n;
}

export { NAN_PARTS, finiteParts, infinityParts, MAX_DIGITS };
