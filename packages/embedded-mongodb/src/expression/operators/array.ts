import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { binary, isNullish, ordered, unary, variadic } from '../build';
import { formatValue } from '../format';
import { assertArrayFits } from '../growth';
import { asIntegerNumber, isNumber, toNumber } from '../numeric';
import type { OperatorTable } from '../types';

function elementAt(array: MaybeValue, position: MaybeValue): MaybeValue {
  if (isNullish(array) || isNullish(position)) return null;
  if (!Array.isArray(array)) {
    throw new MongoServerError(
      28689,
      `$arrayElemAt's first argument must be an array, but is ${bsonTypeName(array)}`,
    );
  }
  if (!isNumber(position)) {
    throw new MongoServerError(
      28690,
      `$arrayElemAt's second argument must be a numeric value, but is ${bsonTypeName(position)}`,
    );
  }
  const index = asIntegerNumber(position, 32);
  if (index === undefined) {
    throw new MongoServerError(
      28691,
      `$arrayElemAt's second argument must be representable as a 32-bit integer: ${toNumber(position)}`,
    );
  }
  return array[index < 0 ? array.length + index : index];
}

function edgeElement(position: 'first' | 'last') {
  return (array: MaybeValue, name: string): MaybeValue => {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoServerError(
        28689,
        `${name}'s argument must be an array, but is ${bsonTypeName(array)}`,
      );
    }
    return array[position === 'first' ? 0 : array.length - 1];
  };
}

function concatenate(arrays: MaybeValue[]): MaybeValue {
  const result: Value[] = [];
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoServerError(
        28664,
        `$concatArrays only supports arrays, not ${bsonTypeName(array)}`,
      );
    }
    assertArrayFits(result.length + array.length, '$concatArrays');
    for (const value of array) result.push(value);
  }
  return result;
}

function size(array: MaybeValue): MaybeValue {
  if (Array.isArray(array)) return new Int32(array.length);
  throw new MongoServerError(
    17124,
    `The argument to $size must be an array, but was of type: ${bsonTypeName(array)}`,
  );
}

function reverse(array: MaybeValue): MaybeValue {
  if (isNullish(array)) return null;
  if (Array.isArray(array)) return array.toReversed();
  throw new MongoServerError(
    34435,
    `The argument to $reverseArray must be an array, but was of type: ${bsonTypeName(array)}`,
  );
}

function contains(value: MaybeValue, array: MaybeValue, { compare }: ValueOrder): MaybeValue {
  if (!Array.isArray(array)) {
    throw new MongoServerError(
      40081,
      `$in requires an array as a second argument, found: ${bsonTypeName(array)}`,
    );
  }
  return array.some((element) => compare(element, value) === 0);
}

function searchBound(value: MaybeValue, position: 'starting' | 'ending'): number {
  const index = asIntegerNumber(value, 32);
  if (index === undefined) {
    throw new MongoServerError(
      40096,
      `$indexOfArray requires an integral ${position} index, found a value of type: ${bsonTypeName(value)}, with value: ${formatValue(value)}`,
    );
  }
  if (index >= 0) return index;
  throw new MongoServerError(
    40097,
    `$indexOfArray requires a nonnegative ${position} index, found: ${index}`,
  );
}

function indexOf(operands: MaybeValue[], { compare }: ValueOrder): MaybeValue {
  const [array, sought, start, end] = operands;
  const bounds = operands.length;
  if (isNullish(array)) return null;
  if (!Array.isArray(array)) {
    throw new MongoServerError(
      40090,
      `$indexOfArray requires an array as a first argument, found: ${bsonTypeName(array)}`,
    );
  }
  const from = bounds > 2 ? searchBound(start, 'starting') : 0;
  const to = bounds > 3 ? Math.min(searchBound(end, 'ending'), array.length) : array.length;
  for (let index = from; index < to; index += 1) {
    if (compare(array[index], sought) === 0) return new Int32(index);
  }
  return new Int32(-1);
}

function pairOf(element: Value, asPairs: boolean): [string, Value] {
  if (asPairs) return pairOfArray(element);
  if (!(element instanceof Map)) {
    throw new MongoServerError(
      40391,
      `$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Object was detected, now found: ${bsonTypeName(element)}`,
    );
  }
  if (element.size !== 2) {
    throw new MongoServerError(
      40392,
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:${element.size}`,
    );
  }
  const key = element.get('k');
  const value = element.get('v');
  if (key === undefined || value === undefined) {
    throw new MongoServerError(
      40393,
      `$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys from: ${formatValue(element)}`,
    );
  }
  if (typeof key === 'string') return [key, value];
  throw new MongoServerError(
    40394,
    `$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string. Found type: ${bsonTypeName(key)}`,
  );
}

function pairOfArray(element: Value): [string, Value] {
  if (!Array.isArray(element)) {
    throw new MongoServerError(
      40396,
      `$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Array was detected, now found: ${bsonTypeName(element)}`,
    );
  }
  if (element.length !== 2) {
    throw new MongoServerError(
      40397,
      `$arrayToObject requires an array of size 2 arrays,found array of size: ${element.length}`,
    );
  }
  const [key, value] = element as [Value, Value];
  if (typeof key === 'string') return [key, value];
  throw new MongoServerError(
    40395,
    `$arrayToObject requires an array of key-value pairs, where the key must be of type string. Found key type: ${bsonTypeName(key)}`,
  );
}

function toObject(array: MaybeValue): MaybeValue {
  if (isNullish(array)) return null;
  if (!Array.isArray(array)) {
    throw new MongoServerError(
      40386,
      `$arrayToObject requires an array input, found: ${bsonTypeName(array)}`,
    );
  }
  const result: BsonDocument = new Map();
  const [first] = array;
  if (first === undefined) return result;
  if (!Array.isArray(first) && !(first instanceof Map)) {
    throw new MongoServerError(
      40398,
      `Unrecognised input type format for $arrayToObject: ${bsonTypeName(first)}`,
    );
  }
  for (const element of array) {
    const [key, value] = pairOf(element, Array.isArray(first));
    if (key.includes('\0')) {
      throw new MongoServerError(4940400, 'Key field cannot contain an embedded null byte');
    }
    result.set(key, value);
  }
  return result;
}

export const ARRAY_OPERATORS: OperatorTable = {
  $arrayElemAt: binary(elementAt),
  $arrayToObject: unary(toObject),
  $concatArrays: variadic(concatenate),
  $first: unary(edgeElement('first')),
  $in: ordered((order) => binary((value, array) => contains(value, array, order))),
  $indexOfArray: ordered((order) => variadic((values) => indexOf(values, order), 2, 4)),
  $isArray: unary((value) => Array.isArray(value)),
  $last: unary(edgeElement('last')),
  $reverseArray: unary(reverse),
  $size: unary(size),
};
