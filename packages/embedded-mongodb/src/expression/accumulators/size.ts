import type { Value } from '../../values/types';

// What an entry of a Map or an array costs beside its value.
const ENTRY = 16;

/** Above what a stage may hold there is no need to count on. */
const MOST_COUNTED = 128 * 1024 * 1024;

/**
 * Roughly how many bytes a value holds in memory: enough to keep stages inside their bound. Counting
 * ends where it passes 128 MiB: values that share their parts look larger than they are.
 */
export function approximateSize(value: Value): number {
  if (typeof value === 'string') return 16 + value.length;
  if (value === null || typeof value !== 'object') return 8;
  if (Array.isArray(value)) {
    let total = 32;
    for (const element of value) {
      total += ENTRY + approximateSize(element);
      if (total > MOST_COUNTED) return total;
    }
    return total;
  }
  if (value instanceof Map) {
    let total = 64;
    for (const [name, field] of value) {
      total += ENTRY + name.length + approximateSize(field);
      if (total > MOST_COUNTED) return total;
    }
    return total;
  }
  return '_bsontype' in value && value._bsontype === 'Binary' ? 32 + value.position : 24;
}
