import { Int32 } from 'bson';
import { compareValues } from '../../values/compare';
import { binary } from '../build';
import type { OperatorTable } from '../types';

/** Comparisons by the total order of BSON values, across types and with missing below null. */
export const COMPARISON_OPERATORS: OperatorTable = {
  $cmp: binary((left, right) => new Int32(Math.sign(compareValues(left, right)))),
  $eq: binary((left, right) => compareValues(left, right) === 0),
  $ne: binary((left, right) => compareValues(left, right) !== 0),
  $gt: binary((left, right) => compareValues(left, right) > 0),
  $gte: binary((left, right) => compareValues(left, right) >= 0),
  $lt: binary((left, right) => compareValues(left, right) < 0),
  $lte: binary((left, right) => compareValues(left, right) <= 0),
};
