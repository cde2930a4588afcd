import { compileArguments, foldConstant, unary } from '../build';
import { isTruthy } from '../truth';
import type { OperatorTable } from '../types';

export const BOOLEAN_OPERATORS: OperatorTable = {
  $and: (call) => {
    const operands = compileArguments(call);
    return foldConstant(
      (environment) => operands.every((operand) => isTruthy(operand.evaluate(environment))),
      operands,
      call.scope,
    );
  },
  $or: (call) => {
    const operands = compileArguments(call);
    return foldConstant(
      (environment) => operands.some((operand) => isTruthy(operand.evaluate(environment))),
      operands,
      call.scope,
    );
  },
  $not: unary((value) => !isTruthy(value)),
};
