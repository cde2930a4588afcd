import { MongoServerError } from '../../errors';
import { addUnits } from '../../expression/date-units';
import type { TimeUnit } from '../../expression/date-arguments';
import { UTC } from '../../expression/time-zone';
import { bsonTypeName } from '../../values/compare';
import { decimalFromParts } from '../../values/decimal';
import { addParts } from '../../values/decimal-arithmetic';
import { isNumeric, toDecimalParts, toDouble } from '../../values/numbers';
import type { MaybeValue, NumericValue, Value } from '../../values/types';
import { isBefore, type WindowBounds } from './bounds';
import type { Partition } from './partition';

/** The first and the last document of a window; undefined for an empty one. */
export type Endpoints = readonly [first: number, last: number] | undefined;

/** Answers the window of each document, asked for in the order of the partition. */
export type WindowFinder = (index: number) => Endpoints;

/** How windows lie in one partition. */
export function createWindowFinder(bounds: WindowBounds, partition: Partition): WindowFinder {
  if (bounds.kind === 'range') return rangeFinder(bounds, partition);
  const last = partition.length - 1;
  const { lower, upper } = bounds;
  const distanceTo = (bound: number | 'current'): number => (bound === 'current' ? 0 : bound);
  return (index) => {
    const from = lower === 'unbounded' ? 0 : index + distanceTo(lower);
    const to = upper === 'unbounded' ? last : index + distanceTo(upper);
    if (from > last || to < 0) return undefined;
    return [Math.max(from, 0), Math.min(to, last)];
  };
}

type RangeBounds = Extract<WindowBounds, { kind: 'range' }>;

function assertBase(base: MaybeValue, unit: TimeUnit | undefined): asserts base is Value {
  if (unit) {
    if (base instanceof Date) return;
    throw new MongoServerError(
      5429513,
      `Invalid range: Expected the sortBy field to be a Date, but it was ${bsonTypeName(base)}`,
    );
  }
  if (base instanceof Date) {
    throw new MongoServerError(
      5429413,
      'Invalid range: For windows that involve date or time ranges, a unit must be provided.',
    );
  }
  if (isNumeric(base)) return;
  throw new MongoServerError(
    5429414,
    `Invalid range: Expected the sortBy field to be a number, but it was ${bsonTypeName(base)}`,
  );
}

function moved(base: Value, distance: NumericValue, unit: TimeUnit | undefined): Value {
  if (unit && base instanceof Date) return addUnits(base, unit, toDouble(distance), UTC);
  const sum = addParts(toDecimalParts(base as NumericValue), toDecimalParts(distance));
  return decimalFromParts(sum);
}

/** Windows only ever move forward, so that each end is looked for from where it was. */
function rangeFinder({ lower, upper, unit }: RangeBounds, partition: Partition): WindowFinder {
  const values = partition.sortValues;
  const fits = (value: MaybeValue): boolean => (unit ? value instanceof Date : isNumeric(value));
  let first = 0;
  let last = 0;

  const findFirst = (index: number, base: Value): number | undefined => {
    if (lower === 'current') return index;
    const threshold = lower === 'unbounded' ? undefined : moved(base, lower, unit);
    const isInside = (value: MaybeValue): boolean =>
      threshold === undefined ? fits(value) : !isBefore(value, threshold);
    while (first < values.length && !isInside(values[first])) first += 1;
    return first < values.length && fits(values[first]) ? first : undefined;
  };
  const findLast = (index: number, base: Value, from: number): number | undefined => {
    if (upper === 'current') return index;
    const threshold = upper === 'unbounded' ? undefined : moved(base, upper, unit);
    const isInside = (value: MaybeValue): boolean =>
      threshold === undefined ? fits(value) : !isBefore(threshold, value);
    last = Math.max(last, from);
    if (!isInside(values[last])) return undefined;
    while (last + 1 < values.length && isInside(values[last + 1])) last += 1;
    return last;
  };
  return (index) => {
    const base = values[index];
    assertBase(base, unit);
    const from = findFirst(index, base);
    if (from === undefined) return undefined;
    const to = findLast(index, base, from);
    return to === undefined || to < from ? undefined : [from, to];
  };
}
