import type { MaybeValue } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { Deviation, NumberSum } from '../accumulators/sum';
import { isNullish, ordered, variadic } from '../build';
import type { OperatorCompiler, OperatorTable } from '../types';

/** One argument that is an array stands for its elements; of several, each counts as it is. */
function overValues(apply: (values: readonly MaybeValue[]) => MaybeValue): OperatorCompiler {
  return variadic((values) => {
    const [only] = values;
    return apply(values.length === 1 && Array.isArray(only) ? only : values);
  });
}

function extreme({ compare }: ValueOrder, direction: 1 | -1) {
  return (values: readonly MaybeValue[]): MaybeValue => {
    let result: MaybeValue;
    for (const value of values) {
      if (isNullish(value)) continue;
      if (result === undefined || direction * compare(value, result) < 0) result = value;
    }
    return result ?? null;
  };
}

function summed(values: readonly MaybeValue[]): NumberSum {
  const sum = new NumberSum();
  for (const value of values) sum.add(value);
  return sum;
}

function deviated(values: readonly MaybeValue[]): Deviation {
  const deviation = new Deviation();
  for (const value of values) deviation.add(value);
  return deviation;
}

/** The accumulators that are also plain expressions over their arguments. */
export const ACCUMULATOR_OPERATORS: OperatorTable = {
  $avg: overValues((values) => summed(values).average()),
  $max: ordered((order) => overValues(extreme(order, -1))),
  $min: ordered((order) => overValues(extreme(order, 1))),
  $stdDevPop: overValues((values) => deviated(values).result('population')),
  $stdDevSamp: overValues((values) => deviated(values).result('sample')),
  $sum: overValues((values) => summed(values).total()),
};
