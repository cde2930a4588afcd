import { Decimal128, Double, Long } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import {
  decimalFromParts,
  decimalParts,
  exactPartsOfDouble,
  partsToDouble,
} from '../../values/decimal';
import { isNumeric, toDecimalParts, toDouble } from '../../values/numbers';
import type { MaybeValue, NumericValue } from '../../values/types';
import { binary, isNullish, variadic } from '../build';
import { numberText } from '../number-text';
import {
  quantizeParts,
  squareRootOfDecimal,
  unsupportedDecimal,
  type RoundingMode,
} from '../decimal-functions';
import { asBigInt, integerValue } from '../numeric';
import type { OperatorTable } from '../types';
import { numericUnary } from './arithmetic';

function toWhole(mode: 'up' | 'down', onDouble: (value: number) => number) {
  return numericUnary((value) => {
    if (value instanceof Double) return new Double(onDouble(value.value));
    if (!(value instanceof Decimal128)) return value;
    return decimalFromParts(quantizeParts(decimalParts(value), 0, mode));
  });
}

function placesOf(value: MaybeValue, name: string): number | undefined {
  if (isNullish(value)) return undefined;
  const places = asBigInt(value);
  if (places === undefined) {
    throw new MongoServerError(51082, `precision argument to  ${name} must be a integral value`);
  }
  if (places < -20n || places > 100n) {
    throw new MongoServerError(
      51083,
      `cannot apply ${name} with precision value ${places} value must be in [-20, 100]`,
    );
  }
  return Number(places);
}

function roundToPlaces(
  value: NumericValue,
  places: number,
  mode: RoundingMode,
  name: string,
): NumericValue {
  if (value instanceof Decimal128) {
    return decimalFromParts(quantizeParts(decimalParts(value), -places, mode));
  }
  if (value instanceof Double) {
    if (!Number.isFinite(value.value)) return value;
    const rounded = quantizeParts(exactPartsOfDouble(value.value), -places, mode);
    // More places than a double has digits for change nothing.
    return rounded.kind === 'nan' ? value : new Double(partsToDouble(rounded));
  }
  if (places >= 0) return value;
  const rounded = quantizeParts(toDecimalParts(value), -places, mode);
  const result = rounded.coefficient * 10n ** BigInt(-places) * (rounded.negative ? -1n : 1n);
  if (BigInt.asIntN(64, result) !== result) {
    throw new MongoServerError(
      51080,
      `invalid conversion from Decimal128 result in ${name} resulting from arguments: [${value.toString()}, ${places}]`,
    );
  }
  return value instanceof Long ? Long.fromBigInt(result) : integerValue(result);
}

function rounding(mode: RoundingMode) {
  return variadic(
    (values, name) => {
      const [value, precision] = values;
      if (isNullish(value)) return null;
      if (!isNumeric(value)) {
        throw new MongoServerError(
          51081,
          `${name} only supports numeric types, not ${bsonTypeName(value)}`,
        );
      }
      const places = values.length > 1 ? placesOf(precision, name) : 0;
      return places === undefined ? null : roundToPlaces(value, places, mode, name);
    },
    1,
    2,
  );
}

function onDoubles(apply: (value: number, name: string) => number) {
  return numericUnary((value, name) => {
    if (value instanceof Decimal128) throw unsupportedDecimal(name);
    return new Double(apply(toDouble(value), name));
  });
}

function positive(value: NumericValue, code: number, name: string, what = 'argument'): number {
  const number = toDouble(value);
  // NaN passes through: only a number that is known not to be positive is an error.
  if (!(number <= 0)) return number;
  throw new MongoServerError(
    code,
    `${name}'s ${what} must be a positive number, but is ${numberText(value)}`,
  );
}

function logarithm(value: MaybeValue, base: MaybeValue): MaybeValue {
  if (isNullish(value) || isNullish(base)) return null;
  if (!isNumeric(value)) {
    throw new MongoServerError(
      28756,
      `$log's argument must be numeric, not ${bsonTypeName(value)}`,
    );
  }
  if (!isNumeric(base)) {
    throw new MongoServerError(28757, `$log's base must be numeric, not ${bsonTypeName(base)}`);
  }
  const number = positive(value, 28758, '$log');
  const baseNumber = toDouble(base);
  if (baseNumber <= 0 || baseNumber === 1) {
    throw new MongoServerError(
      28759,
      `$log's base must be a positive number not equal to 1, but is ${numberText(base)}`,
    );
  }
  if (value instanceof Decimal128 || base instanceof Decimal128) throw unsupportedDecimal('$log');
  return new Double(Math.log(number) / Math.log(baseNumber));
}

function squareRoot(value: NumericValue): NumericValue {
  if (toDouble(value) < 0) {
    throw new MongoServerError(28714, "$sqrt's argument must be greater than or equal to 0");
  }
  return value instanceof Decimal128
    ? squareRootOfDecimal(value)
    : new Double(Math.sqrt(toDouble(value)));
}

export const ROUNDING_OPERATORS: OperatorTable = {
  $ceil: toWhole('up', Math.ceil),
  $exp: onDoubles(Math.exp),
  $floor: toWhole('down', Math.floor),
  $ln: numericUnary((value, name) => {
    const number = positive(value, 28766, name);
    if (value instanceof Decimal128) throw unsupportedDecimal(name);
    return new Double(Math.log(number));
  }),
  $log: binary(logarithm),
  $log10: numericUnary((value, name) => {
    const number = positive(value, 28761, name);
    if (value instanceof Decimal128) throw unsupportedDecimal(name);
    return new Double(Math.log10(number));
  }),
  $round: rounding('half-even'),
  $sqrt: numericUnary(squareRoot),
  $trunc: rounding('toward-zero'),
};
