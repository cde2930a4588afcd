import { Int32, Long, Timestamp } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { constantExpression, foldConstant, isNullish, unary } from '../build';
import { dayOfYear, isoDayOfWeek, isoWeek, weekOfYear } from '../calendar';
import { coerceToDate } from '../date-arguments';
import { formatValue } from '../format';
import { timeZoneOf, toWallClock, UTC } from '../time-zone';
import type { Expression, OperatorCall, OperatorCompiler, OperatorTable } from '../types';

/** `{ date, timezone }` or just the date. */
function dateOperands(call: OperatorCall): { date: Expression; timezone?: Expression } {
  const { name, operand } = call;
  if (operand instanceof Map && ![...operand.keys()][0]?.startsWith('$')) {
    for (const field of operand.keys()) {
      if (field !== 'date' && field !== 'timezone') {
        throw new MongoServerError(40535, `unrecognized option to ${name}: "${field}"`);
      }
    }
    const date = operand.get('date');
    if (date === undefined) {
      throw new MongoServerError(
        40539,
        `missing 'date' argument to ${name}, provided: ${name}: ${formatValue(operand)}`,
      );
    }
    const timezone = operand.get('timezone');
    return {
      date: call.compile(date),
      ...(timezone === undefined ? {} : { timezone: call.compile(timezone) }),
    };
  }
  if (!Array.isArray(operand)) return { date: call.compile(operand) };
  if (operand.length === 1) return { date: call.compile(operand[0]!) };
  throw new MongoServerError(
    40536,
    `${name} accepts exactly one argument if given an array, but was given ${operand.length}`,
  );
}

function datePart(read: (wall: Date) => Value): OperatorCompiler {
  return (call) => {
    const { date, timezone = constantExpression('UTC') } = dateOperands(call);
    return foldConstant(
      (environment) => {
        const value = date.evaluate(environment);
        if (isNullish(value)) return null;
        const zone = timezone.evaluate(environment);
        if (isNullish(zone)) return null;
        if (typeof zone !== 'string') {
          throw new MongoServerError(
            40533,
            `${call.name} requires a string for the timezone argument, but was given a ${bsonTypeName(zone)} (${formatValue(zone)})`,
          );
        }
        return read(toWallClock(coerceToDate(value), zone === 'UTC' ? UTC : timeZoneOf(zone)));
      },
      [date, timezone],
      call.scope,
    );
  };
}

function integerPart(read: (wall: Date) => number): OperatorCompiler {
  return datePart((wall) => new Int32(read(wall)));
}

function timestampPart(code: number, read: (timestamp: Timestamp) => number): OperatorCompiler {
  return unary((value: MaybeValue, name) => {
    if (isNullish(value)) return null;
    if (value instanceof Timestamp) return Long.fromNumber(read(value));
    throw new MongoServerError(
      code,
      ` Argument to ${name} must be a timestamp, but is ${bsonTypeName(value)}`,
    );
  });
}

/** The fields that `$dateToParts` answers, in its order. */
export function partsDocument(wall: Date, iso8601: boolean): BsonDocument {
  const week = isoWeek(wall);
  const dateFields: [string, number][] = iso8601
    ? [
        ['isoWeekYear', week.year],
        ['isoWeek', week.week],
        ['isoDayOfWeek', isoDayOfWeek(wall)],
      ]
    : [
        ['year', wall.getUTCFullYear()],
        ['month', wall.getUTCMonth() + 1],
        ['day', wall.getUTCDate()],
      ];
  const timeFields: [string, number][] = [
    ['hour', wall.getUTCHours()],
    ['minute', wall.getUTCMinutes()],
    ['second', wall.getUTCSeconds()],
    ['millisecond', wall.getUTCMilliseconds()],
  ];
  return new Map(
    [...dateFields, ...timeFields].map(([field, value]): [string, Value] => [
      field,
      new Int32(value),
    ]),
  );
}

export const DATE_PARTS_OPERATORS: OperatorTable = {
  $dayOfMonth: integerPart((wall) => wall.getUTCDate()),
  $dayOfWeek: integerPart((wall) => wall.getUTCDay() + 1),
  $dayOfYear: integerPart(dayOfYear),
  $hour: integerPart((wall) => wall.getUTCHours()),
  $isoDayOfWeek: integerPart(isoDayOfWeek),
  $isoWeek: integerPart((wall) => isoWeek(wall).week),
  $isoWeekYear: datePart((wall) => Long.fromNumber(isoWeek(wall).year)),
  $millisecond: integerPart((wall) => wall.getUTCMilliseconds()),
  $minute: integerPart((wall) => wall.getUTCMinutes()),
  $month: integerPart((wall) => wall.getUTCMonth() + 1),
  $second: integerPart((wall) => wall.getUTCSeconds()),
  $tsIncrement: timestampPart(5687302, (timestamp) => timestamp.i),
  $tsSecond: timestampPart(5687301, (timestamp) => timestamp.t),
  $week: integerPart(weekOfYear),
  $year: integerPart((wall) => wall.getUTCFullYear()),
};
