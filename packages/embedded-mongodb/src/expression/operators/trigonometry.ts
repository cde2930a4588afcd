import { Decimal128, Double } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import { isNumeric, toDouble } from '../../values/numbers';
import type { MaybeValue } from '../../values/types';
import { binary, isNullish } from '../build';
import { unsupportedDecimal } from '../decimal-functions';
import type { OperatorCompiler, OperatorTable } from '../types';
import { numericUnary } from './arithmetic';

interface Domain {
  readonly lower: number;
  readonly upper: number;
  readonly text: string;
}

const EVERYTHING: Domain = { lower: -Infinity, upper: Infinity, text: '[-inf,inf]' };
const CLOSED_UNIT: Domain = { lower: -1, upper: 1, text: '[-1,1]' };
const FROM_ONE: Domain = { lower: 1, upper: Infinity, text: '[1,inf]' };
const FINITE: Domain = {
  lower: -Number.MAX_VALUE,
  upper: Number.MAX_VALUE,
  text: '(-inf,inf)',
};

function boundText(value: number): string {
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : String(value);
}

function trigonometric(apply: (value: number) => number, domain: Domain): OperatorCompiler {
  return numericUnary((value, name) => {
    const number = toDouble(value);
    if (number < domain.lower || number > domain.upper) {
      throw new MongoServerError(
        50989,
        `cannot apply ${name} to ${boundText(number)}, value must be in ${domain.text}`,
      );
    }
    if (value instanceof Decimal128) throw unsupportedDecimal(name);
    return new Double(apply(number));
  });
}

function arcTangent(y: MaybeValue, x: MaybeValue): MaybeValue {
  if (isNullish(y) || isNullish(x)) return null;
  if (!isNumeric(y)) {
    throw new MongoServerError(51044, `$atan2 only supports numeric types, not ${bsonTypeName(y)}`);
  }
  if (!isNumeric(x)) {
    throw new MongoServerError(51045, `$atan2 only supports numeric types, not ${bsonTypeName(x)}`);
  }
  if (y instanceof Decimal128 || x instanceof Decimal128) throw unsupportedDecimal('$atan2');
  return new Double(Math.atan2(toDouble(y), toDouble(x)));
}

export const TRIGONOMETRY_OPERATORS: OperatorTable = {
  $acos: trigonometric(Math.acos, CLOSED_UNIT),
  $acosh: trigonometric(Math.acosh, FROM_ONE),
  $asin: trigonometric(Math.asin, CLOSED_UNIT),
  $asinh: trigonometric(Math.asinh, EVERYTHING),
  $atan: trigonometric(Math.atan, EVERYTHING),
  $atan2: binary(arcTangent),
  $atanh: trigonometric(Math.atanh, CLOSED_UNIT),
  $cos: trigonometric(Math.cos, FINITE),
  $cosh: trigonometric(Math.cosh, EVERYTHING),
  $degreesToRadians: trigonometric((degrees) => degrees * (Math.PI / 180), EVERYTHING),
  $radiansToDegrees: trigonometric((radians) => radians * (180 / Math.PI), EVERYTHING),
  $sin: trigonometric(Math.sin, FINITE),
  $sinh: trigonometric(Math.sinh, EVERYTHING),
  $tan: trigonometric(Math.tan, FINITE),
  $tanh: trigonometric(Math.tanh, EVERYTHING),
};
