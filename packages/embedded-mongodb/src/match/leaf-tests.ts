import { Binary, BSONRegExp, BSONSymbol, Double, Int32, ObjectId } from 'bson';
import { bsonTypeNumber, isNumeric } from '../values/bson-types';
import {
  CANONICAL_TYPE,
  canonicalType,
  compareNumbers,
  compareWithinBracket,
  valuesEqual,
} from '../values/compare';
import { valueKey } from '../values/key';
import { exactDouble } from '../values/number-order';
import { compareObjectIds } from '../values/object-id';
import { isIntegralNumber, toBigInteger, toDouble } from '../values/numbers';
import type { MaybeValue, NumericValue, Value } from '../values/types';
import type { CompiledRegex } from './regex';
import { withinLimit } from './regex-limit';
import type { BitTest, ElementTest, Predicate } from './types';

type ValueTest = (value: MaybeValue) => boolean;

type LeafPredicate = Exclude<
  Predicate,
  { op: 'ne' | 'nin' | 'not' | 'all' | 'elemMatchValue' | 'elemMatchObject' | 'collated' }
>;

/** The test of an operator that looks at one value alone. */
export function compileLeafTest(predicate: LeafPredicate): ElementTest {
  switch (predicate.op) {
    case 'eq':
      return equalityTest(predicate.value);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return rangeTest(predicate.op, predicate.value);
    case 'in':
      return inTest(predicate.values, predicate.regexes);
    case 'exists': {
      const { exists } = predicate;
      return (value) => (value !== undefined) === exists;
    }
    case 'type': {
      const { types } = predicate;
      return (value) => value !== undefined && types.has(bsonTypeNumber(value));
    }
    case 'regex':
      return regexTest(predicate.regex);
    case 'mod':
      return modTest(predicate.divisor, predicate.remainder);
    case 'size': {
      const { size } = predicate;
      return (value) => Array.isArray(value) && value.length === size;
    }
    case 'bits':
      return bitTest(predicate.test);
  }
}

function equalityTest(expected: Value): ValueTest {
  if (typeof expected === 'string') {
    return (value) =>
      value === expected || (value instanceof BSONSymbol && value.value === expected);
  }
  if (expected === null) return (value) => value === null || value === undefined;
  if (typeof expected === 'boolean') return (value) => value === expected;
  if (expected instanceof ObjectId) {
    return (value) => value instanceof ObjectId && compareObjectIds(value, expected) === 0;
  }
  if (isNumeric(expected)) return numberEqualityTest(expected);
  return (value) => valuesEqual(value, expected);
}

function numberEqualityTest(expected: NumericValue): ValueTest {
  const exact = exactDouble(expected);
  if (exact === undefined || Number.isNaN(exact)) {
    return (value) => isNumeric(value) && compareNumbers(value, expected) === 0;
  }
  return (value) => {
    if (value instanceof Int32 || value instanceof Double) return value.value === exact;
    return isNumeric(value) && compareNumbers(value, expected) === 0;
  };
}

const ACCEPTED_SIGNS = {
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
} as const;

/**
 * A range comparison matches values of the operand's own sort bracket only ("type bracketing"),
 * except against MinKey and MaxKey, which are below and above everything else. NaN is in no range
 * but its own.
 */
function rangeTest(op: 'lt' | 'lte' | 'gt' | 'gte', operand: Value): ValueTest {
  const accepts = ACCEPTED_SIGNS[op];
  const acceptsEqual = op === 'lte' || op === 'gte';
  const bracket = canonicalType(operand);
  if (operand === null) return (value) => acceptsEqual && (value === null || value === undefined);
  if (isNumeric(operand)) return numberRangeTest(operand, accepts, acceptsEqual);
  if (bracket === CANONICAL_TYPE.MIN_KEY || bracket === CANONICAL_TYPE.MAX_KEY) {
    const acceptsOthers = (bracket === CANONICAL_TYPE.MAX_KEY) === (op === 'lt' || op === 'lte');
    return (value) => (canonicalType(value) === bracket ? acceptsEqual : acceptsOthers);
  }
  return (value) =>
    value !== undefined &&
    canonicalType(value) === bracket &&
    accepts(compareWithinBracket(bracket, value, operand));
}

