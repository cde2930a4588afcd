import type { NumericValue } from '../values/types';

/** A double as the server prints it: shortest text, exponents with a sign and two digits. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e17)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    const digits = exponent.slice(1).padStart(2, '0');
    return `${mantissa}e${exponent[0]}${digits}`;
  }
  return String(value);
}

/** A number in decimal, as `$toString` answers it. */
export function numberText(value: NumericValue): string {
  return value._bsontype === 'Double' ? doubleText(value.value) : value.toString();
}
