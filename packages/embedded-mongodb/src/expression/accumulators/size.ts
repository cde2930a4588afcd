import type { Value } from '../../values/types';

// What an entry of a Map or an array costs beside its value.
const ENTRY = 16;

/** Roughly how many bytes a value holds in memory: enough to keep stages inside their bound. */
export function approximateSize(value: Value): number {
  if (typeof value === 'string') return 16 + value.length;
  if (value === null || typeof value !== 'object') return 8;
  if (Array.isArray(value)) {
    return value.reduce((total: number, element) => total + ENTRY + approximateSize(element), 32);
  }
  if (value instanceof Map) {
    let total = 64;
    for (const [name, field] of value) total += ENTRY + name.length + approximateSize(field);
    return total;
  }
  return '_bsontype' in value && value._bsontype === 'Binary' ? 32 + value.position : 24;
}
