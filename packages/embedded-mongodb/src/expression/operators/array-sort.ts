import { MongoServerError } from '../../errors';
import { createSortOrder } from '../../plan/sort-key';
import { parseSortPattern } from '../../plan/query';
import { bsonTypeName } from '../../values/compare';
import { isNumeric, toDouble } from '../../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { foldConstant, isNullish, orderOf } from '../build';
import { positiveCount, parseCount, pickLeast } from '../accumulators/extremes';
import type {
  CompileScope,
  Expression,
  OperatorCall,
  OperatorCompiler,
  OperatorTable,
} from '../types';

const NO_FIELDS: BsonDocument = new Map();

type Compare = (left: Value, right: Value) => number;

/** The order of `sortBy`: 1 or -1 for whole values, or a pattern over the fields of documents. */
function comparatorOf(sortBy: Value, scope: CompileScope): Compare {
  if (isNumeric(sortBy)) {
    const direction = toDouble(sortBy);
    if (direction !== 1 && direction !== -1) {
      throw new MongoServerError(2942506, 'The $sort element value must be either 1 or -1');
    }
    const { compare } = orderOf(scope);
    return (left, right) => direction * compare(left, right);
  }
  if (!(sortBy instanceof Map)) {
    throw new MongoServerError(
      2942505,
      `$sortArray 'sortBy' must be 1, -1 or an object, found: ${bsonTypeName(sortBy)}`,
    );
  }
  const { keyOf, compare } = createSortOrder(parseSortPattern(sortBy, scope.collation));
  const keys = new Map<Value, Buffer>();
  const keyOfElement = (element: Value): Buffer => {
    const known = keys.get(element);
    if (known) return known;
    const key = keyOf(element instanceof Map ? element : NO_FIELDS);
    keys.set(element, key);
    return key;
  };
  return (left, right) => compare(keyOfElement(left), keyOfElement(right));
}

function compileSortArray(call: OperatorCall): Expression {
  const { operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      2942500,
      `$sortArray requires an object as an argument, found: ${bsonTypeName(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (field !== 'input' && field !== 'sortBy') {
      throw new MongoServerError(2942501, `$sortArray found an unknown argument: ${field}`);
    }
  }
  const inputValue = operand.get('input');
  const sortBy = operand.get('sortBy');
  if (inputValue === undefined) {
    throw new MongoServerError(2942502, "$sortArray requires 'input' to be specified");
  }
  if (sortBy === undefined) {
    throw new MongoServerError(2942503, "$sortArray requires 'sortBy' to be specified");
  }
  comparatorOf(sortBy, call.scope);
  const input = call.compile(inputValue);
  return foldConstant(
    (environment) => {
      const value = input.evaluate(environment);
      if (isNullish(value)) return null;
      if (!Array.isArray(value)) {
        throw new MongoServerError(
          2942504,
          `The input argument to $sortArray must be an array, but was of type: ${bsonTypeName(value)}`,
        );
      }
      return value.toSorted(comparatorOf(sortBy, call.scope));
    },
    [input],
    call.scope,
  );
}

type Pick = (array: readonly Value[], count: number, compare: Compare) => Value[];

function pickOperator(pick: Pick): OperatorCompiler {
  return (call) => {
    const { n, input } = parseCount(call);
    const { compare } = orderOf(call.scope);
    return foldConstant(
      (environment) => {
        const count = positiveCount(n.evaluate(environment), call.name);
        const value: MaybeValue = input.evaluate(environment);
        if (!Array.isArray(value)) {
          throw new MongoServerError(5788200, 'Input must be an array');
        }
        return pick(value, count, compare);
      },
      [n, input],
      call.scope,
    );
  };
}

export const ARRAY_SORT_OPERATORS: OperatorTable = {
  $firstN: pickOperator((array, count) => array.slice(0, count)),
  $lastN: pickOperator((array, count) => array.slice(-count)),
  $maxN: pickOperator((array, count, compare) =>
    pickLeast(array, count, (left, right) => compare(right, left)),
  ),
  $minN: pickOperator(pickLeast),
  $sortArray: compileSortArray,
};
