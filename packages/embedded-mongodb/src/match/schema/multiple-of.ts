import { normalizeParts, type DecimalParts } from '../../values/decimal';
import { toDecimalParts } from '../../values/numbers';
import type { NumericValue } from '../../values/types';

/**
 * True when a number is a whole multiple of another. As on the server both count as decimals, a double
 * rounded to 15 digits, so that 4.4 is a multiple of 1.1. Infinity and NaN are multiples of nothing.
 */
export function isMultipleOf(value: NumericValue, divisor: NumericValue): boolean {
  const dividend = toDecimalParts(value);
  const unit = toDecimalParts(divisor);
  if (dividend.kind !== 'finite' || unit.kind === 'nan') return false;
  if (dividend.coefficient === 0n) return true;
  if (unit.kind === 'infinity') return false;
  const [a, b] = inSameUnits(normalizeParts(dividend), normalizeParts(unit));
  return a % b === 0n;
}

function inSameUnits(a: DecimalParts, b: DecimalParts): [bigint, bigint] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (parts: DecimalParts): bigint =>
    parts.coefficient * 10n ** BigInt(parts.exponent - exponent);
  return [scaled(a), scaled(b)];
}
