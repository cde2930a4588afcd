import type { IndexInfo } from '../storage/types';
import { toConjunction, type Conjunction, type FieldCondition } from './conjunction';
import { intersectIntervals, type IntervalSet } from './interval';
import { conditionBounds, excludesMissing } from './predicate-bounds';

/**
 * Whether the index holds every document that the conjunction can match. A hidden one is never used;
 * a sparse one leaves out documents without any of its fields; a partial one those outside its filter.
 */
export function isUsable(index: IndexInfo, conjunction: Conjunction): boolean {
  return index.kind === 'btree' && isEligible(index, conjunction);
}

/** The same for an index of any kind. */
export function isEligible(index: IndexInfo, conjunction: Conjunction): boolean {
  if (index.hidden) return false;
  if (index.kind === 'btree' && index.sparse && !isCoveredBySparse(index, conjunction))
    return false;
  if (index.partialFilter === undefined) return true;
  return implies(conjunction, toConjunction(index.partialFilter.root));
}

function isCoveredBySparse(index: IndexInfo, { conditions }: Conjunction): boolean {
  return conditions.some(
    (condition) =>
      index.fields.some(({ path }) => path === condition.path) && excludesMissing(condition),
  );
}

/** True when every document that matches `premise` surely matches `conclusion`. */
export function implies(premise: Conjunction, conclusion: Conjunction): boolean {
  return (
    conclusion.complete &&
    conclusion.conditions.every((wanted) =>
      premise.conditions.some((given) => conditionImplies(given, wanted)),
    ) &&
    conclusion.alternatives.every((branches) => branches.some((branch) => implies(premise, branch)))
  );
}

function conditionImplies(given: FieldCondition, wanted: FieldCondition): boolean {
  if (given.path !== wanted.path || wanted.scope !== undefined) return false;
  return wanted.predicates.every((predicate) => {
    if (predicate.op === 'exists') return predicate.exists && excludesMissing(given);
    const inner = conditionBounds(given, true);
    const outer = conditionBounds({ ...wanted, predicates: [predicate] }, true);
    if (inner === undefined || outer === undefined || !outer.exact) return false;
    return isSubset(inner.intervals, outer.intervals);
  });
}

function isSubset(inner: IntervalSet, outer: IntervalSet): boolean {
  const common = intersectIntervals(inner, outer);
  return (
    common.length === inner.length &&
    common.every(
      (interval, position) =>
        interval.low === inner[position]?.low && interval.high === inner[position]?.high,
    )
  );
}
