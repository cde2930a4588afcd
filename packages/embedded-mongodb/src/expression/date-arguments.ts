import { ObjectId, Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, MaybeValue } from '../values/types';
import { isNullish } from './build';
import { timeZoneOf, UTC, type TimeZone } from './time-zone';
import type { Environment, Expression, OperatorCall } from './types';

/** The instant of a date, timestamp or object id; undefined for any other type. */
export function asDate(value: MaybeValue): Date | undefined {
  if (value instanceof Date) return value;
  if (value instanceof Timestamp) return new Date(value.t * 1000);
  return value instanceof ObjectId ? value.getTimestamp() : undefined;
}

/** The instant of a value. @throws MongoServerError 16006 when it has none */
export function coerceToDate(value: MaybeValue): Date {
  const date = asDate(value);
  if (date && Number.isNaN(date.getTime())) {
    throw new MongoServerError('Overflow', 'date is out of the range that this engine can compute');
  }
  if (date) return date;
  throw new MongoServerError(16006, `can't convert from BSON type ${bsonTypeName(value)} to Date`);
}

/** Compiles an optional time zone argument; it answers undefined when the zone is null. */
export function compileTimeZone(
  call: OperatorCall,
  fields: BsonDocument,
): { operands: Expression[]; evaluate(environment: Environment): TimeZone | undefined } {
  const value = fields.get('timezone');
  if (value === undefined) return { operands: [], evaluate: () => UTC };
  const expression = call.compile(value);
  const evaluate = (environment: Environment): TimeZone | undefined => {
    const identifier = expression.evaluate(environment);
    if (isNullish(identifier)) return undefined;
    if (typeof identifier === 'string') return timeZoneOf(identifier);
    throw new MongoServerError(
      40517,
      `timezone must evaluate to a string, found ${bsonTypeName(identifier)}`,
    );
  };
  return { operands: [expression], evaluate };
}

export type TimeUnit =
  'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

const UNITS: ReadonlySet<string> = new Set<TimeUnit>([
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
]);

export function isTimeUnit(text: string): text is TimeUnit {
  return UNITS.has(text);
}

const WEEK_DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** ISO number (Monday 1) of a day's name or three-letter short name; undefined when unknown. */
export function weekDayOf(text: string): number | undefined {
  const name = text.toLowerCase();
  const index = WEEK_DAYS.findIndex((day) => day === name || day.slice(0, 3) === name);
  return index === -1 ? undefined : index + 1;
}
