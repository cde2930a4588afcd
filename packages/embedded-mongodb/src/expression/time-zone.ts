import { MongoServerError } from '../errors';

const MINUTE = 60_000;

/** How a time zone moves instants to wall-clock time and back. */
export interface TimeZone {
  readonly isUtc: boolean;
  /** Milliseconds to add to the instant to get its wall-clock time. */
  offsetAt(instant: number): number;
}

export const UTC: TimeZone = { isUtc: true, offsetAt: () => 0 };

function fixedOffset(sign: string, hours: string, minutes = '0'): TimeZone {
  const size = (Number(hours) * 60 + Number(minutes)) * MINUTE;
  const offset = sign === '-' ? -size : size;
  return { isUtc: false, offsetAt: () => offset };
}

function wallClock(format: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) {
    if (type === 'era') parts['era'] = value.startsWith('B') ? -1 : 1;
    else parts[type] = Number(value);
  }
  const year = parts['era'] === -1 ? 1 - parts['year']! : parts['year']!;
  return utcMillis({
    year,
    month: parts['month']!,
    day: parts['day']!,
    hour: parts['hour']!,
    minute: parts['minute']!,
    second: parts['second']!,
    millisecond: 0,
  });
}

/** A named zone from the system's IANA database. */
function namedZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return {
    isUtc: false,
    offsetAt: (instant) => {
      const wholeSecond = Math.floor(instant / 1000) * 1000;
      return wallClock(format, wholeSecond) - wholeSecond;
    },
  };
}

const ZONES = new Map<string, TimeZone>([
  ['UTC', UTC],
  ['GMT', UTC],
  ['Z', UTC],
]);

/**
 * The zone of an identifier: an IANA name or an offset such as `+05:30`, `+0530` or `+03`.
 * @throws MongoServerError 40485 when there is no such zone
 */
export function timeZoneOf(identifier: string): TimeZone {
  const known = ZONES.get(identifier);
  if (known) return known;
  const offset = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(identifier);
  if (offset) return fixedOffset(offset[1]!, offset[2]!, offset[3]);
  const unknown = new MongoServerError(40485, `unrecognized time zone identifier: "${identifier}"`);
  // The server's database holds names only, while Intl also takes offsets.
  if (!/^[A-Za-z]/.test(identifier)) throw unknown;
  try {
    const zone = namedZone(identifier);
    ZONES.set(identifier, zone);
    return zone;
  } catch (error) {
    if (error instanceof RangeError) throw unknown;
    throw error;
  }
}

/** Calendar fields; months and days from 1. Fields out of range carry over. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** Milliseconds since the epoch of fields read as UTC. */
export function utcMillis(parts: DateParts): number {
  // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(parts.year, parts.month - 1, parts.day);
  return (
    date.getTime() +
    parts.hour * 3_600_000 +
    parts.minute * MINUTE +
    parts.second * 1000 +
    parts.millisecond
  );
}

/** The wall-clock time of an instant, as a date whose UTC fields hold it. */
export function toWallClock(instant: Date, zone: TimeZone): Date {
  return zone.isUtc ? instant : new Date(instant.getTime() + zone.offsetAt(instant.getTime()));
}

/** The instant of a wall-clock time; one that the zone skips is moved past the gap. */
export function fromWallClock(wall: number, zone: TimeZone): Date {
  if (zone.isUtc) return new Date(wall);
  const first = wall - zone.offsetAt(wall);
  const second = wall - zone.offsetAt(first);
  if (first === second || second + zone.offsetAt(second) === wall) return new Date(second);
  return new Date(Math.max(first, second));
}

/** The calendar fields of a wall-clock date. */
export function partsOf(wall: Date): DateParts {
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
    millisecond: wall.getUTCMilliseconds(),
  };
}
