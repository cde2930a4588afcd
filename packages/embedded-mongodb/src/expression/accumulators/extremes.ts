import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import { isNumeric } from '../../values/numbers';
import type { MaybeValue, Value } from '../../values/types';
import { isNullish } from '../build';
import { formatValue } from '../format';
import { asBigInt } from '../numeric';
import type { Expression, OperatorCall } from '../types';

/** The parsed operand of `$firstN`, `$lastN`, `$maxN` and `$minN`: `{ input, n }`. */
export function parseCount(call: OperatorCall): { n: Expression; input: Expression } {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    const code = name === '$maxN' || name === '$minN' ? 5787900 : 5787801;
    throw new MongoServerError(
      code,
      `specification must be an object; found ${name}: ${formatValue(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (field !== 'n' && field !== 'input') {
      throw new MongoServerError(5787901, `Unknown argument for 'n' operator: ${field}`);
    }
  }
  const n = operand.get('n');
  const input = operand.get('input');
  if (n === undefined) throw new MongoServerError(5787906, "Missing value for 'n'");
  if (input === undefined) throw new MongoServerError(5787907, "Missing value for 'input'");
  return { n: call.compile(n), input: call.compile(input) };
}

/** How many values to keep: a positive whole number, or an error. */
export function positiveCount(value: MaybeValue, name: string): number {
  if (!isNumeric(value)) {
    throw new MongoServerError(
      5787902,
      `Value for 'n' must be of integral type, but found ${isNullish(value) ? 'missing or null' : formatValue(value)} (${bsonTypeName(value)}) in ${name}`,
    );
  }
  const count = asBigInt(value);
  if (count === undefined) {
    throw new MongoServerError(
      5787903,
      `Value for 'n' must be of integral type, but found ${formatValue(value)}`,
    );
  }
  if (count > 0n) return Number(count);
  throw new MongoServerError(5787908, `'n' must be greater than 0, found ${count}`);
}

/** The values that are not null and come first, in that order. */
export function pickLeast(
  values: readonly Value[],
  count: number,
  compare: (left: Value, right: Value) => number,
): Value[] {
  return values
    .filter((value) => value !== null)
    .sort(compare)
    .slice(0, count);
}
