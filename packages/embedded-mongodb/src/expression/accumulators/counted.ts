import { MongoServerError } from '../../errors';
import { parseSortPattern } from '../../plan/query';
import { createSortOrder, type SortOrder } from '../../plan/sort-key';
import { bsonTypeName } from '../../values/compare';
import type { MaybeValue, Value } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { isNullish, orderOf } from '../build';
import { formatValue } from '../format';
import type { Environment, Expression, OperatorCall } from '../types';
import { parseCount, positiveCount } from './extremes';
import type { AccumulatorCompiler, AccumulatorState, AccumulatorTable } from './types';

/** The first or last `n` values, null standing for missing. */
function edgeState(evaluate: Expression['evaluate'], count: number, edge: 'first' | 'last') {
  const values: Value[] = [];
  return {
    add: (environment: Environment) => {
      if (edge === 'first' && values.length >= count) return;
      values.push(evaluate(environment) ?? null);
      if (values.length > count) values.shift();
    },
    result: () => values,
  };
}

/** The `n` least or greatest values, without null and missing. */
function extremesState(
  evaluate: Expression['evaluate'],
  count: number,
  compare: (left: Value, right: Value) => number,
) {
  const ranking = new Ranking<Value>(count, compare);
  return {
    add: (environment: Environment) => {
      const value = evaluate(environment);
      if (!isNullish(value)) ranking.add(value);
    },
    result: () => ranking.sorted(),
  };
}

/** Keeps the `limit` least items; among equal ones those that came first. */
export class Ranking<Item> {
  #items: { item: Item; position: number }[] = [];
  #position = 0;
  readonly #compareItems: (left: Item, right: Item) => number;
  readonly #limit: number;

  constructor(limit: number, compare: (left: Item, right: Item) => number) {
    this.#limit = limit;
    this.#compareItems = compare;
  }

  add(item: Item): void {
    this.#items.push({ item, position: (this.#position += 1) });
    if (this.#items.length >= 2 * this.#limit + 16) this.#shrink();
  }

  #shrink(): void {
    this.#items.sort(
      (left, right) => this.#compareItems(left.item, right.item) || left.position - right.position,
    );
    this.#items.length = Math.min(this.#items.length, this.#limit);
  }

  get size(): number {
    return this.#items.length;
  }

  /** The items kept, least first. */
  sorted(): Item[] {
    this.#shrink();
    return this.#items.map(({ item }) => item);
  }
}

function countedAccumulator(
  start: (evaluate: Expression['evaluate'], count: number, order: ValueOrder) => AccumulatorState,
): AccumulatorCompiler {
  return (call) => {
    const { n, input } = parseCount(call);
    const order = orderOf(call.scope);
    return {
      start: (group) => start(input.evaluate, positiveCount(n.evaluate(group), call.name), order),
    };
  };
}

interface RankedOperand {
  readonly output: Expression;
  readonly order: SortOrder;
  readonly n: Expression | undefined;
}

function parseRanked(call: OperatorCall, hasCount: boolean): RankedOperand {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      5788001,
      `specification must be an object; found ${name}: ${formatValue(operand)}`,
    );
  }
  const allowed = hasCount ? ['n', 'output', 'sortBy'] : ['output', 'sortBy'];
  for (const field of operand.keys()) {
    if (!allowed.includes(field)) {
      throw new MongoServerError(5788002, `Unknown argument to ${name} '${field}'`);
    }
  }
  const n = operand.get('n');
  const output = operand.get('output');
  const sortBy = operand.get('sortBy');
  if (hasCount && n === undefined) throw new MongoServerError(5788003, "Missing value for 'n'");
  if (output === undefined) throw new MongoServerError(5788004, "Missing value for 'output'");
  if (sortBy === undefined) throw new MongoServerError(5788005, "Missing value for 'sortBy'");
  if (!(sortBy instanceof Map)) {
    throw new MongoServerError(
      5788604,
      `expected 'sortBy' to already be an object in the arguments to ${name}, but found ${bsonTypeName(sortBy)}`,
    );
  }
  return {
    output: call.compile(output),
    order: createSortOrder(parseSortPattern(sortBy, call.scope.collation)),
    n: n === undefined ? undefined : call.compile(n),
  };
}

interface Ranked {
  readonly key: Buffer;
  readonly output: Value;
}

/** `$top`, `$topN`, `$bottom` and `$bottomN`. */
function rankedAccumulator(edge: 'top' | 'bottom', hasCount: boolean): AccumulatorCompiler {
  const direction = edge === 'top' ? 1 : -1;
  return (call) => {
    const { output, order, n } = parseRanked(call, hasCount);
    return {
      start: (group) => {
        const count = n ? positiveCount(n.evaluate(group), call.name) : 1;
        const ranking = new Ranking<Ranked>(
          count,
          (left, right) => direction * order.compare(left.key, right.key),
        );
        return {
          add: (environment) => {
            const value = output.evaluate(environment) ?? null;
            ranking.add({ key: order.keyOf(environment.root), output: value });
          },
          result: (): MaybeValue => {
            const ranked = ranking.sorted().map((entry) => entry.output);
            if (!hasCount) return ranked[0];
            return edge === 'top' ? ranked : ranked.reverse();
          },
          get bytes() {
            return ranking.size * 128;
          },
        };
      },
    };
  };
}

/** Accumulators that keep a bounded number of values of a group. */
export const COUNTED_ACCUMULATORS: AccumulatorTable = {
  $bottom: rankedAccumulator('bottom', false),
  $bottomN: rankedAccumulator('bottom', true),
  $firstN: countedAccumulator((evaluate, count) => edgeState(evaluate, count, 'first')),
  $lastN: countedAccumulator((evaluate, count) => edgeState(evaluate, count, 'last')),
  $maxN: countedAccumulator((evaluate, count, { compare }) =>
    extremesState(evaluate, count, (left, right) => compare(right, left)),
  ),
  $minN: countedAccumulator((evaluate, count, { compare }) =>
    extremesState(evaluate, count, compare),
  ),
  $top: rankedAccumulator('top', false),
  $topN: rankedAccumulator('top', true),
};
