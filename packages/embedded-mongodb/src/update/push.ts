import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { parseInteger } from '../match/operands';
import { bsonTypeName, isNumeric } from '../values/bson-types';
import { toDouble } from '../values/numbers';
import { getPath } from '../values/paths';
import type { BsonDocument, Value } from '../values/types';
import { BINARY_ORDER, type ValueOrder } from '../values/value-order';
import { describeId } from './arithmetic';
import type { UpdateLeaf } from './types';

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

type Comparator = (a: Value, b: Value) => number;

interface PushClauses {
  readonly values: readonly Value[];
  readonly position?: number;
  readonly slice?: number;
  readonly sort?: Comparator;
}

const CLAUSES = new Set(['$each', '$slice', '$sort', '$position']);

/**
 * `$push` with `$each`, `$position`, `$sort` and `$slice`, applied in that order.
 * @throws MongoServerError 2 when a clause is malformed
 */
export function pushLeaf(operand: Value, order: ValueOrder = BINARY_ORDER): UpdateLeaf {
  const clauses = parseClauses(operand, order);
  return {
    operator: '$push',
    createsField: true,
    update: (value, { run, path }) => {
      if (!Array.isArray(value)) {
        throw bad(
          `The field '${path.join('.')}' must be an array but is of type ${bsonTypeName(value)} in ` +
            `document {${describeId(run.root)}}`,
        );
      }
      return push(value, clauses);
    },
    create: () => push([], clauses),
  };
}

function push(array: Value[], { values, position, slice, sort }: PushClauses): Value[] {
  const trims = slice !== undefined && array.length + values.length > Math.abs(slice);
  // As in MongoDB, a $sort counts as a change even when the order stays.
  if (values.length === 0 && sort === undefined && !trims) return array;
  const result = [...array];
  // splice takes negative positions, and those out of range, just as $position does.
  result.splice(position ?? result.length, 0, ...values);
  if (sort !== undefined) result.sort(sort);
  if (slice === undefined) return result;
  if (slice === 0) return [];
  return slice > 0 ? result.slice(0, slice) : result.slice(slice);
}

function parseClauses(operand: Value, order: ValueOrder): PushClauses {
  if (!(operand instanceof Map) || !operand.has('$each')) return { values: [operand] };
  for (const name of operand.keys()) {
    if (!CLAUSES.has(name)) throw bad(`Unrecognized clause in $push: ${name}`);
  }
  const values = operand.get('$each');
  if (!Array.isArray(values)) {
    throw bad(
      'The argument to $each in $push must be an array but it was of type: ' + bsonTypeName(values),
    );
  }
  return {
    values,
    slice: integerClause(
      operand,
      '$slice',
      'The value for $slice must be an integer value but was given type: ',
    ),
    sort: parseSort(operand.get('$sort'), order),
    position: integerClause(
      operand,
      '$position',
      'The value for $position must be an integer value, not of type: ',
    ),
  };
}

function integerClause(clauses: BsonDocument, name: string, message: string): number | undefined {
  const operand = clauses.get(name);
  if (operand === undefined) return undefined;
  const parsed = parseInteger(name, operand);
  if ('reason' in parsed) throw bad(message + bsonTypeName(operand));
  return Number(parsed.value);
}

function parseSort(operand: Value | undefined, order: ValueOrder): Comparator | undefined {
  if (operand === undefined) return undefined;
  if (isNumeric(operand)) {
    const direction = parseDirection(operand);
    return (a, b) => order.compare(a, b) * direction;
  }
  if (!(operand instanceof Map)) {
    throw bad(
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    );
  }
  if (operand.size === 0) {
    throw bad('The $sort pattern is empty when it should be a set of fields.');
  }
  return byFields(
    [...operand].map(([path, direction]) => parseSortField(path, direction)),
    order,
  );
}

interface SortField {
  readonly path: string;
  readonly direction: number;
}

function parseSortField(path: string, order: Value): SortField {
  const direction = parseDirection(order);
  if (path === '') throw bad('The $sort field cannot be empty');
  if (path.split('.').includes('')) {
    throw bad(`The $sort field is a dotted field but has an empty part: ${path}`);
  }
  return { path, direction };
}

function parseDirection(order: Value): number {
  const direction = isNumeric(order) ? toDouble(order) : 0;
  if (direction !== 1 && direction !== -1) {
    throw bad('The $sort element value must be either 1 or -1');
  }
  return direction;
}

/** Missing fields, and elements that are no documents, sort as null. */
function byFields(fields: readonly SortField[], { compare }: ValueOrder): Comparator {
  const valueAt = (element: Value, path: string): Value =>
    (element instanceof Map ? getPath(element, path) : undefined) ?? null;
  return (a, b) => {
    for (const { path, direction } of fields) {
      const order = compare(valueAt(a, path), valueAt(b, path));
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

/**
 * `$addToSet` with `$each`.
 * @throws MongoServerError 14 or 2 when `$each` is malformed
 */
export function addToSetLeaf(operand: Value, order: ValueOrder = BINARY_ORDER): UpdateLeaf {
  const values = distinct(parseSetValues(operand), order);
  const { compare } = order;
  return {
    operator: '$addToSet',
    createsField: true,
    update: (value, { path }) => {
      if (!Array.isArray(value)) {
        throw bad(
          `Cannot apply $addToSet to non-array field. Field named '${path.at(-1)}' has non-array ` +
            `type ${bsonTypeName(value)}`,
        );
      }
      const added = values.filter((entry) => !value.some((known) => compare(known, entry) === 0));
      return added.length === 0 ? value : [...value, ...added];
    },
    create: () => [...values],
  };
}

function parseSetValues(operand: Value): readonly Value[] {
  if (!(operand instanceof Map)) return [operand];
  const [first] = operand.keys();
  if (first !== '$each') return [operand];
  const values = operand.get('$each');
  if (!Array.isArray(values)) {
    throw new MongoServerError(
      'TypeMismatch',
      'The argument to $each in $addToSet must be an array but it was of type ' +
        bsonTypeName(values),
    );
  }
  if (operand.size > 1) {
    throw bad(`Found unexpected fields after $each in $addToSet: ${formatValue(operand)}`);
  }
  return values;
}

function distinct(values: readonly Value[], order: ValueOrder): Value[] {
  const keyOf = order.createKeys();
  const byKey = new Map<string, Value>();
  for (const value of values) {
    const key = keyOf(value);
    if (!byKey.has(key)) byKey.set(key, value);
  }
  return [...byKey.values()];
}
