import { Binary, Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { isBsonTypeNumber, nameOfType, typeNumberOfAlias } from '../../values/bson-types';
import { encodeDocument } from '../../values/codec';
import { bsonTypeName } from '../../values/compare';
import { isNumeric } from '../../values/numbers';
import type { MaybeValue } from '../../values/types';
import { compileArguments, compileNamed, foldConstant, isNullish, unary } from '../build';
import { convertValue } from '../convert';
import { asIntegerNumber } from '../numeric';
import type {
  Environment,
  Expression,
  OperatorCall,
  OperatorCompiler,
  OperatorTable,
} from '../types';
import { recovering } from './date-string';

const ARGUMENTS = ['input', 'to', 'onError', 'onNull'];

function targetType(value: MaybeValue): string | undefined {
  if (isNullish(value)) return undefined;
  if (typeof value === 'string') {
    if (typeNumberOfAlias(value) !== undefined && value !== 'number') return value;
    throw new MongoServerError('BadValue', `Unknown type name: ${value}`);
  }
  if (!isNumeric(value)) {
    throw new MongoServerError(
      'FailedToParse',
      "$convert's 'to' argument must be a string or number, but is " + bsonTypeName(value),
    );
  }
  const number = asIntegerNumber(value, 32);
  if (number === undefined) {
    throw new MongoServerError(
      'FailedToParse',
      "In $convert, numeric 'to' argument is not an integer",
    );
  }
  if (isBsonTypeNumber(number)) return nameOfType(number);
  throw new MongoServerError(
    'FailedToParse',
    `In $convert, numeric value for 'to' does not correspond to a BSON type: ${number}`,
  );
}

function compileConvert(call: OperatorCall): Expression {
  const fields = call.operand;
  if (!(fields instanceof Map)) {
    throw new MongoServerError(
      'FailedToParse',
      `$convert expects an object of named arguments but found: ${bsonTypeName(fields)}`,
    );
  }
  for (const field of fields.keys()) {
    if (!ARGUMENTS.includes(field)) {
      throw new MongoServerError('FailedToParse', `$convert found an unknown argument: ${field}`);
    }
  }
  for (const field of ['input', 'to']) {
    if (!fields.has(field)) {
      throw new MongoServerError('FailedToParse', `Missing '${field}' parameter to $convert`);
    }
  }
  const input = compileNamed(call, fields, 'input');
  const to = compileNamed(call, fields, 'to');
  const onNull = compileNamed(call, fields, 'onNull', null);
  const onError = fields.has('onError') ? call.compile(fields.get('onError')!) : undefined;
  const convert = (environment: Environment): MaybeValue => {
    const target = targetType(to.evaluate(environment));
    const value = input.evaluate(environment);
    if (isNullish(value)) return onNull.evaluate(environment);
    return target === undefined ? null : convertValue(value, target);
  };
  return foldConstant(
    onError ? recovering(convert, onError) : convert,
    [input, to, onNull, ...(onError ? [onError] : [])],
    call.scope,
  );
}

function conversionTo(target: string): OperatorCompiler {
  return (call) => {
    const operands = compileArguments(call);
    if (operands.length !== 1) {
      throw new MongoServerError(
        50723,
        `${call.name} requires a single argument, got ${operands.length}`,
      );
    }
    const { evaluate } = operands[0]!;
    return foldConstant(
      (environment) => {
        const value = evaluate(environment);
        return isNullish(value) ? null : convertValue(value, target);
      },
      operands,
      call.scope,
    );
  };
}

function binarySize(value: MaybeValue): MaybeValue {
  if (isNullish(value)) return null;
  if (typeof value === 'string') return new Int32(Buffer.byteLength(value));
  if (value instanceof Binary) return new Int32(value.position);
  throw new MongoServerError(
    51276,
    `$binarySize requires a string or BinData argument, found: ${bsonTypeName(value)}`,
  );
}

function bsonSize(value: MaybeValue): MaybeValue {
  if (isNullish(value)) return null;
  if (value instanceof Map) return new Int32(encodeDocument(value).length);
  throw new MongoServerError(
    31393,
    `$bsonSize requires a document input, found: ${bsonTypeName(value)}`,
  );
}

export const CONVERSION_OPERATORS: OperatorTable = {
  $binarySize: unary(binarySize),
  $bsonSize: unary(bsonSize),
  $convert: compileConvert,
  $isNumber: unary(isNumeric),
  $toBool: conversionTo('bool'),
  $toDate: conversionTo('date'),
  $toDecimal: conversionTo('decimal'),
  $toDouble: conversionTo('double'),
  $toInt: conversionTo('int'),
  $toLong: conversionTo('long'),
  $toObjectId: conversionTo('objectId'),
  $toString: conversionTo('string'),
  $type: unary(bsonTypeName),
};
