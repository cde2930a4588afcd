import type { IndexField, IndexInfo } from '../storage/types';
import { asIndex } from '../values/numbers';
import type { Conjunction, ElementScope } from './conjunction';
import {
  FULL_RANGE,
  intersectIntervals,
  isFullRange,
  isPointSet,
  uniteIntervals,
} from './interval';
import type { IntervalSet } from './interval';
import { conditionBounds, type Bounds } from './predicate-bounds';

/** One index with the bounds that a conjunction gives its fields. */
export interface IndexCandidate {
  readonly index: IndexInfo;
  /** One set per field of the index; FULL_RANGE where nothing is known. */
  readonly bounds: readonly IntervalSet[];
  /** Fields at the front that are limited to single values. */
  readonly equalityFields: number;
  /** True when the field after those is limited too. */
  readonly hasRange: boolean;
  /** True when every entry within the bounds is a match and every match has one entry. */
  readonly exact: boolean;
}

/** Above this many combinations of single values a further field is not used to narrow. */
const MOST_KEY_RANGES = 10_000;

/** Bounds from one condition, with what is needed to combine it with others on a multikey index. */
interface ScopedBounds extends Bounds {
  readonly scope?: ElementScope;
}

/** How the conjunction narrows this index. The caller has made sure that the index may be used. */
export function makeCandidate(index: IndexInfo, conjunction: Conjunction): IndexCandidate {
  const bounds: IntervalSet[] = index.fields.map(() => FULL_RANGE);
  const used: { field: IndexField; scope?: ElementScope }[] = [];
  let exact = true;
  let conditionsCovered = 0;
  let combinations = 1;
  for (const [position, field] of index.fields.entries()) {
    const found = boundsOfField(conjunction, field.path, index.multikeyPaths.has(field.path));
    if (found === undefined || !mayCombine(index, used, field, found.scope)) break;
    if (combinations > 1 && combinations * found.intervals.length > MOST_KEY_RANGES) break;
    bounds[position] = found.intervals;
    used.push({ field, scope: found.scope });
    exact &&= found.exact;
    conditionsCovered += found.conditions;
    combinations *= found.intervals.length;
    if (!isPointSet(found.intervals)) break;
  }
  const equalityFields = countEqualityFields(bounds);
  return {
    index,
    bounds,
    equalityFields,
    hasRange: used.length > equalityFields,
    exact:
      exact &&
      conjunction.complete &&
      conditionsCovered === conjunction.conditions.length &&
      conjunction.alternatives.length === 0 &&
      index.multikeyPaths.size === 0 &&
      !index.multikey &&
      !index.longKeys,
  };
}

function countEqualityFields(bounds: readonly IntervalSet[]): number {
  const open = bounds.findIndex((intervals) => !isPointSet(intervals));
  return open === -1 ? bounds.length : open;
}

interface FieldBounds extends ScopedBounds {
  /** How many of the conjunction's conditions the bounds stand for. */
  readonly conditions: number;
}

/**
 * What the conjunction says of the index keys of one path. Without arrays every condition speaks of
 * the same key, so they intersect; through arrays each may be met by another key, so one is chosen.
 */
export function boundsOfField(
  conjunction: Conjunction,
  path: string,
  multikey: boolean,
): FieldBounds | undefined {
  if (hasPosition(path)) return undefined;
  const all = boundsOnPath(conjunction, path, multikey);
  const [first, ...others] = all;
  if (first === undefined) return undefined;
  if (!multikey) {
    return {
      intervals: others.reduce(
        (set, next) => intersectIntervals(set, next.intervals),
        first.intervals,
      ),
      exact: all.every(({ exact }) => exact),
      conditions: all.length,
    };
  }
  const best = others.reduce((a, b) => (looseness(b) < looseness(a) ? b : a), first);
  return { ...best, conditions: 1 };
}

function boundsOnPath(conjunction: Conjunction, path: string, multikey: boolean): ScopedBounds[] {
  const result: ScopedBounds[] = [];
  for (const condition of conjunction.conditions) {
    const bounds = condition.path === path ? conditionBounds(condition, multikey) : undefined;
    if (bounds !== undefined) result.push({ ...bounds, scope: condition.scope });
  }
  for (const branches of conjunction.alternatives) {
    const united = unionOfBranches(branches, path, multikey);
    if (united !== undefined) result.push({ intervals: united, exact: false });
  }
  return result;
}

/** If every branch of an $or limits the path, so does the $or: to the union. */
function unionOfBranches(
  branches: readonly Conjunction[],
  path: string,
  multikey: boolean,
): IntervalSet | undefined {
  const intervals = [];
  for (const branch of branches) {
    const bounds = boundsOfField(branch, path, multikey);
    if (bounds === undefined) return undefined;
    intervals.push(...bounds.intervals);
  }
  const united = uniteIntervals(intervals);
  return isFullRange(united) ? undefined : united;
}

/** Smaller is tighter: single values, then ranges closed on both sides by the filter, then others. */
function looseness({ intervals }: Bounds): number {
  return isPointSet(intervals) ? intervals.length : 1_000_000 + intervals.length;
}

/**
 * Two fields below the same array are entries of the same element in the index, but two conditions
 * may be met by different elements, unless one $elemMatch holds both.
 */
function mayCombine(
  index: IndexInfo,
  used: readonly { field: IndexField; scope?: ElementScope }[],
  field: IndexField,
  scope: ElementScope | undefined,
): boolean {
  if (!index.multikeyPaths.has(field.path)) return true;
  return used.every((other) => {
    if (!index.multikeyPaths.has(other.field.path)) return true;
    if (rootOf(other.field.path) !== rootOf(field.path)) return true;
    return (
      scope !== undefined &&
      scope === other.scope &&
      rootOf(field.path.slice(scope.path.length + 1)) !==
        rootOf(other.field.path.slice(scope.path.length + 1))
    );
  });
}

/** The first component of a path. */
export function rootOf(path: string): string {
  const dot = path.indexOf('.');
  return dot === -1 ? path : path.slice(0, dot);
}

/**
 * A number in a path names an array position for one document and a field for another. That is too
 * subtle for bounds: the matcher decides alone.
 */
function hasPosition(path: string): boolean {
  return path.split('.').some((component) => asIndex(component) !== undefined);
}
