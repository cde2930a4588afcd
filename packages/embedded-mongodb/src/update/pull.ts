import { BSONRegExp } from 'bson';
import { MongoServerError } from '../errors';
import { compileMatch } from '../match/compile';
import { parseInteger } from '../match/operands';
import { isFieldOperator } from '../match/parse-field';
import { bsonTypeName } from '../values/bson-types';
import type { Collation } from '../values/collation';
import type { Value } from '../values/types';
import { BINARY_ORDER } from '../values/value-order';
import type { ElementFilter, LeafPosition, Updated, UpdateLeaf } from './types';

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/** An operator that takes elements out of an array and leaves a missing field alone. */
function cullingLeaf(
  operator: string,
  update: (value: Value, position: LeafPosition) => Updated,
): UpdateLeaf {
  return { operator, createsField: false, update, create: () => undefined };
}

/**
 * `$pop`.
 * @throws MongoServerError 9 when the operand is neither 1 nor -1
 */
export function popLeaf(name: string, operand: Value): UpdateLeaf {
  const parsed = parseInteger(name, operand);
  if ('reason' in parsed) throw new MongoServerError('FailedToParse', parsed.reason);
  if (parsed.value !== 1n && parsed.value !== -1n) {
    throw new MongoServerError('FailedToParse', `$pop expects 1 or -1, found: ${parsed.value}`);
  }
  const fromFront = parsed.value === -1n;
  return cullingLeaf('$pop', (value, { path }) => {
    if (!Array.isArray(value)) {
      throw new MongoServerError(
        'TypeMismatch',
        `Path '${path.join('.')}' contains an element of non-array type '${bsonTypeName(value)}'`,
      );
    }
    if (value.length === 0) return value;
    return fromFront ? value.slice(1) : value.slice(0, -1);
  });
}

/** `$pull`: removes what equals the operand or, for a query or a pattern, what it matches. */
export function pullLeaf(operand: Value, collation?: Collation): UpdateLeaf {
  const isPulled = pullFilter(operand, collation);
  return cullingLeaf('$pull', (value) => cull(value, isPulled));
}

function cull(value: Value, isPulled: ElementFilter): Value {
  if (!Array.isArray(value)) throw bad('Cannot apply $pull to a non-array value');
  const kept = value.filter((element) => !isPulled(element));
  return kept.length === value.length ? value : kept;
}

function pullFilter(operand: Value, collation: Collation | undefined): ElementFilter {
  const options = { allowSpecialOperators: false, collation };
  if (operand instanceof Map) {
    const [first] = operand.keys();
    if (first === undefined || !isFieldOperator(first)) {
      const match = compileMatch(operand, options);
      return (element) => element instanceof Map && match.matches(element);
    }
  }
  if (operand instanceof Map || operand instanceof BSONRegExp) {
    // The element becomes a field, so that operators for fields can test it.
    const match = compileMatch(new Map([['', operand]]), options);
    return (element) => match.matches(new Map([['', element]]));
  }
  const { compare } = collation ?? BINARY_ORDER;
  return (element) => compare(element, operand) === 0;
}

/**
 * `$pullAll`.
 * @throws MongoServerError 2 when the operand is no array
 */
export function pullAllLeaf(operand: Value, collation?: Collation): UpdateLeaf {
  if (!Array.isArray(operand)) {
    throw bad(`$pullAll requires an array argument but was given a ${bsonTypeName(operand)}`);
  }
  return cullingLeaf('$pullAll', (value) => {
    const keyOf = (collation ?? BINARY_ORDER).createKeys();
    const keys = new Set(operand.map(keyOf));
    return cull(value, (element) => keys.has(keyOf(element)));
  });
}
