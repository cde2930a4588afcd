import { MongoServerError } from '../errors';
import { ACCUMULATOR_OPERATORS } from './operators/accumulator';
import { ARITHMETIC_OPERATORS } from './operators/arithmetic';
import { ARRAY_OPERATORS } from './operators/array';
import { ARRAY_SEQUENCE_OPERATORS } from './operators/array-sequence';
import { ARRAY_SORT_OPERATORS } from './operators/array-sort';
import { BOOLEAN_OPERATORS } from './operators/boolean';
import { COMPARISON_OPERATORS } from './operators/comparison';
import { CONDITIONAL_OPERATORS } from './operators/conditional';
import { DATE_ARITHMETIC_OPERATORS } from './operators/date-arithmetic';
import { DATE_PARTS_OPERATORS } from './operators/date-parts';
import { DATE_STRING_OPERATORS } from './operators/date-string';
import { ITERATION_OPERATORS } from './operators/iteration';
import { MISCELLANEOUS_OPERATORS } from './operators/miscellaneous';
import { OBJECT_OPERATORS } from './operators/object';
import { PERCENTILE_OPERATORS } from './operators/percentile';
import { REGEX_OPERATORS } from './operators/regex';
import { ROUNDING_OPERATORS } from './operators/rounding';
import { SET_OPERATORS } from './operators/set';
import { STRING_OPERATORS } from './operators/string';
import { SUBSTRING_OPERATORS } from './operators/substring';
import { TRIGONOMETRY_OPERATORS } from './operators/trigonometry';
import { CONVERSION_OPERATORS } from './operators/conversion';
import type { OperatorCompiler } from './types';

const OPERATORS: ReadonlyMap<string, OperatorCompiler> = new Map(
  [
    ACCUMULATOR_OPERATORS,
    ARITHMETIC_OPERATORS,
    ARRAY_OPERATORS,
    ARRAY_SEQUENCE_OPERATORS,
    ARRAY_SORT_OPERATORS,
    BOOLEAN_OPERATORS,
    COMPARISON_OPERATORS,
    CONDITIONAL_OPERATORS,
    CONVERSION_OPERATORS,
    DATE_ARITHMETIC_OPERATORS,
    DATE_PARTS_OPERATORS,
    DATE_STRING_OPERATORS,
    ITERATION_OPERATORS,
    MISCELLANEOUS_OPERATORS,
    OBJECT_OPERATORS,
    PERCENTILE_OPERATORS,
    REGEX_OPERATORS,
    ROUNDING_OPERATORS,
    SET_OPERATORS,
    STRING_OPERATORS,
    SUBSTRING_OPERATORS,
    TRIGONOMETRY_OPERATORS,
  ].flatMap((table) => Object.entries(table)),
);

/** Every expression operator that this engine supports, in alphabetical order. */
export const SUPPORTED_OPERATORS: readonly string[] = [...OPERATORS.keys()].sort();

/** Whether there is an expression operator of that name. */
export function isOperator(name: string): boolean {
  return OPERATORS.has(name);
}

/** The compiler of an operator; 168 InvalidPipelineOperator when there is none of that name. */
export function findOperator(name: string): OperatorCompiler {
  const compiler = OPERATORS.get(name);
  if (compiler) return compiler;
  throw new MongoServerError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
}
