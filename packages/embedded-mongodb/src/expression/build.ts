import { MongoServerError } from '../errors';
import type { BsonDocument, MaybeValue } from '../values/types';
import { BINARY_ORDER, type ValueOrder } from '../values/value-order';
import type {
  CompileScope,
  Environment,
  Evaluator,
  Expression,
  OperatorCall,
  OperatorCompiler,
} from './types';

const NO_DOCUMENT: Environment = { root: new Map() };

export function constantExpression(value: MaybeValue): Expression {
  return { evaluate: () => value, constant: { value } };
}

/** MongoDB's "nullish": null or missing. */
export function isNullish(value: MaybeValue): value is null | undefined {
  return value === null || value === undefined;
}

/**
 * Makes the expression of an evaluator, evaluated at once when nothing in it depends on the
 * document (the server does the same while it optimises, and so reports its errors even when no
 * document is ever read).
 */
export function foldConstant(
  evaluate: Evaluator,
  operands: readonly Expression[],
  scope: CompileScope,
): Expression {
  if (!operands.every((operand) => operand.constant)) return { evaluate };
  try {
    return constantExpression(evaluate(NO_DOCUMENT));
  } catch (error) {
    if (!(error instanceof MongoServerError) || !scope.constantErrorPrefix) throw error;
    if (error.message.startsWith(scope.constantErrorPrefix)) throw error;
    throw new MongoServerError(error.code, `${scope.constantErrorPrefix}${error.message}`);
  }
}

/** The operand as an argument list: an array is the list, anything else is the only argument. */
export function compileArguments(call: OperatorCall): Expression[] {
  const values = Array.isArray(call.operand) ? call.operand : [call.operand];
  return values.map((value) => call.compile(value));
}

function assertArity(call: OperatorCall, count: number, minimum: number, maximum: number): void {
  if (count >= minimum && count <= maximum) return;
  if (minimum === maximum) {
    throw new MongoServerError(
      16020,
      `Expression ${call.name} takes exactly ${minimum} arguments. ${count} were passed in.`,
    );
  }
  throw new MongoServerError(
    28667,
    `Expression ${call.name} takes at least ${minimum} arguments, and at most ${maximum}, but ${count} were passed in.`,
  );
}

type Unary = (value: MaybeValue, name: string) => MaybeValue;
type Binary = (left: MaybeValue, right: MaybeValue, name: string) => MaybeValue;

/** An operator of exactly one argument. */
export function unary(apply: Unary): OperatorCompiler {
  return (call) => {
    const operands = compileArguments(call);
    assertArity(call, operands.length, 1, 1);
    const { evaluate } = operands[0]!;
    const { name } = call;
    return foldConstant((environment) => apply(evaluate(environment), name), operands, call.scope);
  };
}

/** An operator of exactly two arguments. */
export function binary(apply: Binary): OperatorCompiler {
  return (call) => {
    const operands = compileArguments(call);
    assertArity(call, operands.length, 2, 2);
    const left = operands[0]!.evaluate;
    const right = operands[1]!.evaluate;
    const { name } = call;
    return foldConstant(
      (environment) => apply(left(environment), right(environment), name),
      operands,
      call.scope,
    );
  };
}

/** An operator of `minimum` to `maximum` arguments, all evaluated before it is applied. */
export function variadic(
  apply: (values: MaybeValue[], name: string) => MaybeValue,
  minimum = 0,
  maximum = Infinity,
): OperatorCompiler {
  return (call) => {
    const operands = compileArguments(call);
    assertArity(call, operands.length, minimum, maximum);
    const evaluators = operands.map((operand) => operand.evaluate);
    const { name } = call;
    return foldConstant(
      (environment) =>
        apply(
          evaluators.map((evaluate) => evaluate(environment)),
          name,
        ),
      operands,
      call.scope,
    );
  };
}

/** The order by which the operators of a scope compare. */
export function orderOf({ collation }: CompileScope): ValueOrder {
  return collation ?? BINARY_ORDER;
}

/** An operator that compares values, made for the order of the scope that it is used in. */
export function ordered(make: (order: ValueOrder) => OperatorCompiler): OperatorCompiler {
  return (call) => make(orderOf(call.scope))(call);
}

/** Compiles `arguments[field]`, or the constant `fallback` when it is not given. */
export function compileNamed(
  call: OperatorCall,
  fields: BsonDocument,
  field: string,
  fallback?: MaybeValue,
): Expression {
  const value = fields.get(field);
  return value === undefined ? constantExpression(fallback) : call.compile(value);
}
