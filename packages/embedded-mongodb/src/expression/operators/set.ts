import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { MaybeValue, Value } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { binary, isNullish, ordered, unary, variadic } from '../build';
import { assertArrayFits } from '../growth';
import { isTruthy } from '../truth';
import type { OperatorTable } from '../types';

type KeyOf = ReturnType<ValueOrder['createKeys']>;

function asSet(array: readonly Value[], keyOf: KeyOf): Map<string, Value> {
  const set = new Map<string, Value>();
  for (const value of array) {
    const key = keyOf(value);
    if (!set.has(key)) set.set(key, value);
  }
  return set;
}

/** Sets are answered in the order of their values, as the server's ordered set does. */
function sorted(set: ReadonlyMap<string, Value>, { compare }: ValueOrder): Value[] {
  return [...set.values()].sort(compare);
}

function difference(left: MaybeValue, right: MaybeValue, order: ValueOrder): MaybeValue {
  if (isNullish(left) || isNullish(right)) return null;
  const fault = (code: number, which: string, value: Value): MongoServerError =>
    new MongoServerError(
      code,
      `both operands of $setDifference must be arrays. ${which} argument is of type: ${bsonTypeName(value)}`,
    );
  if (!Array.isArray(left)) throw fault(17048, 'First', left);
  if (!Array.isArray(right)) throw fault(17049, 'Second', right);
  const keyOf = order.createKeys();
  const excluded = asSet(right, keyOf);
  return [...asSet(left, keyOf)].filter(([key]) => !excluded.has(key)).map(([, value]) => value);
}

function equals(arrays: MaybeValue[], order: ValueOrder): MaybeValue {
  const keyOf = order.createKeys();
  const sets = arrays.map((array) => {
    if (Array.isArray(array)) return asSet(array, keyOf);
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

function intersection(arrays: MaybeValue[], order: ValueOrder): MaybeValue {
  const keyOf = order.createKeys();
  let common: Map<string, Value> | undefined;
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoServerError(
        17047,
        `All operands of $setIntersection must be arrays. One argument is of type: ${bsonTypeName(array)}`,
      );
    }
    const set = asSet(array, keyOf);
    common = common ? new Map([...common].filter(([key]) => set.has(key))) : set;
  }
  return sorted(common ?? new Map(), order);
}

function union(arrays: MaybeValue[], order: ValueOrder): MaybeValue {
  const keyOf = order.createKeys();
  const all = new Map<string, Value>();
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoServerError(
        17043,
        `All operands of $setUnion must be arrays. One argument is of type: ${bsonTypeName(array)}`,
      );
    }
    for (const [key, value] of asSet(array, keyOf)) if (!all.has(key)) all.set(key, value);
    assertArrayFits(all.size, '$setUnion');
  }
  return sorted(all, order);
}

function isSubset(left: MaybeValue, right: MaybeValue, order: ValueOrder): MaybeValue {
  const fault = (code: number, which: string, value: MaybeValue): MongoServerError =>
    new MongoServerError(
      code,
      `both operands of $setIsSubset must be arrays. ${which} argument is of type: ${bsonTypeName(value)}`,
    );
  if (!Array.isArray(left)) throw fault(17046, 'First', left);
  if (!Array.isArray(right)) throw fault(17042, 'Second', right);
  const keyOf = order.createKeys();
  const whole = asSet(right, keyOf);
  return left.every((value) => whole.has(keyOf(value)));
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
  $setDifference: ordered((order) => binary((left, right) => difference(left, right, order))),
  $setEquals: ordered((order) => (call) => {
    const count = Array.isArray(call.operand) ? call.operand.length : 1;
    if (count < 2) {
      throw new MongoServerError(17045, `$setEquals needs at least two arguments had: ${count}`);
    }
    return variadic((arrays) => equals(arrays, order))(call);
  }),
  $setIntersection: ordered((order) => variadic((arrays) => intersection(arrays, order))),
  $setIsSubset: ordered((order) => binary((left, right) => isSubset(left, right, order))),
  $setUnion: ordered((order) => variadic((arrays) => union(arrays, order))),
};
