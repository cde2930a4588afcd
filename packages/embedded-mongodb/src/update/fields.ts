import { Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/bson-types';
import { valuesIdentical } from '../values/compare';
import type { Value } from '../values/types';
import { BINARY_ORDER, type ValueOrder } from '../values/value-order';
import { REMOVED, type LeafPosition, type UpdateLeaf } from './types';

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/** `$set` (and, for inserts only, `$setOnInsert`). */
export function setLeaf(operator: '$set' | '$setOnInsert', operand: Value): UpdateLeaf {
  return {
    operator,
    createsField: true,
    insertOnly: operator === '$setOnInsert',
    assignsDocument: operand instanceof Map,
    update: (value) => (valuesIdentical(value, operand) ? value : operand),
    create: () => operand,
  };
}

export function unsetLeaf(): UpdateLeaf {
  return {
    operator: '$unset',
    createsField: false,
    ignoresUnviablePath: true,
    update: () => REMOVED,
    create: () => undefined,
  };
}

/** `$min` and `$max`, by the order of all BSON values. */
export function extremeLeaf(
  operator: '$min' | '$max',
  operand: Value,
  { compare }: ValueOrder = BINARY_ORDER,
): UpdateLeaf {
  const sign = operator === '$min' ? -1 : 1;
  return {
    operator,
    createsField: true,
    assignsDocument: operand instanceof Map,
    update: (value) => (compare(operand, value) * sign > 0 ? operand : value),
    create: () => operand,
  };
}

/**
 * `$currentDate`.
 * @throws MongoServerError 2 when the operand is neither boolean nor { $type: 'date' | 'timestamp' }
 */
export function currentDateLeaf(operand: Value): UpdateLeaf {
  const asDate = isDateWanted(operand);
  const current = ({ run }: LeafPosition): Value =>
    asDate ? run.now : new Timestamp({ t: Math.floor(run.now.getTime() / 1000), i: 1 });
  return {
    operator: '$currentDate',
    createsField: true,
    update: (_value, position) => current(position),
    create: current,
  };
}

function isDateWanted(operand: Value): boolean {
  if (typeof operand === 'boolean') return true;
  if (!(operand instanceof Map)) {
    throw bad(
      `${bsonTypeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') ` +
        "or a $type expression ({$type: 'timestamp/date'}).",
    );
  }
  for (const name of operand.keys()) {
    if (name !== '$type') throw bad(`Unrecognized $currentDate option: ${name}`);
  }
  const type = operand.get('$type');
  if (type !== 'date' && type !== 'timestamp') {
    throw bad(
      "The '$type' string field is required to be 'date' or 'timestamp': " +
        "{$currentDate: {field : {$type: 'date'}}}",
    );
  }
  return type === 'date';
}
