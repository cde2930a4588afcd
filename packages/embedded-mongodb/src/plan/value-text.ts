import type { Code } from 'bson';
import { Binary, BSONRegExp, BSONSymbol, Double, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import type { IndexField } from '../storage/types';
import { isNumeric, toDouble } from '../values/numbers';
import type { MaybeValue } from '../values/types';
import type { Interval, IntervalSet } from './interval';

/** The bounds of one index field as explain writes them, in the order in which the scan meets them. */
export function describeBounds(
  intervals: IntervalSet,
  field: IndexField,
  direction: 1 | -1,
): string[] {
  if (field.direction * direction === 1) return intervals.map(describeForward);
  return [...intervals].reverse().map(describeBackward);
}

function describeForward({ low, high }: Interval): string {
  const open = low.inclusive ? '[' : '(';
  return `${open}${describeValue(low.value)}, ${describeValue(high.value)}${high.inclusive ? ']' : ')'}`;
}

function describeBackward({ low, high }: Interval): string {
  const open = high.inclusive ? '[' : '(';
  return `${open}${describeValue(high.value)}, ${describeValue(low.value)}${low.inclusive ? ']' : ')'}`;
}

/** A value in the server's short text form. */
export function describeValue(value: MaybeValue): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof Map) return describeDocument(value);
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[ ${value.map(describeValue).join(', ')} ]`;
  if (isNumeric(value))
    return value instanceof Double ? describeDouble(toDouble(value)) : value.toString();
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof Timestamp) return `Timestamp(${value.t}, ${value.i})`;
  if (value instanceof Binary)
    return `BinData(${value.sub_type}, ${value.toString('hex').toUpperCase()})`;
  if (value instanceof MinKey) return 'MinKey';
  if (value instanceof MaxKey) return 'MaxKey';
  if (value instanceof BSONSymbol) return JSON.stringify(value.value);
  return describeCode(value);
}

function describeCode(value: Code): string {
  return `Code(${JSON.stringify(value.code)})`;
}

function describeDocument(document: ReadonlyMap<string, MaybeValue>): string {
  if (document.size === 0) return '{}';
  const fields = [...document].map(([name, value]) => `${name}: ${describeValue(value)}`);
  return `{ ${fields.join(', ')} }`;
}

function describeDouble(number: number): string {
  if (Number.isNaN(number)) return 'nan.0';
  if (!Number.isFinite(number)) return number > 0 ? 'inf.0' : '-inf.0';
  return Number.isInteger(number) ? number.toFixed(1) : String(number);
}
