import { MongoServerError } from '../errors';
import { daysInMonth, fromIsoWeek } from './calendar';
import { assertSpecifiers, monthNumber } from './date-format';
import { fromWallClock, timeZoneOf, utcMillis, type TimeZone } from './time-zone';

function failure(text: string, reason: string): MongoServerError {
  return new MongoServerError(
    'ConversionFailure',
    `Error parsing date string '${text}'; ${reason}`,
  );
}

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  dayOfYear?: number;
  isoYear?: number;
  isoWeek?: number;
  isoDay?: number;
  offset?: number;
}

function wallTime(fields: Fields, text: string): number {
  const { hour = 0, minute = 0, second = 0, millisecond = 0, isoYear } = fields;
  if (hour > 23 || minute > 59 || second > 59) throw failure(text, '0: Unexpected character');
  const time = { hour, minute, second, millisecond };
  if (isoYear !== undefined) {
    const midnight = fromIsoWeek(isoYear, fields.isoWeek ?? 1, fields.isoDay ?? 1);
    return midnight + utcMillis({ year: 1970, month: 1, day: 1, ...time });
  }
  const { year, month = 1, day = 1 } = fields;
  if (year === undefined || (fields.month === undefined && fields.dayOfYear === undefined)) {
    throw failure(
      text,
      'an incomplete date/time string has been found, with elements missing: ' + `"${text}"`,
    );
  }
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw failure(text, '0: The parsed date was invalid');
  }
  return utcMillis({ year, month, day: fields.dayOfYear ?? day, ...time });
}

function toInstant(fields: Fields, text: string, zone: TimeZone, hasZone: boolean): Date {
  const wall = wallTime(fields, text);
  if (fields.offset === undefined) return fromWallClock(wall, zone);
  if (hasZone && !zone.isUtc) {
    throw failure(
      text,
      'you cannot pass in a date/time string with GMT offset together with a timezone argument',
    );
  }
  return new Date(wall - fields.offset);
}

const ISO_DATE =
  /^\s*(\d{4})-?(\d{2})-?(\d{2})(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?\s*$/i;
const YEAR_MONTH = /^\s*(\d{4})-(\d{1,2})(?:-(\d{1,2}))?\s*$/;
const DAY_FIRST_NAME =
  /^\s*(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$/i;
const MONTH_FIRST_NAME =
  /^\s*(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$/i;
const AMERICAN = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})\s*$/;

function optionalNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function offsetOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : timeZoneOf(text.toUpperCase()).offsetAt(0);
}

function milliseconds(fraction: string | undefined): number | undefined {
  return fraction === undefined ? undefined : Number(fraction.padEnd(3, '0').slice(0, 3));
}

function namedMonthFields(match: RegExpExecArray, month: string, day: string): Fields | undefined {
  const number = monthNumber(month);
  if (number === undefined) return undefined;
  return {
    year: Number(match[3]),
    month: number,
    day: Number(day),
    hour: optionalNumber(match[4]),
    minute: optionalNumber(match[5]),
    second: optionalNumber(match[6]),
    offset: offsetOf(match[7]),
  };
}

function freeFormFields(text: string): Fields | undefined {
  const iso = ISO_DATE.exec(text);
  if (iso) {
    return {
      year: Number(iso[1]),
      month: Number(iso[2]),
      day: Number(iso[3]),
      hour: optionalNumber(iso[4]),
      minute: optionalNumber(iso[5]),
      second: optionalNumber(iso[6]),
      millisecond: milliseconds(iso[7]),
      offset: offsetOf(iso[8]),
    };
  }
  const short = YEAR_MONTH.exec(text);
  if (short) {
    return { year: Number(short[1]), month: Number(short[2]), day: optionalNumber(short[3]) };
  }
  const american = AMERICAN.exec(text);
  if (american) {
    return { year: Number(american[3]), month: Number(american[1]), day: Number(american[2]) };
  }
  const dayFirst = DAY_FIRST_NAME.exec(text);
  if (dayFirst) return namedMonthFields(dayFirst, dayFirst[2]!, dayFirst[1]!);
  const monthFirst = MONTH_FIRST_NAME.exec(text);
  return monthFirst ? namedMonthFields(monthFirst, monthFirst[1]!, monthFirst[2]!) : undefined;
}

/**
 * Reads a date the way people write it: ISO 8601 and the common English and American forms.
 * @throws MongoServerError 241 ConversionFailure for any text that is not certainly a date
 */
export function parseDate(text: string, zone: TimeZone, hasZone: boolean): Date {
  const fields = freeFormFields(text);
  if (!fields) {
    throw failure(text, `0: Unexpected character '${text[0] ?? ''}'`);
  }
  return toInstant(fields, text, zone, hasZone);
}

interface Reader {
  readonly pattern: string;
  read(text: string, fields: Fields): void;
}

const number = (digits: string, field: keyof Fields): Reader => ({
  pattern: digits,
  read: (text, fields) => {
    fields[field] = Number(text);
  },
});

const READERS: Readonly<Record<string, Reader>> = {
  b: { pattern: '[A-Za-z]{3}', read: readMonthName },
  B: { pattern: '[A-Za-z]{3,9}', read: readMonthName },
  d: number('\\d{1,2}', 'day'),
  G: number('\\d{4}', 'isoYear'),
  H: number('\\d{1,2}', 'hour'),
  j: number('\\d{1,3}', 'dayOfYear'),
  L: {
    pattern: '\\d{1,3}',
    read: (text, fields) => {
      fields.millisecond = milliseconds(text);
    },
  },
  m: number('\\d{1,2}', 'month'),
  M: number('\\d{1,2}', 'minute'),
  S: number('\\d{1,2}', 'second'),
  u: number('[1-7]', 'isoDay'),
  V: number('\\d{1,2}', 'isoWeek'),
  Y: number('\\d{4}', 'year'),
  z: {
    pattern: '(?:Z|UTC|GMT|[+-]\\d{2}:?\\d{2})',
    read: (text, fields) => {
      fields.offset = offsetOf(text);
    },
  },
  Z: {
    pattern: '[+-]\\d{1,4}',
    read: (text, fields) => {
      fields.offset = Number(text) * 60_000;
    },
  },
};

function readMonthName(text: string, fields: Fields): void {
  fields.month = monthNumber(text);
}

/** Throws 18535 or 18536 unless every `%` of a `$dateFromString` format begins a known specifier. */
export function assertParseFormat(format: string): void {
  assertSpecifiers(format, (specifier) => specifier === '%' || Object.hasOwn(READERS, specifier));
}

/** Reads a date by a format that `assertParseFormat` accepts; 241 when the text does not fit. */
export function parseDateByFormat(
  text: string,
  format: string,
  zone: TimeZone,
  hasZone: boolean,
): Date {
  const readers: Reader[] = [];
  const pattern = format.replace(/%(.)|[^%]/gs, (piece, specifier?: string) => {
    if (specifier === undefined || specifier === '%') {
      return (specifier ?? piece).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    }
    const reader = READERS[specifier]!;
    readers.push(reader);
    return `(${reader.pattern})`;
  });
  const match = new RegExp(`^${pattern}$`, 'i').exec(text);
  if (!match) throw failure(text, '0: Format literal not found');
  const fields: Fields = {};
  readers.forEach((reader, index) => reader.read(match[index + 1]!, fields));
  return toInstant(fields, text, zone, hasZone);
}
