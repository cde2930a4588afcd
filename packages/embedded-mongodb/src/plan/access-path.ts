import type { IndexField, IndexInfo } from '../storage/types';
import type { Conjunction } from './conjunction';
import { makeCandidate, type IndexCandidate } from './index-candidate';
import { isUsable } from './index-eligibility';
import { isPoint, type IntervalSet } from './interval';
import { areExactRanges, countTightFields, keyRanges } from './key-range';
import type { IndexScanNode, PlanNode } from './plan';
import type { FindQuery, SortPattern } from './query';
import { directionForSort } from './sort-order';

/** One way to reach the documents of a conjunction, with what the choice between ways needs. */
export interface AccessPath {
  readonly node: PlanNode;
  /** The node's rows carry their records, filtered. */
  readonly fetched: boolean;
  /** The node's rows are the matches, without a look at the documents. */
  readonly exact: boolean;
  /** The node's rows come in the order of the sort. */
  readonly ordered: boolean;
  /** At most one row. */
  readonly single: boolean;
  readonly equalityFields: number;
  readonly hasRange: boolean;
  readonly width: number;
}

/** The server's internalQueryMaxScansToExplode. */
const MOST_EXPLODED_SCANS = 200;

/** Depth of $or below $or that is planned for; deeper ones are left to the matcher. */
const DEEPEST_ALTERNATIVES = 3;

/** What there is to choose from, for which query. */
export interface Situation {
  readonly indexes: readonly IndexInfo[];
  readonly query: FindQuery;
  /** True when a hint demands the index, even where it lacks some of the documents. */
  readonly isForced: boolean;
}

/** All ways through indexes, best first. Empty when only a collection scan is left. */
export function accessPaths(situation: Situation, conjunction: Conjunction): AccessPath[] {
  return pathsFor(situation, conjunction, DEEPEST_ALTERNATIVES).sort((left, right) =>
    compareAccessPaths(left, right, situation.query),
  );
}

function pathsFor(situation: Situation, conjunction: Conjunction, depth: number): AccessPath[] {
  const { indexes, query, isForced } = situation;
  const paths = indexes
    .filter((index) => isForced || isUsable(index, conjunction))
    .flatMap((index) => indexPaths(makeCandidate(index, conjunction), query.sort));
  if (depth > 0) {
    for (const branches of conjunction.alternatives) {
      paths.push(...unionPaths(situation, conjunction, branches, depth - 1));
    }
  }
  return paths;
}

/** The scan of one index, if it narrows or orders. */
function indexPaths(candidate: IndexCandidate, sort: SortPattern | undefined): AccessPath[] {
  const { index, bounds } = candidate;
  const narrows = countTightFields(bounds) > 0;
  const direction = sort === undefined ? 1 : directionForSort(index, bounds, sort);
  if (direction === undefined) {
    if (!narrows || sort === undefined) return [];
    const exploded = explodeForSort(candidate, sort);
    return exploded === undefined ? [scanPath(candidate, 1, false)] : [exploded];
  }
  if (!narrows && sort === undefined && !index.sparse) return [];
  return [scanPath(candidate, direction, true)];
}

/** One scan of the index of a candidate. */
export function scanPath(
  candidate: IndexCandidate,
  direction: 1 | -1,
  ordered: boolean,
): AccessPath {
  const node = scanNode(candidate.index, direction, candidate.bounds);
  return {
    ...rankOf(candidate),
    node,
    exact: candidate.exact && areExactRanges(node.ranges),
    fetched: false,
    ordered,
  };
}

/** Makes the node that scans an index; `fields` are those of the bounds. */
export function scanNode(
  index: IndexInfo,
  direction: 1 | -1,
  bounds: readonly IntervalSet[],
  fields: readonly IndexField[] = index.fields,
): IndexScanNode {
  const ranges = keyRanges(fields, bounds, direction);
  return { stage: 'IXSCAN', index, direction, fields, bounds, ranges };
}

function rankOf(candidate: IndexCandidate) {
  const { index, bounds, equalityFields, hasRange, exact } = candidate;
  return {
    exact,
    equalityFields,
    hasRange,
    width: index.fields.length,
    single: index.unique && bounds.every((set) => set.length === 1) && allPoints(bounds),
  };
}

function allPoints(bounds: readonly IntervalSet[]): boolean {
  return bounds.every((set) => set.every(isPoint));
}

/**
 * `{ a: { $in: [1, 2] } }` sorted by b on an index (a, b): a scan per value, each in order of b,
 * merged.
 */
