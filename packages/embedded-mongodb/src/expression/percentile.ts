import { Double } from 'bson';
import { MongoServerError } from '../errors';
import { isNumeric, toDouble } from '../values/numbers';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { formatValue } from './format';
import type { Expression, OperatorCall } from './types';

/** A parsed `$percentile` or `$median`. */
export interface PercentileOperand {
  readonly input: Expression;
  readonly shares: readonly number[];
  /** What is answered: an array, or one number for `$median`; null for each without numbers. */
  readonly answer: (percentiles: readonly number[] | undefined) => MaybeValue;
}

function required(call: OperatorCall, operand: BsonDocument, field: string): Value {
  const value = operand.get(field);
  if (value !== undefined) return value;
  throw new MongoServerError(
    40414,
    `BSON field '${call.name}.${field}' is missing but a required field`,
  );
}

function checkMethod(call: OperatorCall, operand: BsonDocument): void {
  const method = required(call, operand, 'method');
  if (typeof method !== 'string') {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '${call.name}.method' is the wrong type '${bsonTypeName(method)}', expected type 'string'`,
    );
  }
  if (method === 'approximate') return;
  throw new MongoServerError(
    'BadValue',
    "Currently only 'approximate' can be used as percentile 'method'.",
  );
}

const WRONG_SHARES =
  "The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ";

function sharesOf(call: OperatorCall, value: Value): number[] {
  const { constant } = call.compile(value);
  if (!constant) {
    throw new MongoServerError(
      7750300,
      `The $percentile 'p' field must be an array of constant values, but found value: ${formatValue(value)}.`,
    );
  }
  const shares = constant.value;
  if (!Array.isArray(shares) || shares.length === 0) {
    throw new MongoServerError(7750301, `${WRONG_SHARES}${formatValue(shares)}`);
  }
  return shares.map((share) => {
    if (!isNumeric(share)) {
      throw new MongoServerError(7750302, `${WRONG_SHARES}${formatValue(share)}`);
    }
    const number = toDouble(share);
    if (number >= 0 && number <= 1) return number;
    throw new MongoServerError(7750303, `${WRONG_SHARES}${number}`);
  });
}

/**
 * Reads `{ input, p, method }`, or `{ input, method }` for `$median`.
 * @param notAnObject the code for an operand that is no document
 * @throws MongoServerError 40414, 40415, 14, 2 and 7750300 to 7750303
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/percentile/
 */
export function parsePercentile(call: OperatorCall, notAnObject: number): PercentileOperand {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      notAnObject,
      `specification must be an object; found ${name}: ${formatValue(operand)}`,
    );
  }
  const isMedian = name === '$median';
  const fields = isMedian ? ['input', 'method'] : ['input', 'p', 'method'];
  for (const field of operand.keys()) {
    if (fields.includes(field)) continue;
    throw new MongoServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  }
  const input = required(call, operand, 'input');
  const p = isMedian ? undefined : required(call, operand, 'p');
  checkMethod(call, operand);
  const shares = p === undefined ? [0.5] : sharesOf(call, p);
  const doubles = (percentiles: readonly number[] | undefined): (Double | null)[] =>
    shares.map((_share, index) => {
      const percentile = percentiles?.[index];
      return percentile === undefined ? null : new Double(percentile);
    });
  return {
    input: call.compile(input),
    shares,
    answer: (percentiles) => (isMedian ? doubles(percentiles)[0] : doubles(percentiles)),
  };
}

/**
 * The discrete percentiles of some numbers: for each share the least number such that at least so
 * many are not greater. NaN does not count; undefined when nothing else is there.
 */
export function percentilesOf(
  numbers: readonly number[],
  shares: readonly number[],
): number[] | undefined {
  const sorted = Float64Array.from(numbers.filter((number) => !Number.isNaN(number))).sort();
  const count = sorted.length;
  if (count === 0) return undefined;
  return shares.map((share) => {
    const rank = share >= 1 ? count - 1 : Math.max(0, Math.ceil(count * share) - 1);
    return sorted[rank]!;
  });
}
