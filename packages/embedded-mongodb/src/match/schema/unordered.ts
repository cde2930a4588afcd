import { valueKey } from '../../values/key';
import type { Value } from '../../values/types';

/**
 * A string that two values share exactly when JSON Schema calls them the same: as valuesEqual, but the
 * order of fields does not matter.
 */
export function unorderedKey(value: Value): string {
  return valueKey(inFieldOrder(value));
}

function inFieldOrder(value: Value): Value {
  if (Array.isArray(value)) return value.map(inFieldOrder);
  if (!(value instanceof Map)) return value;
  const names = [...value.keys()].sort();
  return new Map(names.map((name) => [name, inFieldOrder(value.get(name) as Value)]));
}