function explodeForSort(candidate: IndexCandidate, sort: SortPattern): AccessPath | undefined {
  const { index, bounds, equalityFields } = candidate;
  let scans: IntervalSet[][] = [[]];
  for (let prefix = 1; prefix <= equalityFields; prefix++) {
    const intervals = bounds[prefix - 1] ?? [];
    if (scans.length * intervals.length > MOST_EXPLODED_SCANS) return undefined;
    scans = scans.flatMap((scan) => intervals.map((interval) => [...scan, [interval]]));
    const rest = bounds.slice(prefix);
    const [example] = scans;
    if (example === undefined) return undefined;
    const direction = directionForSort(index, [...example, ...rest], sort);
    const constant = sort.some(
      (field) => field.kind === 'path' && isAmong(index, field.path, prefix),
    );
    if (direction === undefined || constant) continue;
    const inputs = scans.map((scan) => scanNode(index, direction, [...scan, ...rest]));
    return {
      ...rankOf(candidate),
      exact: candidate.exact && inputs.every(({ ranges }) => areExactRanges(ranges)),
      node: {
        stage: 'SORT_MERGE',
        inputs,
        sort,
        sharedPrefixFields: prefix,
        deduplicate: index.multikey,
      },
      fetched: false,
      ordered: true,
      single: false,
    };
  }
  return undefined;
}

// A sort field that each scan holds constant, but at another value, orders the scans among each other.
function isAmong(index: IndexInfo, path: string, prefix: number): boolean {
  return index.fields.slice(0, prefix).some((field) => field.path === path);
}

/** The union of the ways of all branches of an $or, each narrowed by the rest of the conjunction. */
function unionPaths(
  situation: Situation,
  conjunction: Conjunction,
  branches: readonly Conjunction[],
  depth: number,
): AccessPath[] {
  const rest = conjunction.alternatives.filter((other) => other !== branches);
  const perBranch = branches.map((branch) => {
    const merged: Conjunction = {
      ...conjunction,
      conditions: [...conjunction.conditions, ...branch.conditions],
      alternatives: [...rest, ...branch.alternatives],
      complete: false,
    };
    return pathsFor(situation, merged, depth).filter(({ node }) => narrowsWithin(node));
  });
  const { query } = situation;
  const best = perBranch.map((paths) => bestOf(paths, query));
  const bestOrdered = perBranch.map((paths) =>
    bestOf(
      paths.filter((path) => path.ordered),
      query,
    ),
  );
  const union = combine(best, (inputs) => ({
    stage: 'OR',
    inputs: inputs.map(({ node }) => node),
  }));
  if (union === undefined) return [];
  const { sort } = query;
  if (sort === undefined) return [{ ...union, fetched: false, ordered: true }];
  const merge = combine(bestOrdered, (inputs) => ({
    stage: 'SORT_MERGE',
    sort,
    deduplicate: true,
    inputs: inputs.map(({ node, fetched }) =>
      fetched ? node : { stage: 'FETCH', input: node, filter: query.match },
    ),
  }));
  const plain = { ...union, fetched: false, ordered: false };
  return merge === undefined ? [plain] : [{ ...merge, fetched: true, ordered: true }, plain];
}

function narrowsWithin(node: PlanNode): boolean {
  return node.stage !== 'IXSCAN' || countTightFields(node.bounds) > 0;
}

function bestOf(paths: readonly AccessPath[], query: FindQuery): AccessPath | undefined {
  const [first, ...others] = paths;
  return others.reduce(
    (best, next) => (best !== undefined && compareAccessPaths(next, best, query) < 0 ? next : best),
    first,
  );
}

/** As good as its worst branch; undefined when a branch has no index. */
function combine(
  branches: readonly (AccessPath | undefined)[],
  makeNode: (branches: readonly AccessPath[]) => PlanNode,
): Omit<AccessPath, 'fetched' | 'ordered'> | undefined {
  const found = branches.filter((branch) => branch !== undefined);
  if (found.length < branches.length || found.length === 0) return undefined;
  return {
    node: makeNode(found),
    exact: false,
    single: false,
    equalityFields: Math.min(...found.map(({ equalityFields }) => equalityFields)),
    hasRange: found.every(({ hasRange }) => hasRange),
    width: Math.max(...found.map(({ width }) => width)) + 1,
  };
}

/**
 * Negative when `left` is the better way: a single row, then the longer equality prefix, then the
 * wanted order, then a range, then the narrower index. Order without any narrowing is worth reading a
 * whole index only when a limit ends the scan early.
 */
function compareAccessPaths(left: AccessPath, right: AccessPath, query: FindQuery): number {
  return (
    Number(right.single) - Number(left.single) ||
    right.equalityFields - left.equalityFields ||
    Number(isWorthItsOrder(right, query)) - Number(isWorthItsOrder(left, query)) ||
    Number(right.hasRange) - Number(left.hasRange) ||
    Number(right.ordered) - Number(left.ordered) ||
    left.width - right.width
  );
}

function isWorthItsOrder(path: AccessPath, query: FindQuery): boolean {
  const narrows = path.equalityFields > 0 || path.hasRange;
  return path.ordered && (narrows || (query.limit ?? 0) > 0);
}
