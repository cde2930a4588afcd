import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue } from '../../values/types';
import { compileNamed, foldConstant, isNullish } from '../build';
import { fromIsoWeek } from '../calendar';
import { coerceToDate, compileTimeZone } from '../date-arguments';
import { assertFormat, formatDate } from '../date-format';
import { assertParseFormat, parseDate, parseDateByFormat } from '../date-parse';
import { formatValue } from '../format';
import { asBigInt } from '../numeric';
import { fromWallClock, toWallClock, utcMillis } from '../time-zone';
import type { Environment, Expression, OperatorCall, OperatorTable } from '../types';
import { partsDocument } from './date-parts';

const ISO_FORMAT = '%Y-%m-%dT%H:%M:%S.%L';

interface ArgumentRules {
  readonly object: [number, string];
  readonly unknown: number;
  readonly allowed: readonly string[];
}

function fieldsOf(call: OperatorCall, rules: ArgumentRules): BsonDocument {
  if (!(call.operand instanceof Map)) throw new MongoServerError(...rules.object);
  for (const field of call.operand.keys()) {
    if (!rules.allowed.includes(field)) {
      throw new MongoServerError(rules.unknown, `Unrecognized argument to ${call.name}: ${field}`);
    }
  }
  return call.operand;
}

function required(call: OperatorCall, fields: BsonDocument, field: string, code: number) {
  if (fields.has(field)) return call.compile(fields.get(field)!);
  throw new MongoServerError(code, `Missing '${field}' parameter to ${call.name}`);
}

/** The format argument, checked; undefined when it is null. */
function formatText(
  format: MaybeValue,
  name: string,
  code: number,
  check: (format: string) => void,
): string | undefined {
  if (isNullish(format)) return undefined;
  if (typeof format !== 'string') {
    throw new MongoServerError(
      code,
      `${name} requires that 'format' be a string, found: ${bsonTypeName(format)} with value ${formatValue(format)}`,
    );
  }
  check(format);
  return format;
}

function compileDateToString(call: OperatorCall): Expression {
  const fields = fieldsOf(call, {
    object: [18629, '$dateToString only supports an object as its argument'],
    unknown: 18534,
    allowed: ['format', 'date', 'timezone', 'onNull'],
  });
  const date = required(call, fields, 'date', 18628);
  const format = fields.has('format') ? call.compile(fields.get('format')!) : undefined;
  const timeZone = compileTimeZone(call, fields);
  const onNull = compileNamed(call, fields, 'onNull', null);
  const evaluate = (environment: Environment): MaybeValue => {
    const value = date.evaluate(environment);
    const text = format && formatText(format.evaluate(environment), call.name, 18533, assertFormat);
    const zone = timeZone.evaluate(environment);
    if (isNullish(value)) return onNull.evaluate(environment);
    if (!zone || (format && text === undefined)) return null;
    return formatDate(
      coerceToDate(value),
      text ?? (zone.isUtc ? `${ISO_FORMAT}Z` : ISO_FORMAT),
      zone,
    );
  };
  const operands = [date, onNull, ...timeZone.operands, ...(format ? [format] : [])];
  return foldConstant(evaluate, operands, call.scope);
}

function compileDateFromString(call: OperatorCall): Expression {
  const fields = fieldsOf(call, {
    object: [
      40540,
      `$dateFromString only supports an object as an argument, found: ${bsonTypeName(call.operand)}`,
    ],
    unknown: 40541,
    allowed: ['dateString', 'timezone', 'format', 'onNull', 'onError'],
  });
  const dateString = required(call, fields, 'dateString', 40542);
  const format = fields.has('format') ? call.compile(fields.get('format')!) : undefined;
  const timeZone = compileTimeZone(call, fields);
  const onNull = compileNamed(call, fields, 'onNull', null);
  const onError = fields.has('onError') ? call.compile(fields.get('onError')!) : undefined;
  const parse = (environment: Environment): MaybeValue => {
    const value = dateString.evaluate(environment);
    const text =
      format && formatText(format.evaluate(environment), call.name, 40684, assertParseFormat);
    const zone = timeZone.evaluate(environment);
    if (isNullish(value)) return onNull.evaluate(environment);
    if (typeof value !== 'string') {
      throw new MongoServerError(
        'ConversionFailure',
        `$dateFromString requires that 'dateString' be a string, found: ${bsonTypeName(value)} with value ${formatValue(value)}`,
      );
    }
    if (!zone || (format && text === undefined)) return null;
    const hasZone = fields.has('timezone');
    return text === undefined
      ? parseDate(value, zone, hasZone)
      : parseDateByFormat(value, text, zone, hasZone);
  };
  const evaluate = onError ? recovering(parse, onError) : parse;
  const operands = [dateString, onNull, ...timeZone.operands];
  const optional = [format, onError].filter((operand) => operand !== undefined);
  return foldConstant(evaluate, [...operands, ...optional], call.scope);
}

/** Evaluates `fallback` when a conversion fails (241), and only then. */
export function recovering(
  evaluate: (environment: Environment) => MaybeValue,
  fallback: Expression,
): (environment: Environment) => MaybeValue {
  return (environment) => {
    try {
      return evaluate(environment);
    } catch (error) {
      if (error instanceof MongoServerError && error.codeName === 'ConversionFailure') {
        return fallback.evaluate(environment);
      }
      throw error;
    }
  };
}

