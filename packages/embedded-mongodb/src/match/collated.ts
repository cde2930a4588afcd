import { canonicalType } from '../values/compare';
import { holdsText, type Collation } from '../values/collation';
import type { MaybeValue } from '../values/types';
import { compileLeafTest } from './leaf-tests';
import type { Comparison, ElementTest, Predicate } from './types';

/**
 * The predicate under a collation: comparisons with text follow it, everything else stays as it is.
 * (https://www.mongodb.com/docs/v7.0/reference/collation/)
 */
export function underCollation(predicate: Predicate, collation: Collation): Predicate {
  switch (predicate.op) {
    case 'eq':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return holdsText(predicate.value)
        ? { op: 'collated', comparison: predicate, collation }
        : predicate;
    case 'in':
      return predicate.values.some(holdsText)
        ? { op: 'collated', comparison: predicate, collation }
        : predicate;
    case 'ne':
      if (!holdsText(predicate.value)) return predicate;
      return negated({ op: 'eq', value: predicate.value }, collation);
    case 'nin':
      if (!predicate.values.some(holdsText)) return predicate;
      return negated({ ...predicate, op: 'in' }, collation);
    case 'all':
      return {
        op: 'all',
        predicates: predicate.predicates.map((part) => underCollation(part, collation)),
      };
    default:
      return predicate;
  }
}

/** The test of one value. */
export function compileCollatedTest(comparison: Comparison, collation: Collation): ElementTest {
  if (comparison.op === 'in') {
    const { values, regexes } = comparison;
    const matchesRegex = compileLeafTest({ op: 'in', values: [], regexes });
    return (value, details) =>
      values.some((operand) => isSame(value ?? null, operand, collation)) ||
      (regexes.length > 0 && matchesRegex(value, details));
  }
  const { op, value: operand } = comparison;
  return (value) => {
    if (value === undefined || canonicalType(value) !== canonicalType(operand)) return false;
    const order = collation.compare(value, operand);
    if (op === 'eq') return order === 0;
    if (order === 0) return op === 'lte' || op === 'gte';
    return op === 'lt' || op === 'lte' ? order < 0 : order > 0;
  };
}

function isSame(value: MaybeValue, operand: MaybeValue, collation: Collation): boolean {
  return canonicalType(value) === canonicalType(operand) && collation.compare(value, operand) === 0;
}

function negated(comparison: Comparison, collation: Collation): Predicate {
  return { op: 'not', predicates: [{ op: 'collated', comparison, collation }] };
}
