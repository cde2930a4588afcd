import type { MaybeValue } from '../../values/types';
import type { Environment, OperatorCall } from '../types';

/** What one accumulator has seen of one group. */
export interface AccumulatorState {
  add(environment: Environment): void;
  result(): MaybeValue;
  /** Roughly how many bytes the state holds beyond a fixed size. */
  readonly bytes?: number;
}

/** A compiled accumulator such as `{ $sum: '$price' }`; makes one state for each group. */
export interface Accumulator {
  /** @param group the group's key as a document: what the `n` of `$firstN` and the like may read */
  start(group: Environment): AccumulatorState;
  /** Set for `{ $sum: <int 1> }` and `{ $count: {} }`, which count without reading documents. */
  readonly countsDocuments?: boolean;
}

export type AccumulatorCompiler = (call: OperatorCall) => Accumulator;
export type AccumulatorTable = Readonly<Record<string, AccumulatorCompiler>>;