function compileDateToParts(call: OperatorCall): Expression {
  const fields = fieldsOf(call, {
    object: [40524, '$dateToParts only supports an object as its argument'],
    unknown: 40520,
    allowed: ['date', 'timezone', 'iso8601'],
  });
  const date = required(call, fields, 'date', 40522);
  const timeZone = compileTimeZone(call, fields);
  const iso8601 = compileNamed(call, fields, 'iso8601', false);
  const evaluate = (environment: Environment): MaybeValue => {
    const value = date.evaluate(environment);
    const zone = timeZone.evaluate(environment);
    const isIso = iso8601.evaluate(environment);
    if (!zone || isNullish(isIso)) return null;
    if (typeof isIso !== 'boolean') {
      throw new MongoServerError(
        40521,
        `iso8601 must evaluate to a bool, found ${bsonTypeName(isIso)}`,
      );
    }
    return isNullish(value) ? null : partsDocument(toWallClock(coerceToDate(value), zone), isIso);
  };
  return foldConstant(evaluate, [date, iso8601, ...timeZone.operands], call.scope);
}

const NATURAL_PARTS = ['year', 'month', 'day'];
const ISO_PARTS = ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'];
const TIME_PARTS = ['hour', 'minute', 'second', 'millisecond'];
const DEFAULT_DATE_PART = new Int32(1);
const DEFAULT_TIME_PART = new Int32(0);
const UNBOUNDED_PARTS = new Set(['second', 'millisecond', 'year', 'isoWeekYear']);

function partValue(value: MaybeValue, field: string): number | undefined {
  if (isNullish(value)) return undefined;
  const number = asBigInt(value);
  if (number === undefined) {
    throw new MongoServerError(
      40515,
      `'${field}' must evaluate to an integer, found ${bsonTypeName(value)} with value ${formatValue(value)}`,
    );
  }
  if (!UNBOUNDED_PARTS.has(field) && (number < -32768n || number > 32767n)) {
    throw new MongoServerError(
      31034,
      `'${field}' must evaluate to a value in the range [-32768, 32767]; value ${number} is not in range`,
    );
  }
  return Number(number);
}

function checkParts(call: OperatorCall): BsonDocument {
  const fields = fieldsOf(call, {
    object: [40519, '$dateFromParts only supports an object as its argument'],
    unknown: 40518,
    allowed: [...NATURAL_PARTS, ...ISO_PARTS, ...TIME_PARTS, 'timezone'],
  });
  const isNatural = fields.has('year');
  const isIso = fields.has('isoWeekYear');
  if (!isNatural && !isIso) {
    throw new MongoServerError(
      40516,
      "$dateFromParts requires either 'year' or 'isoWeekYear' to be present",
    );
  }
  if (isNatural && ISO_PARTS.some((part) => fields.has(part))) {
    throw new MongoServerError(
      40489,
      '$dateFromParts does not allow mixing natural dates with ISO dates',
    );
  }
  if (isIso && NATURAL_PARTS.some((part) => fields.has(part))) {
    throw new MongoServerError(
      40525,
      '$dateFromParts does not allow mixing ISO dates with natural dates',
    );
  }
  return fields;
}

function compileDateFromParts(call: OperatorCall): Expression {
  const fields = checkParts(call);
  const isIso = fields.has('isoWeekYear');
  const timeZone = compileTimeZone(call, fields);
  const dateFields = isIso ? ISO_PARTS : NATURAL_PARTS;
  const parts = [...dateFields, ...TIME_PARTS].map((field) => ({
    field,
    expression: call.compile(
      fields.get(field) ?? (dateFields.includes(field) ? DEFAULT_DATE_PART : DEFAULT_TIME_PART),
    ),
  }));
  const evaluate = (environment: Environment): MaybeValue => {
    const values: number[] = [];
    for (const { field, expression } of parts) {
      const value = partValue(expression.evaluate(environment), field);
      if (value === undefined) return null;
      values.push(value);
    }
    const zone = timeZone.evaluate(environment);
    if (!zone) return null;
    const [year, month, day, hour, minute, second, millisecond] = values as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (year < (isIso ? 0 : 1) || year > 9999) {
      throw new MongoServerError(
        isIso ? 31095 : 40523,
        `'${isIso ? 'isoWeekYear' : 'year'}' must evaluate to an integer in the range ${isIso ? 0 : 1} to 9999, found ${year}`,
      );
    }
    const time = { hour, minute, second, millisecond };
    const wall = isIso
      ? fromIsoWeek(year, month, day) + utcMillis({ year: 1970, month: 1, day: 1, ...time })
      : utcMillis({ year, month, day, ...time });
    return fromWallClock(wall, zone);
  };
  const operands = [...parts.map((part) => part.expression), ...timeZone.operands];
  return foldConstant(evaluate, operands, call.scope);
}

export const DATE_STRING_OPERATORS: OperatorTable = {
  $dateFromParts: compileDateFromParts,
  $dateFromString: compileDateFromString,
  $dateToParts: compileDateToParts,
  $dateToString: compileDateToString,
};
