import { MongoServerError } from '../../errors';
import { bsonTypeName, compareValues } from '../../values/compare';
import { valueKey } from '../../values/key';
import type { MaybeValue, Value } from '../../values/types';
import { binary, isNullish, unary, variadic } from '../build';
import { assertArrayFits } from '../growth';
import { isTruthy } from '../truth';
import type { OperatorTable } from '../types';

function asSet(array: readonly Value[]): Map<string, Value> {
  const set = new Map<string, Value>();
  for (const value of array) {
    const key = valueKey(value);
    if (!set.has(key)) set.set(key, value);
  }
  return set;
}

/** Sets are answered in the order of their values, as the server's ordered set does. */
function sorted(set: ReadonlyMap<string, Value>): Value[] {
  return [...set.values()].sort(compareValues);
}

function difference(left: MaybeValue, right: MaybeValue): MaybeValue {
  if (isNullish(left) || isNullish(right)) return null;
  const fault = (code: number, which: string, value: Value): MongoServerError =>
    new MongoServerError(
      code,
      `both operands of $setDifference must be arrays. ${which} argument is of type: ${bsonTypeName(value)}`,
    );
  if (!Array.isArray(left)) throw fault(17048, 'First', left);
  if (!Array.isArray(right)) throw fault(17049, 'Second', right);
  const excluded = asSet(right);
  return [...asSet(left)].filter(([key]) => !excluded.has(key)).map(([, value]) => value);
}

function equals(arrays: MaybeValue[]): MaybeValue {
  const sets = arrays.map((array) => {
    if (Array.isArray(array)) return asSet(array);
    throw new MongoServerError(
      17044,
      `All operands of $setEquals must be arrays. One argument is of type: ${bsonTypeName(array)}`,
    );
  });
  const [first, ...others] = sets;
  return others.every(
    (other) => other.size === first!.size && [...other.keys()].every((key) => first!.has(key)),
  );
}

function intersection(arrays: MaybeValue[]): MaybeValue {
  let common: Map<string, Value> | undefined;
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoServerError(
        17047,
        `All operands of $setIntersection must be arrays. One argument is of type: ${bsonTypeName(array)}`,
      );
    }
    const set = asSet(array);
    common = common ? new Map([...common].filter(([key]) => set.has(key))) : set;
  }
  return sorted(common ?? new Map());
}

function union(arrays: MaybeValue[]): MaybeValue {
  const all = new Map<string, Value>();
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoServerError(
        17043,
        `All operands of $setUnion must be arrays. One argument is of type: ${bsonTypeName(array)}`,
      );
    }
    for (const [key, value] of asSet(array)) if (!all.has(key)) all.set(key, value);
    assertArrayFits(all.size, '$setUnion');
  }
  return sorted(all);
}

function isSubset(left: MaybeValue, right: MaybeValue): MaybeValue {
  const fault = (code: number, which: string, value: MaybeValue): MongoServerError =>
    new MongoServerError(
      code,
      `both operands of $setIsSubset must be arrays. ${which} argument is of type: ${bsonTypeName(value)}`,
    );
  if (!Array.isArray(left)) throw fault(17046, 'First', left);
  if (!Array.isArray(right)) throw fault(17042, 'Second', right);
  const whole = asSet(right);
  return left.every((value) => whole.has(valueKey(value)));
}

function elements(code: number, accepts: (array: Value[]) => boolean) {
  return (array: MaybeValue, name: string): MaybeValue => {
    if (Array.isArray(array)) return accepts(array);
    throw new MongoServerError(
      code,
      `${name}'s argument must be an array, but is ${bsonTypeName(array)}`,
    );
  };
}

export const SET_OPERATORS: OperatorTable = {
  $allElementsTrue: unary(elements(17040, (array) => array.every(isTruthy))),
  $anyElementTrue: unary(elements(17041, (array) => array.some(isTruthy))),
  $setDifference: binary(difference),
  $setEquals: (call) => {
    const count = Array.isArray(call.operand) ? call.operand.length : 1;
    if (count < 2) {
      throw new MongoServerError(17045, `$setEquals needs at least two arguments had: ${count}`);
    }
    return variadic(equals)(call);
  },
  $setIntersection: variadic(intersection),
  $setIsSubset: binary(isSubset),
  $setUnion: variadic(union),
};
