import { LONGEST_EXACT_BOUND } from '../storage/keys';
import type { IndexBounds, IndexField } from '../storage/types';
import { encodeKeyComponent } from '../values/key';
import { isFullRange, isPoint, isPointSet, type Interval, type IntervalSet } from './interval';

// No component starts with this byte in either direction, so it ends the keys with a given prefix.
const PREFIX_END = Buffer.of(0xff);
const NOTHING = Buffer.alloc(0);

/** How many fields at the front of an index are limited to single values, the last one to any set. */
export function countTightFields(bounds: readonly IntervalSet[]): number {
  const open = bounds.findIndex((intervals) => !isPointSet(intervals));
  if (open === -1) return bounds.length;
  const intervals = bounds[open];
  return intervals !== undefined && isFullRange(intervals) ? open : open + 1;
}

/**
 * The byte ranges of an index scan, disjoint and in scan order. Only the fields up to the first that
 * is not a set of single values can narrow a range of bytes; the matcher decides on the rest.
 */
export function keyRanges(
  fields: readonly IndexField[],
  bounds: readonly IntervalSet[],
  direction: 1 | -1,
): IndexBounds[] {
  const ranges = rangesOf(fields, bounds);
  if (direction === 1) return ranges;
  return ranges.reverse().map((range) => ({ ...range, reverse: true }));
}

/** False when the store widens a range, because its keys cannot be that long. */
export function areExactRanges(ranges: readonly IndexBounds[]): boolean {
  return ranges.every(
    ({ start, end }) =>
      start.length <= LONGEST_EXACT_BOUND && (end?.length ?? 0) <= LONGEST_EXACT_BOUND,
  );
}

function rangesOf(fields: readonly IndexField[], bounds: readonly IntervalSet[]): IndexBounds[] {
  const tight = countTightFields(bounds);
  if (tight === 0) return [{ start: NOTHING, end: undefined }];
  let prefixes: Buffer[] = [NOTHING];
  for (let position = 0; position < tight - 1; position++) {
    const points = inIndexOrder(bounds[position], fields[position]).map((interval) =>
      encodeKeyComponent(interval.low.value, fields[position]?.direction),
    );
    prefixes = prefixes.flatMap((prefix) => points.map((point) => Buffer.concat([prefix, point])));
  }
  const field = fields[tight - 1];
  const isWhole = tight === fields.length;
  const last = inIndexOrder(bounds[tight - 1], field).map((interval) => {
    const direction = field?.direction ?? 1;
    if (!isPoint(interval)) return { ...encodeInterval(interval, direction), isPoint: false };
    const start = encodeKeyComponent(interval.low.value, direction);
    return { start, end: Buffer.concat([start, PREFIX_END]), isPoint: isWhole };
  });
  if (prefixes.length === 1 && prefixes[0] === NOTHING) return last;
  return prefixes.flatMap((prefix) =>
    last.map(({ start, end, isPoint }) => ({
      start: Buffer.concat([prefix, start]),
      end: Buffer.concat([prefix, end]),
      isPoint,
    })),
  );
}

function inIndexOrder(
  intervals: IntervalSet | undefined,
  field: IndexField | undefined,
): readonly Interval[] {
  if (intervals === undefined) return [];
  return field?.direction === -1 ? [...intervals].reverse() : intervals;
}

function encodeInterval(interval: Interval, direction: 1 | -1): { start: Buffer; end: Buffer } {
  const first = direction === 1 ? interval.low : interval.high;
  const last = direction === 1 ? interval.high : interval.low;
  const start = encodeKeyComponent(first.value, direction);
  const end = encodeKeyComponent(last.value, direction);
  return {
    start: first.inclusive ? start : Buffer.concat([start, PREFIX_END]),
    end: last.inclusive ? Buffer.concat([end, PREFIX_END]) : end,
  };
}

/** The encoded key of the first fields, each of which is limited to one value. */
export function encodedPrefix(
  fields: readonly IndexField[],
  bounds: readonly IntervalSet[],
  count: number,
): Buffer {
  return Buffer.concat(
    fields
      .slice(0, count)
      .map((field, position) =>
        encodeKeyComponent(bounds[position]?.[0]?.low.value, field.direction),
      ),
  );
}
