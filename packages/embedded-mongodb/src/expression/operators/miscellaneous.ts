import { Double } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import { metadataOf } from '../../values/metadata';
import { constantExpression } from '../build';
import { isTruthy } from '../truth';
import type { Expression, OperatorCall, OperatorTable } from '../types';
import { toNumber, isNumber } from '../numeric';

function compileMeta(call: OperatorCall): Expression {
  const { operand } = call;
  if (typeof operand !== 'string') {
    throw new MongoServerError(17307, '$meta only supports string arguments');
  }
  switch (operand) {
    case 'textScore':
      return {
        evaluate: ({ root, metadata }) => {
          const score = (metadata ?? metadataOf(root))?.textScore;
          return score === undefined ? undefined : new Double(score);
        },
      };
    case 'sortKey':
      return { evaluate: ({ root, metadata }) => (metadata ?? metadataOf(root))?.sortKey };
    case 'randVal':
    case 'recordId':
    case 'indexKey':
    case 'geoNearDistance':
    case 'geoNearPoint':
    case 'searchScore':
    case 'searchHighlights':
      throw new MongoServerError('NotImplemented', `$meta: '${operand}' is not supported`);
    default:
      throw new MongoServerError(17308, `Unsupported argument to $meta: ${operand}`);
  }
}

function compileRandom(call: OperatorCall): Expression {
  const { operand } = call;
  const isEmpty =
    (operand instanceof Map && operand.size === 0) ||
    (Array.isArray(operand) && operand.length === 0);
  if (isEmpty) return { evaluate: () => new Double(Math.random()) };
  throw new MongoServerError(
    operand instanceof Map ? 3040501 : 10065,
    operand instanceof Map
      ? '$rand does not currently accept arguments'
      : 'invalid parameter: expected an object ($rand)',
  );
}

function compileSampleRate(call: OperatorCall): Expression {
  const rate = call.compile(call.operand).constant?.value;
  if (!isNumber(rate)) {
    throw new MongoServerError(
      'BadValue',
      `argument to $sampleRate must be a numeric type, found: ${bsonTypeName(rate)}`,
    );
  }
  const share = toNumber(rate);
  return { evaluate: () => Math.random() < share };
}

export const MISCELLANEOUS_OPERATORS: OperatorTable = {
  $const: (call) => constantExpression(call.operand),
  $literal: (call) => constantExpression(call.operand),
  $meta: compileMeta,
  $rand: compileRandom,
  $sampleRate: compileSampleRate,
  // Answers its operand as a boolean; the server writes it when it optimises $and and $or.
  $expr: (call) => {
    const operand = call.compile(call.operand);
    return { evaluate: (environment) => isTruthy(operand.evaluate(environment)) };
  },
};
