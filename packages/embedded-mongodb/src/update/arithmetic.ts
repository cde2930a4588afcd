import { Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import { formatElement } from '../match/operands';
import { bsonTypeName, isNumeric } from '../values/bson-types';
import { valuesIdentical } from '../values/compare';
import { addOrOverflow, multiplyOrOverflow } from '../values/numbers';
import type { BsonDocument, NumericValue, Value } from '../values/types';
import type { LeafPosition, UpdateLeaf } from './types';

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/** The `_id` of a document as MongoDB's messages show it. */
export function describeId(document: BsonDocument): string {
  const id = document.get('_id');
  return id === undefined ? 'no id' : formatElement('_id', id);
}

/**
 * `$inc` and `$mul`.
 * @throws MongoServerError 14 when the operand is no number
 */
export function arithmeticLeaf(
  operator: '$inc' | '$mul',
  name: string,
  operand: Value,
): UpdateLeaf {
  if (!isNumeric(operand)) {
    const verb = operator === '$inc' ? 'increment' : 'multiply';
    throw new MongoServerError(
      'TypeMismatch',
      `Cannot ${verb} with non-numeric argument: {${formatElement(name, operand)}}`,
    );
  }
  const combine = operator === '$inc' ? addOrOverflow : multiplyOrOverflow;
  return {
    operator,
    createsField: true,
    update: (value, position) => {
      if (!isNumeric(value)) throw notNumeric(operator, value, position);
      const result = combine(value, operand);
      if (result === undefined) throw overflow(operator, value, position);
      return valuesIdentical(result, value) ? value : result;
    },
    create: () => (operator === '$inc' ? operand : multiplyOrOverflow(operand, new Int32(0))),
  };
}

function notNumeric(operator: string, value: Value, { run, path }: LeafPosition): MongoServerError {
  return new MongoServerError(
    'TypeMismatch',
    `Cannot apply ${operator} to a value of non-numeric type. {${describeId(run.root)}} has the ` +
      `field '${path.at(-1)}' of non-numeric type ${bsonTypeName(value)}`,
  );
}

function overflow(operator: string, value: NumericValue, { run }: LeafPosition): MongoServerError {
  return bad(
    `Failed to apply ${operator} operations to current value (${describeNumber(value)}) for ` +
      `document {${describeId(run.root)}}`,
  );
}

function describeNumber(value: NumericValue): string {
  return `(${value instanceof Long ? 'NumberLong' : 'NumberInt'})${value.toString()}`;
}

type BitOperation = (a: bigint, b: bigint) => bigint;

const BIT_OPERATIONS = new Map<string, BitOperation>([
  ['and', (a, b) => a & b],
  ['or', (a, b) => a | b],
  ['xor', (a, b) => a ^ b],
]);

interface BitStep {
  readonly operation: BitOperation;
  readonly operand: Int32 | Long;
}

/**
 * `$bit`; a long on either side makes the result a long.
 * @throws MongoServerError 2 when the operand is malformed
 */
export function bitLeaf(operand: Value): UpdateLeaf {
  const steps = parseBitSteps(operand);
  return {
    operator: '$bit',
    createsField: true,
    update: (value, { run, path }) => {
      if (!isInteger(value)) {
        throw bad(
          `Cannot apply $bit to a value of non-integral type.${describeId(run.root)} has the field ` +
            `${path.at(-1)} of non-integer type ${bsonTypeName(value)}`,
        );
      }
      const result = steps.reduce(applyBitStep, value);
      return valuesIdentical(result, value) ? value : result;
    },
    create: () => steps.reduce(applyBitStep, new Int32(0)),
  };
}

function isInteger(value: Value): value is Int32 | Long {
  return isNumeric(value) && (value instanceof Int32 || value instanceof Long);
}

function applyBitStep(value: Int32 | Long, { operation, operand }: BitStep): Int32 | Long {
  const result = operation(toBigInt(value), toBigInt(operand));
  return value instanceof Int32 && operand instanceof Int32
    ? new Int32(Number(result))
    : Long.fromBigInt(result);
}

function toBigInt(value: Int32 | Long): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(value.value);
}

function parseBitSteps(operand: Value): BitStep[] {
  if (!(operand instanceof Map)) {
    throw bad(
      `The $bit modifier is not compatible with a ${bsonTypeName(operand)}. You must pass in an ` +
        'embedded document: {$bit: {field: {and/or/xor: #}}',
    );
  }
  const steps = [...operand].map(([name, value]): BitStep => {
    const operation = BIT_OPERATIONS.get(name);
    if (operation === undefined) {
      throw bad(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an ` +
          `unknown operator: {${formatElement(name, value)}}`,
      );
    }
    if (!isInteger(value)) {
      throw bad(
        `The $bit modifier field must be an Integer(32/64 bit); a '${bsonTypeName(value)}' is not ` +
          `supported here: {${formatElement(name, value)}}`,
      );
    }
    return { operation, operand: value };
  });
  if (steps.length === 0) {
    throw bad(
      'You must pass in at least one bitwise operation. The format is: ' +
        '{$bit: {field: {and/or/xor: #}}',
    );
  }
  return steps;
}
