import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { MaybeValue, Value } from '../../values/types';
import { foldConstant, isNullish, variadic } from '../build';
import { formatValue } from '../format';
import { assertArrayFits } from '../growth';
import { asIntegerNumber, isNumber } from '../numeric';
import type { Environment, Expression, OperatorCall, OperatorTable } from '../types';

function rangeBound(value: MaybeValue, what: string, codes: [number, number]): number {
  const [notNumeric, notIntegral] = codes;
  if (!isNumber(value)) {
    throw new MongoServerError(
      notNumeric,
      `$range requires a numeric ${what} value, found value of type:${bsonTypeName(value)}`,
    );
  }
  const bound = asIntegerNumber(value, 32);
  if (bound !== undefined) return bound;
  throw new MongoServerError(
    notIntegral,
    `$range requires ${what === 'ending' ? 'an' : 'a'} ${what} value that can be represented as a 32-bit integer, found value: ${formatValue(value)}`,
  );
}

function range(values: MaybeValue[]): MaybeValue {
  const start = rangeBound(values[0], 'starting', [34443, 34444]);
  const end = rangeBound(values[1], 'ending', [34445, 34446]);
  const step = values.length > 2 ? rangeBound(values[2], 'step', [34447, 34448]) : 1;
  if (step === 0) throw new MongoServerError(34449, '$range requires a non-zero step value');
  assertArrayFits((end - start) / step, '$range');
  const result: Value[] = [];
  for (let value = start; step > 0 ? value < end : value > end; value += step) {
    result.push(new Int32(value));
  }
  return result;
}

function sliceArgument(value: MaybeValue, position: 'Second' | 'Third'): number | undefined {
  if (isNullish(value)) return undefined;
  if (!isNumber(value)) {
    throw new MongoServerError(
      position === 'Second' ? 28725 : 28727,
      `${position} argument to $slice must be a numeric value, but is of type: ${bsonTypeName(value)}`,
    );
  }
  const number = asIntegerNumber(value, 32);
  if (number !== undefined) return number;
  throw new MongoServerError(
    position === 'Second' ? 28726 : 28728,
    `${position} argument to $slice can't be represented as a 32-bit integer: ${formatValue(value)}`,
  );
}

function slice(values: MaybeValue[]): MaybeValue {
  const [array, second, third] = values;
  if (isNullish(array) || isNullish(second)) return null;
  if (!Array.isArray(array)) {
    throw new MongoServerError(
      28724,
      `First argument to $slice must be an array, but is of type: ${bsonTypeName(array)}`,
    );
  }
  const number = sliceArgument(second, 'Second')!;
  if (values.length === 2) return number >= 0 ? array.slice(0, number) : array.slice(number);
  const count = sliceArgument(third, 'Third');
  if (count === undefined) return null;
  if (count <= 0) {
    throw new MongoServerError(
      28729,
      `Third argument to $slice must be positive: ${formatValue(third)}`,
    );
  }
  const start = number >= 0 ? number : Math.max(array.length + number, 0);
  return array.slice(start, start + count);
}

interface ZipParts {
  readonly inputs: readonly Expression[];
  readonly useLongest: boolean;
  readonly defaults: Expression | undefined;
}

function zipParts(call: OperatorCall): ZipParts {
  const { operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      34460,
      `$zip only supports an object as an argument, found ${bsonTypeName(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (!['inputs', 'useLongestLength', 'defaults'].includes(field)) {
      throw new MongoServerError(34464, `$zip found an unknown argument: ${field}`);
    }
  }
  const inputs = operand.get('inputs');
  if (inputs !== undefined && !Array.isArray(inputs)) {
    throw new MongoServerError(
      34461,
      `inputs must be an array of expressions, found ${bsonTypeName(inputs)}`,
    );
  }
  const defaults = operand.get('defaults');
  if (defaults !== undefined && !Array.isArray(defaults)) {
    throw new MongoServerError(
      34462,
      `defaults must be an array of expressions, found ${bsonTypeName(defaults)}`,
    );
  }
  const useLongest = operand.get('useLongestLength') ?? false;
  if (typeof useLongest !== 'boolean') {
    throw new MongoServerError(
      34463,
      `useLongestLength must be a bool, found ${bsonTypeName(useLongest)}`,
    );
  }
  if (!inputs || inputs.length === 0) {
    throw new MongoServerError(34465, '$zip requires at least one input array');
  }
  if (defaults && defaults.length > 0 && !useLongest) {
    throw new MongoServerError(34466, 'cannot specify defaults unless useLongestLength is true');
  }
  if (defaults && defaults.length > 0 && defaults.length !== inputs.length) {
    throw new MongoServerError(34467, 'defaults and inputs must have the same length');
  }
  return {
    inputs: inputs.map((input) => call.compile(input)),
    useLongest,
    defaults: defaults && defaults.length > 0 ? call.compile(defaults) : undefined,
  };
}

function compileZip(call: OperatorCall): Expression {
  const { inputs, useLongest, defaults } = zipParts(call);
  const evaluate = (environment: Environment): MaybeValue => {
    const arrays: Value[][] = [];
    for (const input of inputs) {
      const value = input.evaluate(environment);
      if (isNullish(value)) return null;
      if (!Array.isArray(value)) {
        throw new MongoServerError(
          34468,
          `$zip found a non-array expression in input: ${formatValue(value)}`,
        );
      }
      arrays.push(value);
    }
    const lengths = arrays.map((array) => array.length);
    const length = useLongest ? Math.max(...lengths) : Math.min(...lengths);
    assertArrayFits(length * arrays.length, '$zip');
    const fillers = defaults?.evaluate(environment);
    const fillerOf = (column: number): Value =>
      Array.isArray(fillers) ? (fillers[column] ?? null) : null;
    return Array.from({ length }, (_, index) =>
      arrays.map((array, column) => {
        const element = array[index];
        return element === undefined ? fillerOf(column) : element;
      }),
    );
  };
  return foldConstant(evaluate, defaults ? [...inputs, defaults] : inputs, call.scope);
}

export const ARRAY_SEQUENCE_OPERATORS: OperatorTable = {
  $range: variadic(range, 2, 3),
  $slice: variadic(slice, 2, 3),
  $zip: compileZip,
};
