import { compileAccumulator, SUPPORTED_ACCUMULATORS } from '../../expression/accumulators/registry';
import type { AccumulatorState } from '../../expression/accumulators/types';
import { asIntegerNumber } from '../../expression/numeric';
import { formatValue } from '../../expression/format';
import type { CompileScope, Environment } from '../../expression/types';
import type { SortPattern } from '../../plan/query';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { compileDerivative, compileIntegral } from './calculus';
import {
  compileInput,
  failedToParse,
  windowOf,
  type WindowCall,
  type WindowFunctionCompiler,
} from './call';
import { createWindowFinder, type Endpoints } from './endpoints';
import type { Partition, WindowEvaluator, WindowFunction } from './partition';
import { compileRank } from './rank';
import { compileCarryForward, compileExponentialAverage, compileLinearFill } from './smoothing';

const NO_GROUP: Environment = { root: new Map() };

/** Accumulators that exist for groups only. */
const GROUPS_ONLY = new Set(['$mergeObjects']);

/** Any accumulator over the documents of each window. */
function compileWindowAccumulator(call: WindowCall): WindowFunction {
  const bounds = windowOf(call);
  const accumulator = compileAccumulator(
    'window',
    new Map([[call.name, call.operand]]),
    call.scope,
  );
  const grows = bounds.lower === 'unbounded';
  return {
    start: (partition) => {
      const windowAt = createWindowFinder(bounds, partition);
      const start = (): AccumulatorState => accumulator.start(NO_GROUP);
      return grows
        ? growingWindow(partition, windowAt, start)
        : slidingWindow(partition, windowAt, start);
    },
  };
}

/** A window that begins with the partition only takes more in. */
function growingWindow(
  { documents }: Partition,
  windowAt: (index: number) => Endpoints,
  start: () => AccumulatorState,
): WindowEvaluator {
  const state = start();
  let taken: number | undefined;
  return (index) => {
    const [first, last] = windowAt(index) ?? [0, -1];
    for (let next = taken ?? first; next <= last; next += 1) {
      state.add({ root: documents[next]! });
      taken = next + 1;
    }
    return snapshot(state.result());
  };
}

/** Later documents go into the same arrays; what was answered before must stay. */
function snapshot(value: MaybeValue): MaybeValue {
  return Array.isArray(value) ? [...value] : (value ?? null);
}

/** A window that leaves documents behind is reckoned anew: nothing is lost to rounding. */
function slidingWindow(
  { documents }: Partition,
  windowAt: (index: number) => Endpoints,
  start: () => AccumulatorState,
): WindowEvaluator {
  return (index) => {
    const state = start();
    const [first, last] = windowAt(index) ?? [0, -1];
    for (let next = first; next <= last; next += 1) state.add({ root: documents[next]! });
    return state.result() ?? null;
  };
}

/** `$first` and `$last`: the value at one end of the window. */
function compileEdge(call: WindowCall): WindowFunction {
  const { name } = call;
  for (const option of call.options.keys()) {
    if (option !== 'window') throw failedToParse(`${name} got unexpected argument: ${option}`);
  }
  const bounds = windowOf(call);
  const input = compileInput(call.operand, call);
  return {
    start: (partition) => {
      const windowAt = createWindowFinder(bounds, partition);
      return (index) => {
        const ends = windowAt(index);
        if (!ends) return null;
        const root = partition.documents[name === '$first' ? ends[0] : ends[1]]!;
        return input.evaluate({ root });
      };
    },
  };
}

interface ShiftOperand {
  readonly output: Value;
  readonly by: number;
  readonly fallback: MaybeValue;
}

function parseShift(call: WindowCall): ShiftOperand {
  const { operand } = call;
  if (!(operand instanceof Map)) throw failedToParse('Argument to $shift must be an object');
  for (const argument of operand.keys()) {
    if (!['output', 'by', 'default'].includes(argument)) {
      throw failedToParse('Unknown argument in $shift');
    }
  }
  const fallback = operand.get('default');
  const constant = fallback === undefined ? undefined : compileInput(fallback, call).constant;
  if (fallback !== undefined && !constant) {
    throw failedToParse("'$shift:default' expression must yield a constant value.");
  }
  const by = operand.get('by');
  const distance = asIntegerNumber(by, 32);
  if (by !== undefined && distance === undefined) {
    throw failedToParse(`'$shift:by' field must be an integer, but found  by: ${formatValue(by)}`);
  }
  const output = operand.get('output');
  if (output === undefined) throw failedToParse("$shift requires an 'output' expression.");
  if (distance === undefined) throw failedToParse("$shift requires 'by' as an integer value.");
  if (!call.sortBy) throw failedToParse("'$shift' requires a sortBy");
  return { output, by: distance, fallback: constant ? constant.value : null };
}

/** `$shift`: a value of the document so many places further. */
function compileShift(call: WindowCall): WindowFunction {
  if (call.options.has('window')) throw failedToParse("$shift does not accept a 'window' field");
  windowOf(call);
  const { output, by, fallback } = parseShift(call);
  const { evaluate } = compileInput(output, call);
  return {
    start:
      ({ documents }) =>
      (index) => {
        const root = documents[index + by];
        return root ? evaluate({ root }) : fallback;
      },
  };
}

const FUNCTIONS: ReadonlyMap<string, WindowFunctionCompiler> = new Map([
  ...SUPPORTED_ACCUMULATORS.filter((name) => !GROUPS_ONLY.has(name)).map(
    (name): [string, WindowFunctionCompiler] => [name, compileWindowAccumulator],
  ),
  ['$first', compileEdge],
  ['$last', compileEdge],
  ['$shift', compileShift],
  ['$rank', compileRank],
  ['$denseRank', compileRank],
  ['$documentNumber', compileRank],
  ['$derivative', compileDerivative],
  ['$integral', compileIntegral],
  ['$expMovingAvg', compileExponentialAverage],
  ['$locf', compileCarryForward],
  ['$linearFill', compileLinearFill],
]);

/** Every window function that this engine supports, in alphabetical order. */
export const SUPPORTED_WINDOW_FUNCTIONS: readonly string[] = [...FUNCTIONS.keys()].sort();

/**
 * Compiles one field of `output`.
 * @throws MongoServerError 9 FailedToParse, and what the function itself refuses
 */
export function compileWindowFunction(
  field: string,
  specification: Value,
  sortBy: SortPattern | undefined,
  scope: CompileScope,
): WindowFunction {
  if (!(specification instanceof Map)) {
    throw failedToParse(`The field '${field}' must be an object`);
  }
  const name = [...specification.keys()].find((key) => key.startsWith('$'));
  if (name === undefined) {
    const [first] = specification.keys();
    throw failedToParse(`Expected a $-prefixed window function${first ? `, ${first}` : ''}`);
  }
  const compiler = FUNCTIONS.get(name);
  if (!compiler) throw failedToParse(`Unrecognized window function, ${name}`);
  const options: BsonDocument = new Map(specification);
  options.delete(name);
  return compiler({ name, operand: specification.get(name)!, options, sortBy, scope });
}
