import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { isNullish, orderOf } from '../build';
import { formatValue } from '../format';
import { integerValue } from '../numeric';
import type { OperatorCall } from '../types';
import { approximateSize } from './size';
import { Deviation, NumberSum } from './sum';
import type { AccumulatorCompiler, AccumulatorState, AccumulatorTable } from './types';

/** A state that is fed values and not documents. */
interface ValueState {
  add(value: MaybeValue): void;
  result(): MaybeValue;
  readonly bytes?: number;
}

/** An accumulator of one expression. */
function ofValues(start: (order: ValueOrder) => ValueState): AccumulatorCompiler {
  return (call) => {
    const order = orderOf(call.scope);
    const { evaluate } = call.compile(singleOperand(call));
    return {
      start: () => {
        const state = start(order);
        return {
          add: (environment) => state.add(evaluate(environment)),
          result: () => state.result(),
          get bytes() {
            return state.bytes;
          },
        };
      },
    };
  };
}

function singleOperand({ name, operand }: OperatorCall): Value {
  if (!Array.isArray(operand)) return operand;
  throw new MongoServerError(40237, `The ${name} accumulator is a unary operator`);
}

function sumState(): ValueState {
  const sum = new NumberSum();
  return { add: (value) => sum.add(value), result: () => sum.total() };
}

function averageState(): ValueState {
  const sum = new NumberSum();
  return { add: (value) => sum.add(value), result: () => sum.average() };
}

function deviationState(kind: 'population' | 'sample'): ValueState {
  const deviation = new Deviation();
  return { add: (value) => deviation.add(value), result: () => deviation.result(kind) };
}

function extremeState({ compare }: ValueOrder, direction: 1 | -1): ValueState {
  let extreme: MaybeValue;
  return {
    add: (value) => {
      if (isNullish(value)) return;
      if (extreme === undefined || direction * compare(value, extreme) < 0) extreme = value;
    },
    result: () => extreme ?? null,
  };
}

function firstState(): ValueState {
  let first: MaybeValue;
  let isEmpty = true;
  return {
    add: (value) => {
      if (isEmpty) first = value;
      isEmpty = false;
    },
    result: () => first,
  };
}

function lastState(): ValueState {
  let last: MaybeValue;
  return {
    add: (value) => {
      last = value;
    },
    result: () => last,
  };
}

class PushState implements ValueState {
  readonly #values: Value[] = [];
  bytes = 0;

  add(value: MaybeValue): void {
    if (value === undefined) return;
    this.#values.push(value);
    this.bytes += approximateSize(value);
  }

  result(): MaybeValue {
    return this.#values;
  }
}

class SetState implements ValueState {
  readonly #values = new Map<string, Value>();
  readonly #keyOf: (value: MaybeValue) => string;
  bytes = 0;

  constructor(order: ValueOrder) {
    this.#keyOf = order.createKeys();
  }

  add(value: MaybeValue): void {
    if (value === undefined) return;
    const key = this.#keyOf(value);
    if (this.#values.has(key)) return;
    this.#values.set(key, value);
    this.bytes += approximateSize(value) + key.length;
  }

  result(): MaybeValue {
    return [...this.#values.values()];
  }
}

function mergeState(): ValueState {
  const merged: BsonDocument = new Map();
  return {
    add: (value) => {
      if (isNullish(value)) return;
      if (!(value instanceof Map)) {
        throw new MongoServerError(
          40400,
          `$mergeObjects requires object inputs, but input ${formatValue(value)} is of type ${bsonTypeName(value)}`,
        );
      }
      for (const [field, fieldValue] of value) merged.set(field, fieldValue);
    },
    result: () => merged,
  };
}

function countState(step: number): AccumulatorState {
  let count = 0;
  return {
    add: () => {
      count += step;
    },
    result: () => integerValue(count),
  };
}

function compileCount(call: OperatorCall) {
  if (call.operand instanceof Map && call.operand.size === 0) {
    return { start: () => countState(1), countsDocuments: true };
  }
  throw new MongoServerError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
}

const compileSum = ofValues(sumState);

/** Accumulators of one expression over all documents of a group. */
export const SIMPLE_ACCUMULATORS: AccumulatorTable = {
  $addToSet: ofValues((order) => new SetState(order)),
  $avg: ofValues(averageState),
  $count: compileCount,
  $first: ofValues(firstState),
  $last: ofValues(lastState),
  $max: ofValues((order) => extremeState(order, -1)),
  $mergeObjects: ofValues(mergeState),
  $min: ofValues((order) => extremeState(order, 1)),
  $push: ofValues(() => new PushState()),
  $stdDevPop: ofValues(() => deviationState('population')),
  $stdDevSamp: ofValues(() => deviationState('sample')),
  $sum: (call) => {
    const { operand } = call;
    if (operand instanceof Int32 && operand.value === 1) {
      return { start: () => countState(1), countsDocuments: true };
    }
    return compileSum(call);
  },
};
