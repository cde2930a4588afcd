import { ObjectId } from 'bson';
import { bsonTypeName } from '../../src/values/compare';
import { isNumeric } from '../../src/values/numbers';
import type { MaybeValue, NumericValue } from '../../src/values/types';

function showNumber(value: NumericValue): string {
  const text = value.toString();
  switch (bsonTypeName(value)) {
    case 'int':
      return text;
    case 'long':
      return `${text}L`;
    case 'decimal':
      return `${text}m`;
    default:
      return /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
}

/**
 * A value on one line with its exact types: `5` is an int, `5.0` a double, `5L` a long, `5m` a
 * decimal. Tests compare these texts, so that a wrong type or field order fails them.
 */
export function show(value: MaybeValue): string {
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([name, field]) => `${name}: ${show(field)}`).join(', ')}}`;
  }
  if (isNumeric(value)) return showNumber(value);
  return `${value._bsontype}(${value instanceof ObjectId ? value.toHexString() : JSON.stringify(value)})`;
}
