import { bsonTypeName } from '../../src/values/compare';
import type { MaybeValue } from '../../src/values/types';

function showNumber(value: MaybeValue): string | undefined {
  const text = String(value);
  switch (bsonTypeName(value)) {
    case 'int':
      return text;
    case 'long':
      return `${text}L`;
    case 'decimal':
      return `${text}m`;
    case 'double':
      return /^-?\d+$/.test(text) ? `${text}.0` : text;
    default:
      return undefined;
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
  return showNumber(value) ?? `${value._bsontype}(${value.toString()})`;
}
