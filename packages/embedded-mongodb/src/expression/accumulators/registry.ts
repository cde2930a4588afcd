import { MongoServerError } from '../../errors';
import type { BsonDocument, MaybeValue } from '../../values/types';
import { compileExpression } from '../compile';
import { formatValue } from '../format';
import type { CompileScope } from '../types';
import { COUNTED_ACCUMULATORS } from './counted';
import { PERCENTILE_ACCUMULATORS } from './percentile';
import { SIMPLE_ACCUMULATORS } from './simple';
import type { Accumulator, AccumulatorCompiler } from './types';

const ACCUMULATORS: ReadonlyMap<string, AccumulatorCompiler> = new Map([
  ...Object.entries(SIMPLE_ACCUMULATORS),
  ...Object.entries(COUNTED_ACCUMULATORS),
  ...Object.entries(PERCENTILE_ACCUMULATORS),
]);

/** Every accumulator that this engine supports, in alphabetical order. */
export const SUPPORTED_ACCUMULATORS: readonly string[] = [...ACCUMULATORS.keys()].sort();

/**
 * Compiles a field of `$group` or of the `output` of `$bucket`: `<field>: { <accumulator>: … }`.
 * @throws MongoServerError 40234 when the value is no such object, 15952 for an unknown operator
 */
export function compileAccumulator(
  field: string,
  specification: MaybeValue,
  scope: CompileScope,
): Accumulator {
  if (!(specification instanceof Map) || specification.size === 0) {
    throw new MongoServerError(40234, `The field '${field}' must be an accumulator object`);
  }
  if (field.includes('.')) {
    throw new MongoServerError(40235, `The field name '${field}' cannot contain '.'`);
  }
  if (field.startsWith('$')) {
    throw new MongoServerError(40236, `The field name '${field}' cannot be an operator name`);
  }
  if (specification.size !== 1) {
    throw new MongoServerError(40238, `The field '${field}' must specify one accumulator`);
  }
  return compileOperator(specification, scope);
}

function compileOperator(specification: BsonDocument, scope: CompileScope): Accumulator {
  const [[name, operand]] = [...specification] as [[string, NonNullable<MaybeValue>]];
  const compiler = ACCUMULATORS.get(name);
  if (!compiler) {
    throw new MongoServerError(15952, `unknown group operator '${name}'`);
  }
  if (operand === undefined) {
    throw new MongoServerError('InternalError', `no operand: ${formatValue(specification)}`);
  }
  return compiler({
    name,
    operand,
    scope,
    compile: (value, innerScope = scope) => compileExpression(value, innerScope),
  });
}
