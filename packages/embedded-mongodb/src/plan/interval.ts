import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Double,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { compareValues } from '../values/compare';
import { isNumeric, toDouble } from '../values/numbers';
import type { MaybeValue, Value } from '../values/types';

/** `undefined` is the key of an empty array, which sorts below null. */
export interface Endpoint {
  readonly value: MaybeValue;
  readonly inclusive: boolean;
}

/** A range of index key values, in ascending order whatever the direction of the index. */
export interface Interval {
  readonly low: Endpoint;
  readonly high: Endpoint;
}

/** Disjoint and ascending. No interval at all means that nothing can match. */
export type IntervalSet = readonly Interval[];

const LOWEST = new MinKey();
const HIGHEST = new MaxKey();

export const EVERYTHING: Interval = {
  low: { value: LOWEST, inclusive: true },
  high: { value: HIGHEST, inclusive: true },
};

export const FULL_RANGE: IntervalSet = [EVERYTHING];

/** The interval that holds this one value. */
export function pointInterval(value: MaybeValue): Interval {
  const endpoint = { value, inclusive: true };
  return { low: endpoint, high: endpoint };
}

export function isPoint(interval: Interval): boolean {
  return (
    interval.low === interval.high || compareValues(interval.low.value, interval.high.value) === 0
  );
}

export function isFullRange(intervals: IntervalSet): boolean {
  const [first] = intervals;
  return (
    intervals.length === 1 &&
    first !== undefined &&
    first.low.value instanceof MinKey &&
    first.high.value instanceof MaxKey &&
    first.low.inclusive &&
    first.high.inclusive
  );
}

/** True when every interval is a single value, so that the next field of a compound key can be bounded too. */
export function isPointSet(intervals: IntervalSet): boolean {
  return intervals.every(isPoint);
}

// The least value of each type bracket, in bracket order: the end of one is the start of the next.
const EMPTY_BINARY = new Binary(new Uint8Array(0), 0);
const BRACKET_STARTS: readonly Value[] = [
  null,
  new Double(Number.NaN),
  '',
  new Map<string, Value>(),
  [],
  EMPTY_BINARY,
  new ObjectId('000000000000000000000000'),
  false,
  new Date(-8.64e15),
  new Timestamp(0n),
  new BSONRegExp('', ''),
  new Code(''),
  HIGHEST,
];

function bracketIndex(value: Value): number {
  if (value === null) return 0;
  if (isNumeric(value)) return 1;
  if (typeof value === 'string' || value instanceof BSONSymbol) return 2;
  if (value instanceof Map) return 3;
  if (Array.isArray(value)) return 4;
  if (value instanceof Binary) return 5;
  if (value instanceof ObjectId) return 6;
  if (typeof value === 'boolean') return 7;
  if (value instanceof Date) return 8;
  if (value instanceof Timestamp) return 9;
  if (value instanceof BSONRegExp) return 10;
  return 11;
}

const NEGATIVE_INFINITY = new Double(-Infinity);
const POSITIVE_INFINITY = new Double(Infinity);

/** True for NaN of either kind: it compares as the least number but no range of numbers holds it. */
export function isNaNValue(value: Value): boolean {
  return isNumeric(value) && Number.isNaN(toDouble(value));
}

/**
 * All values that a comparison with `value` can hold true for: comparisons do not cross types
 * (manual: "Comparison/Sort Order", type bracketing). NaN is left out of the numbers.
 */
export function bracketInterval(value: Value): Interval {
  const index = bracketIndex(value);
  if (index === 1) {
    return {
      low: { value: NEGATIVE_INFINITY, inclusive: true },
      high: { value: POSITIVE_INFINITY, inclusive: true },
    };
  }
  if (index === 7) {
    return { low: { value: false, inclusive: true }, high: { value: true, inclusive: true } };
  }
  return {
    low: { value: BRACKET_STARTS[index], inclusive: true },
    high: { value: BRACKET_STARTS[index + 1], inclusive: false },
  };
}

/** Every number, NaN too. */
export const NUMBER_BRACKET: Interval = {
  low: { value: new Double(Number.NaN), inclusive: true },
  high: { value: POSITIVE_INFINITY, inclusive: true },
};

/** Every string. */
export const STRING_BRACKET: Interval = bracketInterval('');

/** Strings that start with `prefix`. */
export function prefixInterval(prefix: string): Interval {
  const next = nextString(prefix);
  return {
    low: { value: prefix, inclusive: true },
    high: next === undefined ? STRING_BRACKET.high : { value: next, inclusive: false },
  };
}

// The least string above all with this prefix: the last code point that can be raised, raised by one.
function nextString(prefix: string): string | undefined {
  const points = Array.from(prefix);
  while (points.length > 0) {
    const last = points.pop();
    const code = last?.codePointAt(0);
    if (code === undefined || code >= 0x10ffff) continue;
    // Surrogates are no characters of their own: UTF-8 order jumps over them.
    const raised = code + 1 >= 0xd800 && code + 1 <= 0xdfff ? 0xe000 : code + 1;
    return points.join('') + String.fromCodePoint(raised);
  }
  return undefined;
}

function compareLow(left: Endpoint, right: Endpoint): number {
  const order = compareValues(left.value, right.value);
  if (order !== 0 || left.inclusive === right.inclusive) return order;
  return left.inclusive ? -1 : 1;
}

function compareHigh(left: Endpoint, right: Endpoint): number {
  const order = compareValues(left.value, right.value);
  if (order !== 0 || left.inclusive === right.inclusive) return order;
  return left.inclusive ? 1 : -1;
}

function isEmpty(low: Endpoint, high: Endpoint): boolean {
  const order = compareValues(low.value, high.value);
  return order > 0 || (order === 0 && !(low.inclusive && high.inclusive));
}

/** The values that are in both sets. */
export function intersectIntervals(left: IntervalSet, right: IntervalSet): IntervalSet {
  const result: Interval[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (a === undefined || b === undefined) return result;
    const low = compareLow(a.low, b.low) >= 0 ? a.low : b.low;
    const endsFirst = compareHigh(a.high, b.high) <= 0;
    const high = endsFirst ? a.high : b.high;
    if (!isEmpty(low, high)) result.push({ low, high });
    if (endsFirst) i++;
    else j++;
  }
}

/** The values that are in any of the intervals, overlapping ones joined. */
export function uniteIntervals(intervals: readonly Interval[]): IntervalSet {
  const sorted = intervals
    .filter((interval) => !isEmpty(interval.low, interval.high))
    .sort((left, right) => compareLow(left.low, right.low));
  const result: Interval[] = [];
  for (const interval of sorted) {
    const last = result.at(-1);
    if (last === undefined || !touches(last.high, interval.low)) {
      result.push(interval);
    } else if (compareHigh(last.high, interval.high) < 0) {
      result[result.length - 1] = { low: last.low, high: interval.high };
    }
  }
  return result;
}

function touches(high: Endpoint, low: Endpoint): boolean {
  const order = compareValues(high.value, low.value);
  return order > 0 || (order === 0 && (high.inclusive || low.inclusive));
}
