import { compareValues } from './compare';
import { valueKey } from './key';
import type { MaybeValue, Value } from './types';

/** How values compare: text by bytes, or by the rules of a language (values/collation.ts). */
export interface ValueOrder {
  /** Order of two values. */
  readonly compare: (left: MaybeValue, right: MaybeValue) => number;
  /**
   * A function that gives two values the same key exactly when they compare as equal. Keys of
   * different such functions do not compare.
   */
  createKeys(): (value: MaybeValue) => string;
}

/** The order of BSON values without a collation. */
export const BINARY_ORDER: ValueOrder = {
  compare: compareValues,
  createKeys: () => valueKey,
};

/** Keys under an order of text: each text is replaced by the first one that compares as equal. */
export function createTextKeys(
  compareText: (left: string, right: string) => number,
): (value: MaybeValue) => string {
  // Intl gives no sort keys; a sorted list of representatives stands in for them.
  const known: string[] = [];
  const representativeOf = (text: string): string => {
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareText(known[middle]!, text);
      if (order === 0) return known[middle]!;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    known.splice(low, 0, text);
    return text;
  };
  const represent = (value: Value): Value => {
    if (typeof value === 'string') return representativeOf(value);
    if (Array.isArray(value)) return value.map(represent);
    if (!(value instanceof Map)) return value;
    return new Map([...value].map(([name, inner]) => [name, represent(inner)]));
  };
  return (value) => valueKey(value === undefined ? undefined : represent(value));
}
