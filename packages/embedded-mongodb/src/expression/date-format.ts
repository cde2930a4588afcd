import { MongoServerError } from '../errors';
import { dayOfYear, isoDayOfWeek, isoWeek, weekOfYear } from './calendar';
import { toWallClock, type TimeZone } from './time-zone';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Position (1 to 12) of an English month name or three-letter short name. */
export function monthNumber(text: string): number | undefined {
  const name = text.toLowerCase();
  const index = MONTHS.findIndex(
    (month) => month.toLowerCase() === name || month.slice(0, 3).toLowerCase() === name,
  );
  return index === -1 ? undefined : index + 1;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function fourDigitYear(year: number): string {
  if (year >= 0 && year <= 9999) return padded(year, 4);
  throw new MongoServerError(
    18537,
    `$dateToString is only defined on year 0-9999, tried to use year ${year}`,
  );
}

function offsetText(milliseconds: number): string {
  const minutes = Math.abs(Math.trunc(milliseconds / 60_000));
  return `${milliseconds < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${padded(minutes % 60, 2)}`;
}

type Writer = (wall: Date, offset: number) => string;

const WRITERS: Readonly<Record<string, Writer>> = {
  '%': () => '%',
  b: (wall) => MONTHS[wall.getUTCMonth()]!.slice(0, 3),
  B: (wall) => MONTHS[wall.getUTCMonth()]!,
  d: (wall) => padded(wall.getUTCDate(), 2),
  G: (wall) => fourDigitYear(isoWeek(wall).year),
  H: (wall) => padded(wall.getUTCHours(), 2),
  j: (wall) => padded(dayOfYear(wall), 3),
  L: (wall) => padded(wall.getUTCMilliseconds(), 3),
  m: (wall) => padded(wall.getUTCMonth() + 1, 2),
  M: (wall) => padded(wall.getUTCMinutes(), 2),
  S: (wall) => padded(wall.getUTCSeconds(), 2),
  u: (wall) => String(isoDayOfWeek(wall)),
  U: (wall) => padded(weekOfYear(wall), 2),
  V: (wall) => padded(isoWeek(wall).week, 2),
  w: (wall) => String(wall.getUTCDay() + 1),
  Y: (wall) => fourDigitYear(wall.getUTCFullYear()),
  z: (_wall, offset) => offsetText(offset),
  Z: (_wall, offset) => `${offset < 0 ? '' : '+'}${Math.trunc(offset / 60_000)}`,
};

/** Throws 18535 or 18536 unless every `%` of a format begins a known specifier. */
export function assertFormat(format: string): void {
  assertSpecifiers(format, (specifier) => Object.hasOwn(WRITERS, specifier));
}

/** Throws 18535 or 18536 unless every `%` begins a specifier that is known to the caller. */
export function assertSpecifiers(format: string, isKnown: (specifier: string) => boolean): void {
  for (let index = 0; index < format.length; index += 1) {
    if (format[index] !== '%') continue;
    index += 1;
    const specifier = format[index];
    if (specifier === undefined) {
      throw new MongoServerError(18535, "Unmatched '%' at end of format string");
    }
    if (!isKnown(specifier)) {
      throw new MongoServerError(
        18536,
        `Invalid format character '%${specifier}' in format string`,
      );
    }
  }
}

/** Writes a date by a format that `assertFormat` accepts. */
export function formatDate(date: Date, format: string, zone: TimeZone): string {
  const wall = toWallClock(date, zone);
  const offset = wall.getTime() - date.getTime();
  return format.replace(/%(.)/gs, (_match, specifier: string) => WRITERS[specifier]!(wall, offset));
}
