import { daysInMonth, isoDayOfWeek } from './calendar';
import type { TimeUnit } from './date-arguments';
import { fromWallClock, partsOf, toWallClock, utcMillis, type TimeZone } from './time-zone';

const DAY = 86_400_000;
const MONTHS_IN: Partial<Record<TimeUnit, number>> = { year: 12, quarter: 3, month: 1 };
const MILLISECONDS_IN: Partial<Record<TimeUnit, number>> = {
  week: 7 * DAY,
  day: DAY,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};
const MIDNIGHT = { hour: 0, minute: 0, second: 0, millisecond: 0 };

/** A date moved by whole units; months are clamped to their last day, days keep the wall clock. */
export function addUnits(date: Date, unit: TimeUnit, amount: number, zone: TimeZone): Date {
  const months = MONTHS_IN[unit];
  if (months !== undefined) return addMonths(date, months * amount, zone);
  const shift = MILLISECONDS_IN[unit]! * amount;
  if (unit !== 'day' && unit !== 'week') return new Date(date.getTime() + shift);
  return fromWallClock(toWallClock(date, zone).getTime() + shift, zone);
}

function addMonths(date: Date, months: number, zone: TimeZone): Date {
  const parts = partsOf(toWallClock(date, zone));
  const total = parts.year * 12 + (parts.month - 1) + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  const day = Math.min(parts.day, daysInMonth(year, month));
  return fromWallClock(utcMillis({ ...parts, year, month, day }), zone);
}

/** Number of the week that a wall-clock date is in, weeks beginning on `startOfWeek` (ISO number). */
function weekNumber(wall: Date, startOfWeek: number): number {
  const day = Math.floor(wall.getTime() / DAY);
  const sinceStart = (isoDayOfWeek(wall) - startOfWeek + 7) % 7;
  return Math.floor((day - sinceStart) / 7);
}

/** How many boundaries of a unit lie between two dates. */
export function differenceInUnits(
  start: Date,
  end: Date,
  unit: TimeUnit,
  zone: TimeZone,
  startOfWeek: number,
): number {
  const from = toWallClock(start, zone);
  const to = toWallClock(end, zone);
  const months = MONTHS_IN[unit];
  if (months !== undefined) {
    const position = (wall: Date): number =>
      Math.floor((wall.getUTCFullYear() * 12 + wall.getUTCMonth()) / months);
    return position(to) - position(from);
  }
  if (unit === 'week') return weekNumber(to, startOfWeek) - weekNumber(from, startOfWeek);
  const size = MILLISECONDS_IN[unit]!;
  const difference = Math.floor(to.getTime() / size) - Math.floor(from.getTime() / size);
  if (unit !== 'hour' && unit !== 'minute') return difference;
  // An hour that the clock skips or repeats is still the time that passed.
  const shift = to.getTime() - end.getTime() - (from.getTime() - start.getTime());
  return difference - Math.trunc(shift / size);
}

/** The start of the bin of `size` units that holds a date; bins are counted from 2000-01-01. */
export function truncateToUnit(
  date: Date,
  unit: TimeUnit,
  size: number,
  zone: TimeZone,
  startOfWeek: number,
): Date {
  const months = MONTHS_IN[unit];
  const wall = toWallClock(date, zone);
  if (months !== undefined) {
    const span = months * size;
    const sinceReference = (wall.getUTCFullYear() - 2000) * 12 + wall.getUTCMonth();
    const binStart = Math.floor(sinceReference / span) * span;
    return fromWallClock(utcMillis({ year: 2000, month: 1 + binStart, day: 1, ...MIDNIGHT }), zone);
  }
  const reference = utcMillis({ year: 2000, month: 1, day: 1, ...MIDNIGHT });
  const span = MILLISECONDS_IN[unit]! * size;
  if (unit === 'day' || unit === 'week') {
    const firstWeek = (startOfWeek - isoDayOfWeek(new Date(reference)) + 7) % 7;
    const origin = unit === 'week' ? reference + firstWeek * DAY : reference;
    const binStart = origin + Math.floor((wall.getTime() - origin) / span) * span;
    return fromWallClock(binStart, zone);
  }
  const origin = fromWallClock(reference, zone).getTime();
  return new Date(origin + Math.floor((date.getTime() - origin) / span) * span);
}
