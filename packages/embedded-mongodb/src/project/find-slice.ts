import { bsonTypeName, isNumeric } from '../values/bson-types';
import { toDouble } from '../values/numbers';
import type { NumericValue, Value } from '../values/types';
import type { ProjectionNode } from './types';

type FindSlice = Extract<ProjectionNode, { kind: 'slice' }>;

/** `$slice` as find has it, or why it is none: then it may be the aggregation expression. */
export function parseFindSlice(
  operand: Value,
): FindSlice | { readonly kind: 'none'; reason: string } {
  if (isNumeric(operand)) return { kind: 'slice', limit: toInt32(operand) };
  if (!Array.isArray(operand)) {
    return none(31273, '$slice only supports numbers and [skip, limit] arrays');
  }
  if (operand.length !== 2) {
    return none(31272, '$slice array argument should be of form [skip, limit]');
  }
  const [skip, limit] = operand as [Value, Value];
  if (!isNumeric(skip)) {
    const type = bsonTypeName(skip);
    return none(31257, `$slice expects the skip argument to be a number, got ${type}`);
  }
  if (!isNumeric(limit)) {
    const type = bsonTypeName(limit);
    return none(31258, `$slice expects the limit argument to be a number, got ${type}`);
  }
  if (toInt32(limit) <= 0) {
    return none(31259, `$slice limit must be positive, got ${toInt32(limit)}`);
  }
  return { kind: 'slice', skip: toInt32(skip), limit: toInt32(limit) };
}

function none(code: number, message: string): { kind: 'none'; reason: string } {
  return { kind: 'none', reason: `Location${code}: ${message}` };
}

function toInt32(value: NumericValue): number {
  const number = Math.trunc(toDouble(value));
  return Number.isNaN(number) ? 0 : Math.max(-2147483648, Math.min(2147483647, number));
}
