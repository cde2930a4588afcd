import { Int32 } from 'bson';
import { binary, ordered } from '../build';
import type { OperatorCompiler, OperatorTable } from '../types';

function comparison(test: (order: number) => boolean): OperatorCompiler {
  return ordered(({ compare }) => binary((left, right) => test(compare(left, right))));
}

/** Comparisons by the total order of BSON values, across types and with missing below null. */
export const COMPARISON_OPERATORS: OperatorTable = {
  $cmp: ordered(({ compare }) =>
    binary((left, right) => new Int32(Math.sign(compare(left, right)))),
  ),
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
};
