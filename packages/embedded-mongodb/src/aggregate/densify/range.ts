import { MongoServerError } from '../../errors';
import { addUnits } from '../../expression/date-units';
import type { TimeUnit } from '../../expression/date-arguments';
import { asBigInt } from '../../expression/numeric';
import { UTC } from '../../expression/time-zone';
import { bsonTypeNumber } from '../../values/bson-types';
import { compareValues } from '../../values/compare';
import {
  addNumbers,
  isNumeric,
  isZeroNumber,
  modulo,
  subtract,
  toDouble,
} from '../../values/numbers';
import type { BsonDocument, NumericValue, Value } from '../../values/types';
import { checkFields } from '../stage-fields';
import { timeUnitOf } from '../window/bounds';

/** What a densified field holds. */
export type DensifyValue = NumericValue | Date;

export type DensifyBounds =
  'full' | 'partition' | { readonly lower: DensifyValue; readonly upper: DensifyValue };

const FIELDS = {
  step: { type: 'any' },
  bounds: { type: 'any' },
  unit: { type: 'string', optional: true },
} as const;

const UNEVEN_UNITS = new Set<TimeUnit>(['month', 'quarter', 'year']);

/** The distance between two values, and between which values there are to be no gaps. */
export class DensifyRange {
  constructor(
    readonly step: NumericValue,
    readonly bounds: DensifyBounds,
    readonly unit: TimeUnit | undefined,
  ) {}

  next(value: DensifyValue): DensifyValue {
    return this.moved(value, 1);
  }

  previous(value: DensifyValue): DensifyValue {
    return this.moved(value, -1);
  }

  /** Whether a whole number of steps leads from one value to the other. */
  isOnStep(value: DensifyValue, base: DensifyValue): boolean {
    if (!(value instanceof Date) || !(base instanceof Date)) {
      const distance = subtract(value as NumericValue, base as NumericValue);
      return isZeroNumber(modulo(distance, this.step));
    }
    if (!this.unit || !UNEVEN_UNITS.has(this.unit)) {
      const size = (this.next(new Date(0)) as Date).getTime();
      return (value.getTime() - base.getTime()) % size === 0;
    }
    let stepped = base;
    while (stepped < value) stepped = this.next(stepped) as Date;
    return stepped.getTime() === value.getTime();
  }

  private moved(value: DensifyValue, sign: 1 | -1): DensifyValue {
    if (value instanceof Date) return addUnits(value, this.unit!, sign * toDouble(this.step), UTC);
    return sign === 1 ? addNumbers(value, this.step) : subtract(value, this.step);
  }
}

function explicitBounds(
  [lower, upper, ...others]: readonly Value[],
  step: NumericValue,
  unit: TimeUnit | undefined,
): DensifyBounds {
  if (lower === undefined || upper === undefined || others.length > 0) {
    throw new MongoServerError(
      5733403,
      'A bounding array in a range statement must have exactly two elements',
    );
  }
  if (compareValues(lower, upper) > 0) {
    throw new MongoServerError(
      5733402,
      'A bounding array must be an ascending array of either two dates or two numbers',
    );
  }
  const mixed = 'A bounding array must contain either both dates or both numeric types';
  if (isNumeric(lower)) {
    if (unit) throw new MongoServerError(5733409, 'Numeric bounds may not have unit parameter');
    if (!isNumeric(upper)) throw new MongoServerError(5733406, mixed);
    const type = bsonTypeNumber(step);
    if (bsonTypeNumber(lower) !== type || bsonTypeNumber(upper) !== type) {
      throw new MongoServerError(
        5876900,
        'Upper bound, lower bound, and step must all have the same type',
      );
    }
    return { lower, upper };
  }
  if (!(lower instanceof Date)) {
    throw new MongoServerError(5946800, 'Explicit bounds must be numeric or dates');
  }
  if (!(upper instanceof Date)) throw new MongoServerError(5733405, mixed);
  if (!unit) throw new MongoServerError(5733410, 'A bounding array of dates must specify a unit');
  return { lower, upper };
}

function boundsOf(value: Value, step: NumericValue, unit: TimeUnit | undefined): DensifyBounds {
  if (Array.isArray(value)) return explicitBounds(value, step, unit);
  if (value === 'full' || value === 'partition') return value;
  if (typeof value === 'string') {
    throw new MongoServerError(5946802, "Bounds string must either be 'full' or 'partition'");
  }
  throw new MongoServerError(
    5733404,
    "The bounds in a range statement must be the string 'full', 'partition', or an ascending array of two numbers or two dates",
  );
}

/**
 * Reads the `range` of a `$densify`.
 * @throws MongoServerError 40414, 40415, 14, 9, 6586400, 5733401 to 5733410, 5876900, 5946800, 5946802
 */
export function parseDensifyRange(specification: BsonDocument): DensifyRange {
  checkFields('$densify.range', specification, FIELDS);
  const step = specification.get('step');
  if (!isNumeric(step) || !(toDouble(step) > 0)) {
    throw new MongoServerError(
      5733401,
      'The step parameter in a range statement must be a strictly positive numeric value',
    );
  }
  const unitName = specification.get('unit');
  if (unitName !== undefined && asBigInt(step) === undefined) {
    throw new MongoServerError(
      6586400,
      'The step parameter in a range statement must be a whole number when densifying a date range',
    );
  }
  const unit = unitName === undefined ? undefined : timeUnitOf(unitName);
  return new DensifyRange(step, boundsOf(specification.get('bounds')!, step, unit), unit);
}
