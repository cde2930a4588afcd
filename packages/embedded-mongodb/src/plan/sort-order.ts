import type { IndexInfo } from '../storage/types';
import { rootOf } from './index-candidate';
import { isFullRange, isPoint, type IntervalSet } from './interval';
import type { SortPattern } from './query';

/**
 * The direction in which scanning the index within these bounds gives the wanted order, or undefined
 * when it does not. A field that is limited to one value orders nothing and may be passed over, in
 * the index and in the sort (manual: "Sort and Non-prefix Subset of an Index").
 */
export function directionForSort(
  index: IndexInfo,
  bounds: readonly IntervalSet[],
  sort: SortPattern,
): 1 | -1 | undefined {
  if (index.longKeys) return undefined;
  const single = (position: number): boolean => isSingleValue(bounds[position]);
  let direction: 1 | -1 | undefined;
  let position = 0;
  for (const wanted of sort) {
    if (wanted.kind !== 'path' || wanted.collation) return undefined;
    const constant = index.fields.findIndex(({ path }) => path === wanted.path);
    if (constant !== -1 && single(constant) && !index.multikeyPaths.has(wanted.path)) continue;
    while (index.fields[position]?.path !== wanted.path && single(position)) position++;
    const field = index.fields[position];
    if (field?.path !== wanted.path || !keepsOrder(index, bounds, position)) return undefined;
    const needed = field.direction === wanted.direction ? 1 : -1;
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
    position++;
  }
  return direction ?? 1;
}

function isSingleValue(intervals: IntervalSet | undefined): boolean {
  const [first] = intervals ?? [];
  return intervals?.length === 1 && first !== undefined && isPoint(first);
}

/**
 * A document sorts by the least (or greatest) of all its array's elements; so the scan must see them
 * all, not only those within bounds.
 */
function keepsOrder(index: IndexInfo, bounds: readonly IntervalSet[], position: number): boolean {
  const path = index.fields[position]?.path ?? '';
  if (!index.multikeyPaths.has(path)) return true;
  return index.fields.every((field, other) => {
    const intervals = bounds[other];
    if (intervals === undefined || isFullRange(intervals)) return true;
    return rootOf(field.path) !== rootOf(path);
  });
}