function numberRangeTest(
  operand: NumericValue,
  accepts: (order: number) => boolean,
  acceptsEqual: boolean,
): ValueTest {
  if (Number.isNaN(toDouble(operand))) {
    return (value) => acceptsEqual && isNumeric(value) && Number.isNaN(toDouble(value));
  }
  return (value) =>
    isNumeric(value) && !isNaNNumber(value) && accepts(compareNumbers(value, operand));
}

function isNaNNumber(value: NumericValue): boolean {
  if (value instanceof Int32) return false;
  return Number.isNaN(value instanceof Double ? value.value : toDouble(value));
}

const FEW = 4;

function inTest(values: readonly Value[], regexes: readonly CompiledRegex[]): ValueTest {
  const equality = values.length <= FEW ? anyOf(values.map(equalityTest)) : setTest(values);
  if (regexes.length === 0) return equality;
  return anyOf([equality, ...regexes.map(regexTest)]);
}

function anyOf(tests: readonly ValueTest[]): ValueTest {
  if (tests.length === 1 && tests[0] !== undefined) return tests[0];
  return (value) => {
    for (const test of tests) {
      if (test(value)) return true;
    }
    return false;
  };
}

function setTest(values: readonly Value[]): ValueTest {
  const keys = new Set(values.map(valueKey));
  const hasNull = values.includes(null);
  return (value) => (value === undefined ? hasNull : keys.has(valueKey(value)));
}

function regexTest({ pattern, options, expression, hazard }: CompiledRegex): ValueTest {
  const accepts = (text: string): boolean => withinLimit(hazard, text, () => expression.test(text));
  return (value) => {
    if (typeof value === 'string') return accepts(value);
    if (value instanceof BSONSymbol) return accepts(value.value);
    return value instanceof BSONRegExp && value.pattern === pattern && value.options === options;
  };
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function modTest(divisor: bigint, remainder: bigint): ValueTest {
  const smallDivisor = Number(divisor);
  const smallRemainder = Number(remainder);
  const isSmall = Number.isSafeInteger(smallDivisor) && Number.isSafeInteger(smallRemainder);
  return (value) => {
    if (isSmall && value instanceof Int32)
      return (value.value % smallDivisor) + 0 === smallRemainder;
    if (!isNumeric(value)) return false;
    const dividend = toBigInteger(value);
    if (dividend === undefined || dividend < INT64_MIN || dividend > INT64_MAX) return false;
    return dividend % divisor === remainder;
  };
}

function bitTest({ name, positions }: BitTest): ValueTest {
  const wantsSet = name === '$bitsAllSet' || name === '$bitsAnySet';
  const wantsAll = name === '$bitsAllSet' || name === '$bitsAllClear';
  const decide = (isSet: (position: number) => boolean): boolean => {
    const holds = (position: number): boolean => isSet(position) === wantsSet;
    return wantsAll ? positions.every(holds) : positions.some(holds);
  };
  return (value) => {
    if (value instanceof Binary) return decide(bitsOfBytes(value.value()));
    if (!isNumeric(value) || !isIntegralNumber(value)) return false;
    const integer = toBigInteger(value);
    if (integer === undefined || integer < INT64_MIN || integer > INT64_MAX) return false;
    // The sign extends for ever, so a position above 63 is the sign bit.
    return decide((position) => ((integer >> BigInt(Math.min(position, 63))) & 1n) === 1n);
  };
}

function bitsOfBytes(bytes: Uint8Array): (position: number) => boolean {
  return (position) => ((bytes[position >> 3] ?? 0) & (1 << (position & 7))) !== 0;
}
