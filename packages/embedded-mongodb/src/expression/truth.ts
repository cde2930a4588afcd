import { isNumeric, isZeroNumber } from '../values/numbers';
import type { MaybeValue } from '../values/types';

/**
 * Whether a value counts as true in an expression: everything but false, null, missing and any
 * zero. Strings, even empty ones, and NaN are true.
 */
export function isTruthy(value: MaybeValue): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined) return false;
  return !isNumeric(value) || !isZeroNumber(value);
}
