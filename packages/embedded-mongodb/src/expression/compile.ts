import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';
import { constantExpression, foldConstant } from './build';
import { assertLiteralFieldName, parseFieldPath, readPath, readPathOf } from './field-path';
import { formatValue } from './format';
import { findOperator } from './registry';
import type { CompileScope, Evaluator, Expression } from './types';
import { assertReadableVariableName } from './variables';

/**
 * Compiles an aggregation expression to closures, once for many documents.
 * @param value the expression as the user wrote it
 * @param scope the variables it may read
 * @throws MongoServerError with the server's parse errors, e.g. 168 for an unknown operator
 * @see https://www.mongodb.com/docs/v7.0/meta/aggregation-quick-reference/#expressions
 */
export function compileExpression(value: Value, scope: CompileScope = {}): Expression {
  if (typeof value === 'string') {
    return value.startsWith('$') ? compileReference(value, scope) : constantExpression(value);
  }
  if (Array.isArray(value)) return compileArray(value, scope);
  if (value instanceof Map) return compileObject(value, scope);
  return constantExpression(value);
}

function compileReference(reference: string, scope: CompileScope): Expression {
  if (reference.length < 2) {
    throw new MongoServerError(16872, "'$' by itself is not a valid FieldPath");
  }
  if (reference[1] !== '$') {
    const names = parseFieldPath(reference.slice(1));
    const current = scope.cells?.get('CURRENT');
    if (current) return { evaluate: () => readPathOf(current.value, names) };
    return compileRootPath(names);
  }
  const [variable = '', ...names] = reference.slice(2).split('.');
  assertReadableVariableName(variable);
  if (names.length > 0) parseFieldPath(names.join('.'));
  return compileVariable(variable, names, scope);
}

function compileRootPath(names: readonly string[]): Expression {
  const fieldPath = names.join('.');
  if (names.length > 1) return { evaluate: ({ root }) => readPath(root, names), fieldPath };
  const name = names[0]!;
  return { evaluate: ({ root }) => root.get(name), fieldPath };
}

function compileVariable(name: string, names: string[], scope: CompileScope): Expression {
  const cell = scope.cells?.get(name);
  if (cell) {
    return names.length === 0
      ? { evaluate: () => cell.value, variable: name }
      : { evaluate: () => readPathOf(cell.value, names) };
  }
  switch (name) {
    case 'ROOT':
    case 'CURRENT':
      return names.length === 0 ? { evaluate: ({ root }) => root } : compileRootPath(names);
    case 'REMOVE':
      return constantExpression(undefined);
    case 'NOW':
      return constantExpression(readPathOf(scope.variables?.get('NOW') ?? new Date(), names));
    case 'DESCEND':
    case 'PRUNE':
    case 'KEEP':
      return constantExpression(readPathOf(name.toLowerCase(), names));
    case 'CLUSTER_TIME':
    case 'USER_ROLES':
    case 'SEARCH_META':
    case 'JS_SCOPE':
    case 'IS_MR':
      throw new MongoServerError('NotImplemented', `Variable '$$${name}' is not supported`);
    default: {
      const value = scope.variables?.get(name);
      if (value !== undefined) return constantExpression(readPathOf(value, names));
      throw new MongoServerError(17276, `Use of undefined variable: ${name}`);
    }
  }
}

function compileArray(values: readonly Value[], scope: CompileScope): Expression {
  const operands = values.map((value) => compileExpression(value, scope));
  const evaluators = operands.map((operand) => operand.evaluate);
  const evaluate: Evaluator = (environment) =>
    evaluators.map((evaluateElement) => evaluateElement(environment) ?? null);
  return foldConstant(evaluate, operands, scope);
}

function compileObject(object: BsonDocument, scope: CompileScope): Expression {
  const [firstName] = object.keys();
  if (firstName === undefined) return constantExpression(object);
  if (firstName.startsWith('$')) return compileOperator(object, firstName, scope);
  const fields = [...object].map(([name, value]) => {
    assertLiteralFieldName(name);
    return { name, expression: compileExpression(value, scope) };
  });
  const evaluate: Evaluator = (environment) => {
    const result: BsonDocument = new Map();
    for (const { name, expression } of fields) {
      const value = expression.evaluate(environment);
      if (value !== undefined) result.set(name, value);
    }
    return result;
  };
  return foldConstant(
    evaluate,
    fields.map((field) => field.expression),
    scope,
  );
}

function compileOperator(object: BsonDocument, name: string, scope: CompileScope): Expression {
  if (object.size !== 1) {
    throw new MongoServerError(
      15983,
      `An object representing an expression must have exactly one field: ${formatValue(object)}`,
    );
  }
  const compiler = findOperator(name);
  return compiler({
    name,
    operand: object.get(name)!,
    scope,
    compile: (value, innerScope = scope) => compileExpression(value, innerScope),
  });
}
