import { MongoServerError } from '../../errors';
import type { MaybeValue } from '../../values/types';
import { compileArguments, foldConstant, isNullish } from '../build';
import { formatValue } from '../format';
import { isTruthy } from '../truth';
import type { Environment, Expression, OperatorCall, OperatorTable } from '../types';
import { bsonTypeName } from '../../values/compare';

function conditionOperands(call: OperatorCall): Expression[] {
  if (!(call.operand instanceof Map)) {
    const operands = compileArguments(call);
    if (operands.length === 3) return operands;
    throw new MongoServerError(
      16020,
      `Expression $cond takes exactly 3 arguments. ${operands.length} were passed in.`,
    );
  }
  const fields = call.operand;
  for (const field of fields.keys()) {
    if (!['if', 'then', 'else'].includes(field)) {
      throw new MongoServerError(17083, `Unrecognized parameter to $cond: ${field}`);
    }
  }
  return ['if', 'then', 'else'].map((field, index) => {
    const value = fields.get(field);
    if (value !== undefined) return call.compile(value);
    throw new MongoServerError(17080 + index, `Missing '${field}' parameter to $cond`);
  });
}

function compileCondition(call: OperatorCall): Expression {
  const operands = conditionOperands(call);
  const [condition, whenTrue, whenFalse] = operands as [Expression, Expression, Expression];
  return foldConstant(
    (environment) =>
      (isTruthy(condition.evaluate(environment)) ? whenTrue : whenFalse).evaluate(environment),
    operands,
    call.scope,
  );
}

function compileIfNull(call: OperatorCall): Expression {
  const operands = compileArguments(call);
  if (operands.length < 2) {
    throw new MongoServerError(
      1257300,
      `$ifNull needs at least two arguments, had: ${operands.length}`,
    );
  }
  return foldConstant(
    (environment) => {
      let value: MaybeValue;
      for (const operand of operands) {
        value = operand.evaluate(environment);
        if (!isNullish(value)) return value;
      }
      return value;
    },
    operands,
    call.scope,
  );
}

interface Branch {
  readonly condition: Expression;
  readonly result: Expression;
}

function compileBranch(branch: MaybeValue, call: OperatorCall): Branch {
  if (!(branch instanceof Map)) {
    throw new MongoServerError(
      40062,
      `$switch expected each branch to be an object, found: ${bsonTypeName(branch)}`,
    );
  }
  for (const field of branch.keys()) {
    if (field !== 'case' && field !== 'then') {
      throw new MongoServerError(40063, `$switch found an unknown argument to a branch: ${field}`);
    }
  }
  const condition = branch.get('case');
  const result = branch.get('then');
  if (condition === undefined) {
    throw new MongoServerError(40064, "$switch requires each branch have a 'case' expression");
  }
  if (result === undefined) {
    throw new MongoServerError(40065, "$switch requires each branch have a 'then' expression.");
  }
  return { condition: call.compile(condition), result: call.compile(result) };
}

function compileBranches(call: OperatorCall): Branch[] {
  if (!(call.operand instanceof Map)) {
    throw new MongoServerError(
      40060,
      `$switch requires an object as an argument, found: ${bsonTypeName(call.operand)}`,
    );
  }
  for (const field of call.operand.keys()) {
    if (field !== 'branches' && field !== 'default') {
      throw new MongoServerError(40067, `$switch found an unknown argument: ${field}`);
    }
  }
  const branches = call.operand.get('branches') ?? [];
  if (!Array.isArray(branches)) {
    throw new MongoServerError(
      40061,
      `$switch expected an array for 'branches', found: ${bsonTypeName(branches)}`,
    );
  }
  if (branches.length === 0) {
    throw new MongoServerError(40068, '$switch requires at least one branch.');
  }
  return branches.map((branch) => compileBranch(branch, call));
}

function compileSwitch(call: OperatorCall): Expression {
  const branches = compileBranches(call);
  const fallbackValue = call.operand instanceof Map ? call.operand.get('default') : undefined;
  const fallback = fallbackValue === undefined ? undefined : call.compile(fallbackValue);
  const evaluate = (environment: Environment): MaybeValue => {
    for (const { condition, result } of branches) {
      if (isTruthy(condition.evaluate(environment))) return result.evaluate(environment);
    }
    if (fallback) return fallback.evaluate(environment);
    throw new MongoServerError(
      40066,
      `$switch could not find a matching branch for an input, and no default was specified. Input: ${formatValue(environment.root)}`,
    );
  };
  // Without a default the error names the input document, so it must wait for one.
  if (!fallback) return { evaluate };
  const operands = branches.flatMap(({ condition, result }) => [condition, result]);
  return foldConstant(evaluate, [...operands, fallback], call.scope);
}

export const CONDITIONAL_OPERATORS: OperatorTable = {
  $cond: compileCondition,
  $ifNull: compileIfNull,
  $switch: compileSwitch,
};
