import { Int32, Long } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue } from '../../values/types';
import { compileNamed, foldConstant, isNullish } from '../build';
import { asDate, compileTimeZone, isTimeUnit, weekDayOf, type TimeUnit } from '../date-arguments';
import { addUnits, differenceInUnits, truncateToUnit } from '../date-units';
import { formatValue } from '../format';
import { asBigInt } from '../numeric';
import type { Environment, Expression, OperatorCall, OperatorTable } from '../types';

function fieldsOf(
  call: OperatorCall,
  allowed: readonly string[],
  codes: { notAnObject: number; unknown: number },
): BsonDocument {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      codes.notAnObject,
      `${name} expects an object as its argument.found :${bsonTypeName(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (!allowed.includes(field)) {
      throw new MongoServerError(
        codes.unknown,
        `Unrecognized argument to ${name}: ${field}. Expected arguments are ${allowed.join(', ')}.`,
      );
    }
  }
  return operand;
}

/** What the unit argument may be, with the codes that the operator answers. */
function unitOf(value: MaybeValue, name: string, codes: [number, number | 'FailedToParse']) {
  if (typeof value !== 'string') {
    throw new MongoServerError(
      codes[0],
      `${name} requires 'unit' to be a string, but got ${bsonTypeName(value)}`,
    );
  }
  if (isTimeUnit(value)) return value;
  throw new MongoServerError(
    codes[1],
    codes[1] === 'FailedToParse'
      ? `unknown time unit value: ${value}`
      : `${name} parameter 'unit' value cannot be recognized as a time unit: ${value}`,
  );
}

function dateOf(value: MaybeValue, name: string, field: string, code: number): Date {
  const date = asDate(value);
  if (date) return date;
  throw new MongoServerError(
    code,
    `${name} requires '${field}' to be a date, but got ${bsonTypeName(value)}`,
  );
}

function startOfWeekOf(value: MaybeValue, name: string): number {
  if (typeof value !== 'string') {
    throw new MongoServerError(
      5439015,
      `${name} requires 'startOfWeek' to be a string, but got ${bsonTypeName(value)}`,
    );
  }
  const day = weekDayOf(value);
  if (day !== undefined) return day;
  throw new MongoServerError(
    5439016,
    `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${value}`,
  );
}

function compileShift(call: OperatorCall): Expression {
  const { name } = call;
  const fields = fieldsOf(call, ['startDate', 'unit', 'amount', 'timezone'], {
    notAnObject: 5166400,
    unknown: 5166401,
  });
  if (!fields.has('startDate') || !fields.has('unit') || !fields.has('amount')) {
    throw new MongoServerError(
      5166402,
      `${name} requires startDate, unit, and amount to be present`,
    );
  }
  const [startDate, unit, amount] = ['startDate', 'unit', 'amount'].map((field) =>
    compileNamed(call, fields, field),
  ) as [Expression, Expression, Expression];
  const timeZone = compileTimeZone(call, fields);
  const sign = name === '$dateSubtract' ? -1 : 1;
  const evaluate = (environment: Environment): MaybeValue => {
    const values = [startDate, unit, amount].map((operand) => operand.evaluate(environment));
    const zone = timeZone.evaluate(environment);
    if (!zone || values.some(isNullish)) return null;
    const [dateValue, unitValue, amountValue] = values;
    const start = asDate(dateValue);
    if (!start) {
      throw new MongoServerError(5166403, `${name} requires startDate to be convertible to a date`);
    }
    if (typeof unitValue !== 'string') {
      throw new MongoServerError(5166404, `${name} expects string defining the time unit`);
    }
    const timeUnit = unitOf(unitValue, name, [5166404, 'FailedToParse']);
    const count = asBigInt(amountValue);
    if (count === undefined) {
      throw new MongoServerError(5166405, `${name} expects integer amount of time units`);
    }
    return assertRepresentable(addUnits(start, timeUnit, sign * Number(count), zone), name);
  };
  return foldConstant(evaluate, [startDate, unit, amount, ...timeZone.operands], call.scope);
}

function assertRepresentable(date: Date, name: string): Date {
  if (!Number.isNaN(date.getTime())) return date;
  throw new MongoServerError(5166406, `${name} overflowed`);
}

function compileDifference(call: OperatorCall): Expression {
  const { name } = call;
  const fields = fieldsOf(call, ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'], {
    notAnObject: 5166301,
    unknown: 5166302,
  });
  ['startDate', 'endDate', 'unit'].forEach((field, index) => {
    if (!fields.has(field)) {
      throw new MongoServerError(5166303 + index, `Missing '${field}' parameter to ${name}`);
    }
  });
  const [startDate, endDate, unit] = ['startDate', 'endDate', 'unit'].map((field) =>
    compileNamed(call, fields, field),
  ) as [Expression, Expression, Expression];
  const startOfWeek = compileNamed(call, fields, 'startOfWeek', 'sunday');
  const timeZone = compileTimeZone(call, fields);
  const evaluate = (environment: Environment): MaybeValue => {
    const start = startDate.evaluate(environment);
    const end = endDate.evaluate(environment);
    const unitValue = unit.evaluate(environment);
    const zone = timeZone.evaluate(environment);
    if (isNullish(start) || isNullish(end) || isNullish(unitValue) || !zone) return null;
    const timeUnit = unitOf(unitValue, name, [5166306, 'FailedToParse']);
    const weekDay = timeUnit === 'week' ? startOfWeek.evaluate(environment) : 'sunday';
    if (isNullish(weekDay)) return null;
    return Long.fromNumber(
      differenceInUnits(
        dateOf(start, name, 'startDate', 5166307),
        dateOf(end, name, 'endDate', 5166307),
        timeUnit,
        zone,
        startOfWeekOf(weekDay, name),
      ),
    );
  };
  const operands = [startDate, endDate, unit, startOfWeek, ...timeZone.operands];
  return foldConstant(evaluate, operands, call.scope);
}

function binSizeOf(value: MaybeValue, name: string): number {
  const size = asBigInt(value);
  if (size === undefined) {
    throw new MongoServerError(
      5439017,
      `${name} requires 'binSize' to be a 64-bit integer, but got value '${formatValue(value)}' of type ${bsonTypeName(value)}`,
    );
  }
  if (size > 0n) return Number(size);
  throw new MongoServerError(
    5439018,
    `${name} requires 'binSize' to be greater than 0, but got value ${size}`,
  );
}

function compileTruncate(call: OperatorCall): Expression {
  const { name } = call;
  const fields = fieldsOf(call, ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'], {
    notAnObject: 5439007,
    unknown: 5439008,
  });
  if (!fields.has('date')) {
    throw new MongoServerError(5439009, `Missing 'date' parameter to ${name}`);
  }
  if (!fields.has('unit')) {
    throw new MongoServerError(5439010, `Missing 'unit' parameter to ${name}`);
  }
  const date = compileNamed(call, fields, 'date');
  const unit = compileNamed(call, fields, 'unit');
  const binSize = compileNamed(call, fields, 'binSize', new Int32(1));
  const startOfWeek = compileNamed(call, fields, 'startOfWeek', 'sunday');
  const timeZone = compileTimeZone(call, fields);
  const evaluate = (environment: Environment): MaybeValue => {
    const dateValue = date.evaluate(environment);
    const unitValue = unit.evaluate(environment);
    const size = binSize.evaluate(environment);
    const zone = timeZone.evaluate(environment);
    if (isNullish(dateValue) || isNullish(unitValue) || isNullish(size) || !zone) return null;
    const timeUnit: TimeUnit = unitOf(unitValue, name, [5439013, 5439014]);
    const weekDay = timeUnit === 'week' ? startOfWeek.evaluate(environment) : 'sunday';
    if (isNullish(weekDay)) return null;
    const bin = binSizeOf(size, name);
    const start = dateOf(dateValue, name, 'date', 5439012);
    return truncateToUnit(start, timeUnit, bin, zone, startOfWeekOf(weekDay, name));
  };
  const operands = [date, unit, binSize, startOfWeek, ...timeZone.operands];
  return foldConstant(evaluate, operands, call.scope);
}

export const DATE_ARITHMETIC_OPERATORS: OperatorTable = {
  $dateAdd: compileShift,
  $dateDiff: compileDifference,
  $dateSubtract: compileShift,
  $dateTrunc: compileTruncate,
};
