import { Decimal128, Double } from 'bson';
import { MongoServerError } from '../../errors';
import { isNullish } from '../../expression/build';
import { formatValue } from '../../expression/format';
import { asBigInt } from '../../expression/numeric';
import { subtractValues } from '../../expression/operators/arithmetic';
import { bsonTypeName, compareValues } from '../../values/compare';
import {
  decimalFromParts,
  partsOfInteger,
  partsToDouble,
  type DecimalParts,
} from '../../values/decimal';
import {
  addParts,
  divideParts,
  multiplyParts,
  subtractParts,
} from '../../values/decimal-arithmetic';
import {
  addNumbers,
  divide,
  isNumeric,
  multiply,
  toDecimalParts,
  toDouble,
} from '../../values/numbers';
import type { BsonDocument, MaybeValue, NumericValue } from '../../values/types';
import { compileInput, failedToParse, refuseWindow, type WindowCall } from './call';
import { singleSortPath, type Partition, type WindowFunction } from './partition';

const ONE = partsOfInteger(1n);
const TWO_FIELDS =
  "$expMovingAvg sub object must have exactly two fields: An 'input' field, and either an 'N' field or an 'alpha' field";

/** The weight of the newest value. */
function weightOf(operand: BsonDocument): DecimalParts {
  const n = operand.get('N');
  if (n !== undefined) {
    if (!isNumeric(n)) {
      throw failedToParse(`'N' field must be an integer, but found type ${bsonTypeName(n)}`);
    }
    const count = asBigInt(n);
    if (count === undefined) {
      throw failedToParse(
        `'N' field must be an integer, but found  N: ${formatValue(n)}. To use a non-integer, use the 'alpha' argument instead`,
      );
    }
    if (count <= 0n) throw failedToParse(`'N' must be greater than zero. Got ${count}`);
    return divideParts(partsOfInteger(2n), partsOfInteger(count + 1n));
  }
  const alpha = operand.get('alpha');
  if (alpha === undefined) {
    throw failedToParse(`Got unrecognized field in $expMovingAvg${TWO_FIELDS}`);
  }
  if (!isNumeric(alpha)) throw failedToParse("'alpha' must be a number");
  const weight = toDouble(alpha);
  if (weight > 0 && weight < 1) return toDecimalParts(alpha);
  throw failedToParse(
    `'alpha' must be between 0 and 1 (exclusive), found alpha: ${formatValue(alpha)}`,
  );
}

/**
 * `$expMovingAvg`, reckoned in decimals.
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/expMovingAvg/
 */
export function compileExponentialAverage(call: WindowCall): WindowFunction {
  const { operand, options, sortBy } = call;
  if (options.size > 0 || !(operand instanceof Map)) {
    throw failedToParse('$expMovingAvg must have exactly one argument that is an object');
  }
  const inputValue = operand.get('input');
  if (operand.size !== 2 || inputValue === undefined) throw failedToParse(TWO_FIELDS);
  if (!sortBy) throw failedToParse("$expMovingAvg requires an explicit 'sortBy'");
  const input = compileInput(inputValue, call);
  const weight = weightOf(operand);
  const rest = subtractParts(ONE, weight);
  return {
    start: ({ documents }) => {
      let average: DecimalParts | undefined;
      let isDecimal = false;
      return (index) => {
        const value = input.evaluate({ root: documents[index]! });
        if (isNumeric(value)) {
          isDecimal ||= value instanceof Decimal128;
          const parts = toDecimalParts(value);
          average = average
            ? addParts(multiplyParts(parts, weight), multiplyParts(average, rest))
            : parts;
        }
        if (!average) return null;
        return isDecimal ? decimalFromParts(average) : new Double(partsToDouble(average));
      };
    },
  };
}

/** `$locf`: the last value that was there. */
export function compileCarryForward(call: WindowCall): WindowFunction {
  refuseWindow(call);
  const input = compileInput(call.operand, call);
  return {
    start: ({ documents }) => {
      let last: MaybeValue = null;
      return (index) => {
        const value = input.evaluate({ root: documents[index]! });
        if (!isNullish(value)) last = value;
        return last;
      };
    },
  };
}

interface Point {
  readonly x: MaybeValue;
  readonly y: MaybeValue;
}

function assertFillable(value: MaybeValue): asserts value is NumericValue | null | undefined {
  if (isNullish(value) || isNumeric(value)) return;
  throw new MongoServerError(
    'TypeMismatch',
    `Value to be filled must be numeric or nullish, but found ${bsonTypeName(value)}`,
  );
}

function assertSortValue(value: MaybeValue, previous: MaybeValue): void {
  if (!isNumeric(value) && !(value instanceof Date)) {
    throw new MongoServerError(
      'TypeMismatch',
      `Value of the sortBy field must be numeric or a date, but found ${bsonTypeName(value)}`,
    );
  }
  if (previous === undefined) return;
  if (compareValues(value, previous) === 0) {
    throw new MongoServerError(6050106, 'There can be no repeated values in the sort field');
  }
  if (value instanceof Date === previous instanceof Date) return;
  throw new MongoServerError(
    'TypeMismatch',
    `Conflicting sort value types, previously received type ${bsonTypeName(previous)}, but found ${bsonTypeName(value)}`,
  );
}

/** y at x on the line through two points. */
function interpolate(left: Point, right: Point, x: MaybeValue): NumericValue {
  const difference = (a: MaybeValue, b: MaybeValue): NumericValue =>
    subtractValues(a, b) as NumericValue;
  const slope = divide(difference(right.y, left.y), difference(right.x, left.x));
  return addNumbers(left.y as NumericValue, multiply(difference(x, left.x), slope));
}

function nextKnown(partition: Partition, values: readonly MaybeValue[], after: number): number {
  let index = after + 1;
  while (
    index < values.length &&
    (isNullish(values[index]) || isNullish(partition.sortValues[index]))
  ) {
    index += 1;
  }
  return index;
}

/**
 * `$linearFill`: null and missing values on the line between the known ones around them.
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/linearFill/
 */
export function compileLinearFill(call: WindowCall): WindowFunction {
  refuseWindow(call);
  if (singleSortPath(call.sortBy) === undefined) {
    throw new MongoServerError(
      605001,
      '$linearFill must be specified with a top level sortBy expression with exactly one element',
    );
  }
  const input = compileInput(call.operand, call);
  return {
    start: (partition) => {
      const values = partition.documents.map((root) => input.evaluate({ root }));
      const pointAt = (index: number): Point => ({
        x: partition.sortValues[index],
        y: values[index],
      });
      let known = -1;
      let following = -1;
      return (index) => {
        const value = values[index];
        assertFillable(value);
        const x = partition.sortValues[index];
        assertSortValue(x, index > 0 ? partition.sortValues[index - 1] : undefined);
        if (!isNullish(value)) {
          known = index;
          return value;
        }
        if (known === -1) return null;
        if (following < index) following = nextKnown(partition, values, index);
        if (following >= values.length) return null;
        assertFillable(values[following]);
        return interpolate(pointAt(known), pointAt(following), x);
      };
    },
  };
}
