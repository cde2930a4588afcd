import { bsonTypeName } from '../../values/compare';
import { MongoServerError } from '../../errors';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { constantExpression, isNullish } from '../build';
import { formatValue } from '../format';
import { createPace } from '../growth';
import { asIntegerNumber } from '../numeric';
import { isTruthy } from '../truth';
import type { CompileScope, Expression, OperatorCall, OperatorTable, VariableCell } from '../types';
import { assertWritableVariableName } from '../variables';

/** The scope inside an operator that binds variables, and the cells to set. */
function bind(scope: CompileScope, names: readonly string[]): [CompileScope, VariableCell[]] {
  const cells = new Map(scope.cells);
  const created = names.map((name) => {
    const cell: VariableCell = { value: undefined };
    cells.set(name, cell);
    return cell;
  });
  return [{ ...scope, cells }, created];
}

interface Codes {
  readonly notAnObject: number;
  readonly unknown: number;
  readonly missing: Readonly<Record<string, number>>;
  readonly optional?: readonly string[];
}

function fieldsOf(call: OperatorCall, codes: Codes): BsonDocument {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      codes.notAnObject,
      `${name} only supports an object as its argument`,
    );
  }
  for (const field of operand.keys()) {
    if (!(field in codes.missing) && !codes.optional?.includes(field)) {
      throw new MongoServerError(codes.unknown, `Unrecognized parameter to ${name}: ${field}`);
    }
  }
  for (const [field, code] of Object.entries(codes.missing)) {
    if (!operand.has(field)) {
      throw new MongoServerError(code, `Missing '${field}' parameter to ${name}`);
    }
  }
  return operand;
}

function iterationVariable(fields: BsonDocument): string {
  const name = fields.get('as') ?? 'this';
  if (typeof name !== 'string') {
    throw new MongoServerError(16866, 'empty variable names are not allowed');
  }
  assertWritableVariableName(name);
  return name;
}

function arrayInput(value: MaybeValue, code: number, name: string): Value[] | undefined {
  if (isNullish(value)) return undefined;
  if (Array.isArray(value)) return value;
  throw new MongoServerError(code, `input to ${name} must be an array not ${bsonTypeName(value)}`);
}

function compileMap(call: OperatorCall): Expression {
  const fields = fieldsOf(call, {
    notAnObject: 16878,
    unknown: 16879,
    missing: { input: 16880, in: 16882 },
    optional: ['as'],
  });
  const input = call.compile(fields.get('input')!);
  const [scope, [cell]] = bind(call.scope, [iterationVariable(fields)]);
  const each = call.compile(fields.get('in')!, scope);
  const step = createPace(scope);
  return {
    evaluate: (environment) => {
      const values = arrayInput(input.evaluate(environment), 16883, '$map');
      if (!values) return null;
      return values.map((value) => {
        step();
        cell!.value = value;
        return each.evaluate(environment) ?? null;
      });
    },
  };
}

function filterLimit(value: MaybeValue): number {
  if (isNullish(value)) return Infinity;
  const limit = asIntegerNumber(value, 32);
  if (limit === undefined) {
    throw new MongoServerError(
      327391,
      `$filter: limit must be represented as a 32-bit integral value: ${formatValue(value)}`,
    );
  }
  if (limit < 1) {
    throw new MongoServerError(327392, `$filter: limit must be greater than 0: ${limit}`);
  }
  return limit;
}

function compileFilter(call: OperatorCall): Expression {
  const fields = fieldsOf(call, {
    notAnObject: 28646,
    unknown: 28647,
    missing: { input: 28648, cond: 28650 },
    optional: ['as', 'limit'],
  });
  const input = call.compile(fields.get('input')!);
  const limit = fields.has('limit')
    ? call.compile(fields.get('limit')!)
    : constantExpression(undefined);
  const [scope, [cell]] = bind(call.scope, [iterationVariable(fields)]);
  const condition = call.compile(fields.get('cond')!, scope);
  const step = createPace(scope);
  return {
    evaluate: (environment) => {
      const values = arrayInput(input.evaluate(environment), 28651, '$filter');
      if (!values) return null;
      const most = filterLimit(limit.evaluate(environment));
      const kept: Value[] = [];
      for (const value of values) {
        if (kept.length >= most) break;
        step();
        cell!.value = value;
        if (isTruthy(condition.evaluate(environment))) kept.push(value);
      }
      return kept;
    },
  };
}

function compileReduce(call: OperatorCall): Expression {
  if (!(call.operand instanceof Map)) {
    throw new MongoServerError(
      40075,
      `$reduce requires an object as an argument, found: ${bsonTypeName(call.operand)}`,
    );
  }
  const fields = call.operand;
  for (const field of fields.keys()) {
    if (!['input', 'initialValue', 'in'].includes(field)) {
      throw new MongoServerError(40076, `$reduce found an unknown argument: ${field}`);
    }
  }
  ['input', 'initialValue', 'in'].forEach((field, index) => {
    if (!fields.has(field)) {
      throw new MongoServerError(40077 + index, `$reduce requires '${field}' to be specified`);
    }
  });
  const input = call.compile(fields.get('input')!);
  const initial = call.compile(fields.get('initialValue')!);
  const [scope, [self, accumulated]] = bind(call.scope, ['this', 'value']);
  const combine = call.compile(fields.get('in')!, scope);
  const step = createPace(scope);
  return {
    evaluate: (environment) => {
      const values = input.evaluate(environment);
      if (isNullish(values)) return null;
      if (!Array.isArray(values)) {
        throw new MongoServerError(
          40080,
          `$reduce requires that 'input' be an array, found: ${bsonTypeName(values)}`,
        );
      }
      let result = initial.evaluate(environment);
      for (const value of values) {
        step();
        self!.value = value;
        accumulated!.value = result;
        result = combine.evaluate(environment);
      }
      return result;
    },
  };
}

function compileLet(call: OperatorCall): Expression {
  const fields = fieldsOf(call, {
    notAnObject: 16874,
    unknown: 16875,
    missing: { vars: 16876, in: 16877 },
  });
  const variables = fields.get('vars')!;
  if (!(variables instanceof Map)) {
    throw new MongoServerError(10065, `invalid parameter: expected an object (vars)`);
  }
  const values = [...variables.values()].map((value) => call.compile(value));
  const names = [...variables.keys()];
  names.forEach(assertWritableVariableName);
  const [scope, cells] = bind(call.scope, names);
  const body = call.compile(fields.get('in')!, scope);
  return {
    evaluate: (environment) => {
      values.forEach((value, index) => {
        cells[index]!.value = value.evaluate(environment);
      });
      return body.evaluate(environment);
    },
    ...(body.constant ? { constant: body.constant } : {}),
  };
}

/** Operators that evaluate an expression once for each element, and `$let`. */
export const ITERATION_OPERATORS: OperatorTable = {
  $filter: compileFilter,
  $let: compileLet,
  $map: compileMap,
  $reduce: compileReduce,
};
