import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { constantExpression, foldConstant, isNullish, unary, variadic } from '../build';
import { formatValue } from '../format';
import type { CompileScope, Expression, OperatorCall, OperatorTable } from '../types';

/** `$mergeObjects`: later fields win; null and missing count as `{}`. */
export function mergeObjects(values: readonly MaybeValue[]): BsonDocument {
  const result: BsonDocument = new Map();
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!(value instanceof Map)) {
      throw new MongoServerError(
        40400,
        `$mergeObjects requires object inputs, but input ${formatValue(value)} is of type ${bsonTypeName(value)}`,
      );
    }
    for (const [field, fieldValue] of value) result.set(field, fieldValue);
  }
  return result;
}

function objectToArray(value: MaybeValue): MaybeValue {
  if (isNullish(value)) return null;
  if (!(value instanceof Map)) {
    throw new MongoServerError(
      40390,
      `$objectToArray requires a document input, found: ${bsonTypeName(value)}`,
    );
  }
  return [...value].map(
    ([field, fieldValue]): BsonDocument =>
      new Map<string, Value>([
        ['k', field],
        ['v', fieldValue],
      ]),
  );
}

interface FieldCodes {
  readonly path: number;
  readonly notConstant: number;
  readonly notString: number;
}

const GET_FIELD_CODES: FieldCodes = { path: 5654600, notConstant: 5654601, notString: 5654602 };
const SET_FIELD_CODES: FieldCodes = { path: 4161108, notConstant: 4161106, notString: 4161107 };

/** The `field` argument, which must be known before any document: a plain string or `$literal`. */
function constantFieldName(call: OperatorCall, value: Value, codes: FieldCodes): string {
  const { name } = call;
  if (typeof value === 'string' && value.startsWith('$')) {
    throw new MongoServerError(
      codes.path,
      `'${value}' is a field path reference which is not allowed in this context. Did you mean {$literal: '${value}'}?`,
    );
  }
  const { constant } = call.compile(value);
  if (!constant) {
    throw new MongoServerError(
      codes.notConstant,
      `${name} requires 'field' to evaluate to a constant, but got a non-constant argument`,
    );
  }
  if (typeof constant.value === 'string') return constant.value;
  throw new MongoServerError(
    codes.notString,
    `${name} requires 'field' to evaluate to type String, but got ${bsonTypeName(constant.value)}`,
  );
}

function compileGetField(call: OperatorCall): Expression {
  const { operand } = call;
  let fieldValue: Value | undefined = operand;
  let inputValue: Value | undefined = '$$CURRENT';
  if (operand instanceof Map && ![...operand.keys()][0]?.startsWith('$')) {
    for (const argument of operand.keys()) {
      if (argument !== 'field' && argument !== 'input') {
        throw new MongoServerError(3041701, `$getField found an unknown argument: ${argument}`);
      }
    }
    fieldValue = operand.get('field');
    inputValue = operand.get('input');
    if (fieldValue === undefined) {
      throw new MongoServerError(3041702, "$getField requires 'field' to be specified");
    }
    if (inputValue === undefined) {
      throw new MongoServerError(3041703, "$getField requires 'input' to be specified");
    }
  }
  const name = constantFieldName(call, fieldValue, GET_FIELD_CODES);
  const input = call.compile(inputValue);
  return foldConstant(
    (environment) => {
      const value = input.evaluate(environment);
      if (value instanceof Map) return value.get(name);
      return value === null ? null : undefined;
    },
    [input],
    call.scope,
  );
}

function fieldUpdate(call: OperatorCall, required: readonly string[]): BsonDocument {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(4161100, `${name} only supports an object as its argument`);
  }
  for (const argument of operand.keys()) {
    if (!required.includes(argument)) {
      throw new MongoServerError(4161101, `${name} found an unknown argument: ${argument}`);
    }
  }
  required.forEach((argument) => {
    if (!operand.has(argument)) {
      const code = { field: 4161102, value: 4161103, input: 4161109 }[argument] ?? 4161109;
      throw new MongoServerError(code, `${name} requires '${argument}' to be specified`);
    }
  });
  return operand;
}

function setFieldExpression(
  name: string,
  input: Expression,
  value: Expression,
  scope: CompileScope,
): Expression {
  return foldConstant(
    (environment) => {
      const target = input.evaluate(environment);
      if (isNullish(target)) return null;
      if (!(target instanceof Map)) {
        throw new MongoServerError(
          4161105,
          `$setField requires 'input' to evaluate to type Object`,
        );
      }
      const result = new Map(target);
      const fieldValue = value.evaluate(environment);
      if (fieldValue === undefined) result.delete(name);
      else result.set(name, fieldValue);
      return result;
    },
    [input, value],
    scope,
  );
}

function compileSetField(call: OperatorCall): Expression {
  const fields = fieldUpdate(call, ['field', 'value', 'input']);
  return setFieldExpression(
    constantFieldName(call, fields.get('field')!, SET_FIELD_CODES),
    call.compile(fields.get('input')!),
    call.compile(fields.get('value')!),
    call.scope,
  );
}

function compileUnsetField(call: OperatorCall): Expression {
  const fields = fieldUpdate(call, ['field', 'input']);
  return setFieldExpression(
    constantFieldName(call, fields.get('field')!, SET_FIELD_CODES),
    call.compile(fields.get('input')!),
    constantExpression(undefined),
    call.scope,
  );
}

export const OBJECT_OPERATORS: OperatorTable = {
  $getField: compileGetField,
  $mergeObjects: variadic(mergeObjects),
  $objectToArray: unary(objectToArray),
  $setField: compileSetField,
  $unsetField: compileUnsetField,
};
