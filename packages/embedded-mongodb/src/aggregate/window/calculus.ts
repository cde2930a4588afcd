import { Double, Long } from 'bson';
import { MongoServerError } from '../../errors';
import { NumberSum } from '../../expression/accumulators/sum';
import { formatValue } from '../../expression/format';
import { subtractValues } from '../../expression/operators/arithmetic';
import type { TimeUnit } from '../../expression/date-arguments';
import type { Expression } from '../../expression/types';
import { bsonTypeName } from '../../values/compare';
import {
  addNumbers,
  divide,
  isNumeric,
  isZeroNumber,
  multiply,
  toDouble,
} from '../../values/numbers';
import type { BsonDocument, MaybeValue, NumericValue } from '../../values/types';
import { timeUnitOf, type WindowBounds } from './bounds';
import { compileInput, failedToParse, windowOf, type WindowCall } from './call';
import { createWindowFinder } from './endpoints';
import { singleSortPath, type WindowFunction } from './partition';

const MILLISECONDS_IN: Partial<Record<TimeUnit, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};

interface UnitOperand {
  readonly input: Expression;
  readonly unitMilliseconds: NumericValue | undefined;
  readonly bounds: WindowBounds;
}

function assertSingleSort({ name, sortBy }: WindowCall): void {
  if (!sortBy) throw failedToParse(`${name} requires a sortBy`);
  if (sortBy.length !== 1) throw failedToParse(`${name} requires a non-compound sortBy`);
  if (singleSortPath(sortBy) === undefined) {
    throw failedToParse(`${name} requires a non-expression sortBy`);
  }
}

/** `{ input, unit }` of `$derivative` and `$integral`. */
function parseUnitOperand(call: WindowCall): UnitOperand {
  const { name, operand } = call;
  assertSingleSort(call);
  const bounds = windowOf(call);
  if (!(operand instanceof Map)) {
    throw failedToParse(
      `${name} expects an object, but got a ${bsonTypeName(operand)}: ${formatValue(operand)}`,
    );
  }
  for (const argument of operand.keys()) {
    if (argument !== 'input' && argument !== 'unit') {
      throw failedToParse(`${name} got unexpected argument: ${argument}`);
    }
  }
  const unitMilliseconds = unitOf(operand);
  const input = operand.get('input');
  if (input === undefined) throw failedToParse(`${name} requires an 'input' expression`);
  return { input: compileInput(input, call), unitMilliseconds, bounds };
}

function unitOf(operand: BsonDocument): NumericValue | undefined {
  const value = operand.get('unit');
  if (value === undefined) return undefined;
  const milliseconds = MILLISECONDS_IN[timeUnitOf(value)];
  if (milliseconds !== undefined) return Long.fromNumber(milliseconds);
  // Longer units are not of one length.
  throw new MongoServerError(5490710, "unit must be 'week' or smaller");
}

function assertTimes(left: MaybeValue, right: MaybeValue, hasUnit: boolean): void {
  if (hasUnit) {
    if (left instanceof Date && right instanceof Date) return;
    throw new MongoServerError(
      5624900,
      "$derivative with 'unit' expects the sortBy field to be a Date",
    );
  }
  if (left instanceof Date || right instanceof Date) {
    throw new MongoServerError(
      5624901,
      "$derivative where the sortBy is a Date requires an 'unit'",
    );
  }
  if (isNumeric(left) && isNumeric(right)) return;
  throw new MongoServerError(
    5624902,
    "$derivative (with no 'unit') expects the sortBy field to be numeric",
  );
}

/**
 * `$derivative`: the slope between the ends of the window.
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/derivative/
 */
export function compileDerivative(call: WindowCall): WindowFunction {
  const { input, unitMilliseconds, bounds } = parseUnitOperand(call);
  if (!call.options.has('window')) {
    throw failedToParse('$derivative requires explicit window bounds');
  }
  return {
    start: (partition) => {
      const windowAt = createWindowFinder(bounds, partition);
      const inputAt = (index: number): MaybeValue =>
        input.evaluate({ root: partition.documents[index]! });
      return (index) => {
        const ends = windowAt(index);
        if (!ends) return null;
        const [left, right] = ends;
        const [leftTime, rightTime] = [partition.sortValues[left], partition.sortValues[right]];
        assertTimes(leftTime, rightTime, unitMilliseconds !== undefined);
        const run = subtractValues(rightTime, leftTime);
        const rise = subtractValues(inputAt(right), inputAt(left));
        if (!isNumeric(rise) || !isNumeric(run)) {
          throw new MongoServerError(5624903, '$derivative input must not be null or missing');
        }
        if (isZeroNumber(run)) return null;
        const slope = divide(rise, run);
        return unitMilliseconds ? multiply(slope, unitMilliseconds) : slope;
      };
    },
  };
}

interface Point {
  readonly x: NumericValue | Date;
  readonly y: NumericValue;
}

function pointOf(x: MaybeValue, y: MaybeValue, hasUnit: boolean): Point {
  if (!isNumeric(y) || !(isNumeric(x) || x instanceof Date)) {
    throw new MongoServerError(
      5423900,
      'The input value of $integral window function must be a vector of 2 value, the first value must be numeric or date type and the second must be numeric.',
    );
  }
  if (hasUnit && !(x instanceof Date)) {
    throw new MongoServerError(
      5423901,
      "$integral with 'outputUnit' expects the sortBy field to be a Date",
    );
  }
  if (!hasUnit && !isNumeric(x)) {
    throw new MongoServerError(
      5423902,
      "$integral (with no 'outputUnit') expects the sortBy field to be numeric",
    );
  }
  return { x, y };
}

function isNotANumber({ x, y }: Point): boolean {
  return Number.isNaN(toDouble(y)) || (isNumeric(x) && Number.isNaN(toDouble(x)));
}

/** The area between two points by the trapezoidal rule. */
function areaBetween(left: Point, right: Point): NumericValue {
  const width = subtractValues(right.x, left.x) as NumericValue;
  return divide(multiply(addNumbers(left.y, right.y), width), new Double(2));
}

/**
 * `$integral`: the area below the points of the window.
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/integral/
 */
export function compileIntegral(call: WindowCall): WindowFunction {
  const { input, unitMilliseconds, bounds } = parseUnitOperand(call);
  return {
    start: (partition) => {
      const windowAt = createWindowFinder(bounds, partition);
      const pointAt = (index: number): Point =>
        pointOf(
          partition.sortValues[index],
          input.evaluate({ root: partition.documents[index]! }),
          unitMilliseconds !== undefined,
        );
      return (index) => {
        const ends = windowAt(index);
        if (!ends) return null;
        const [first, last] = ends;
        const area = new NumberSum();
        let previous = pointAt(first);
        let hasNaN = isNotANumber(previous);
        for (let position = first + 1; position <= last; position += 1) {
          const point = pointAt(position);
          hasNaN ||= isNotANumber(point);
          area.add(areaBetween(previous, point));
          previous = point;
        }
        if (hasNaN) return new Double(NaN);
        return unitMilliseconds ? divide(area.total(), unitMilliseconds) : area.total();
      };
    },
  };
}
