import { MongoServerError } from '../errors';
import { BSON_TYPE, isBsonTypeNumber, isNumeric, typeNumberOfAlias } from '../values/bson-types';
import { toDouble } from '../values/numbers';
import type { Value } from '../values/types';

const NUMBER_TYPES = [BSON_TYPE.DOUBLE, BSON_TYPE.INT, BSON_TYPE.LONG, BSON_TYPE.DECIMAL];

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/**
 * The BSON type numbers that an operand of `$type` names.
 * @throws MongoServerError 2, 9 or 14 as MongoDB
 */
export function parseTypeSet(path: string, operand: Value): ReadonlySet<number> {
  const types = new Set<number>();
  for (const entry of Array.isArray(operand) ? operand : [operand]) addType(types, entry);
  if (types.size === 0) {
    throw new MongoServerError('FailedToParse', `${path} must match at least one type`);
  }
  return types;
}

function addType(types: Set<number>, entry: Value): void {
  if (typeof entry === 'string') return addTypeAlias(types, entry);
  if (!isNumeric(entry)) {
    throw new MongoServerError('TypeMismatch', 'type must be represented as a number or a string');
  }
  const code = toDouble(entry);
  if (code === 0) {
    throw bad('Invalid numerical type code: 0. Instead use {$exists:false}.');
  }
  if (!isBsonTypeNumber(code)) throw bad(`Invalid numerical type code: ${code}`);
  types.add(code);
}

/**
 * Adds the BSON types that an alias names.
 * @throws MongoServerError 2 BadValue for an unknown one
 */
export function addTypeAlias(types: Set<number>, alias: string): void {
  if (alias === 'number') {
    NUMBER_TYPES.forEach((type) => types.add(type));
    return;
  }
  if (alias === 'missing') {
    throw bad(
      "'missing' is not a legal type name. To query for non-existence of a field, use {$exists:false}.",
    );
  }
  const type = typeNumberOfAlias(alias);
  if (type === undefined) throw bad(`Unknown type name alias: ${alias}`);
  types.add(type);
}
