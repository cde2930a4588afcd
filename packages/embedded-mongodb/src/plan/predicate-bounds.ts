import { Binary, BSONRegExp, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import type { CompiledRegex } from '../match/regex';
import type { InOperands, Predicate } from '../match/types';
import { isNumeric } from '../values/numbers';
import type { Value } from '../values/types';
import type { FieldCondition } from './conjunction';
import {
  bracketInterval,
  FULL_RANGE,
  intersectIntervals,
  isNaNValue,
  NUMBER_BRACKET,
  pointInterval,
  prefixInterval,
  uniteIntervals,
  type Interval,
  type IntervalSet,
} from './interval';

/** The index keys that a matching document has at least one of. */
export interface Bounds {
  readonly intervals: IntervalSet;
  /** True when, arrays apart, every key in the intervals is that of a match. */
  readonly exact: boolean;
}

/** Bounds of a condition on an index field; undefined when it does not narrow the field. */
export function conditionBounds(condition: FieldCondition, multikey: boolean): Bounds | undefined {
  const found = condition.predicates.map((predicate) => predicateBounds(predicate, multikey));
  const [first, ...others] = found.filter((bounds) => bounds !== undefined);
  if (first === undefined) return undefined;
  return {
    intervals: others.reduce(
      (set, next) => intersectIntervals(set, next.intervals),
      first.intervals,
    ),
    exact:
      condition.scope === undefined &&
      !condition.isElementMatch &&
      found.every((bounds) => bounds?.exact === true),
  };
}

/** True when no document without the field can meet the condition. */
export function excludesMissing(condition: FieldCondition): boolean {
  return condition.predicates.some((predicate) => {
    if (predicate.op === 'exists') return predicate.exists;
    if (predicate.op === 'ne') return predicate.value === null;
    const bounds = predicateBounds(predicate, true);
    return bounds !== undefined && !includesNull(bounds.intervals);
  });
}

function includesNull(intervals: IntervalSet): boolean {
  return intersectIntervals(intervals, [pointInterval(null)]).length > 0;
}

function predicateBounds(predicate: Predicate, multikey: boolean): Bounds | undefined {
  switch (predicate.op) {
    case 'eq':
      return equalityBounds(predicate.value, multikey);
    case 'in':
      return membershipBounds(predicate, multikey);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return comparisonBounds(predicate.op, predicate.value, multikey);
    case 'exists':
      return predicate.exists ? undefined : { ...nullBounds(multikey), exact: false };
    case 'regex':
      return regexBounds(predicate.regex);
    default:
      return undefined;
  }
}

function equalityBounds(value: Value, multikey: boolean): Bounds {
  if (value === null) return nullBounds(multikey);
  if (Array.isArray(value)) {
    // An array is equal as a whole, or an element of it is this array: its first element is a key then.
    const intervals = uniteIntervals([pointInterval(value[0]), pointInterval(value)]);
    return { intervals, exact: false };
  }
  return { intervals: [pointInterval(value)], exact: isPlain(value) };
}

/** A missing field has the key null; so has, below an array, an element without the field. */
function nullBounds(multikey: boolean): Bounds {
  if (!multikey) return { intervals: [pointInterval(null)], exact: true };
  return { intervals: [pointInterval(undefined), pointInterval(null)], exact: false };
}

function membershipBounds(predicate: InOperands, multikey: boolean): Bounds | undefined {
  const parts = [
    ...predicate.values.map((value) => equalityBounds(value, multikey)),
    ...predicate.regexes.map(regexBounds),
  ];
  const known = parts.filter((bounds) => bounds !== undefined);
  if (known.length < parts.length) return undefined;
  return {
    intervals: uniteIntervals(known.flatMap(({ intervals }) => intervals)),
    exact: known.every(({ exact }) => exact),
  };
}

/** A pattern that begins with fixed text narrows; it also matches a stored pattern equal to it. */
function regexBounds({ prefix, pattern, options }: CompiledRegex): Bounds | undefined {
  if (prefix === undefined || prefix === '') return undefined;
  const itself = pointInterval(new BSONRegExp(pattern, options));
  return { intervals: uniteIntervals([prefixInterval(prefix), itself]), exact: false };
}

function comparisonBounds(
  op: 'lt' | 'lte' | 'gt' | 'gte',
  value: Value,
  multikey: boolean,
): Bounds | undefined {
  // Arrays compare as a whole but have keys by element; the ends of the order compare with every type.
  if (Array.isArray(value) || value instanceof MinKey || value instanceof MaxKey) return undefined;
  const inclusive = op === 'lte' || op === 'gte';
  if (value === null) return inclusive ? nullBounds(multikey) : { intervals: [], exact: false };
  if (isNaNValue(value)) return { intervals: [NUMBER_BRACKET], exact: false };
  const bracket = bracketInterval(value);
  const endpoint = { value, inclusive };
  const isUpper = op === 'lt' || op === 'lte';
  const interval: Interval = isUpper
    ? { low: bracket.low, high: endpoint }
    : { low: endpoint, high: bracket.high };
  return { intervals: intersectIntervals([interval], FULL_RANGE), exact: isPlain(value) };
}

/** Types whose bracket holds nothing else and whose comparison has no exceptions. */
function isPlain(value: Value): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (isNumeric(value) && !isNaNValue(value)) ||
    value instanceof ObjectId ||
    value instanceof Date ||
    value instanceof Timestamp ||
    value instanceof Binary
  );
}
