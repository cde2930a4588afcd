import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { bsonTypeName } from '../values/compare';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { CollectionInfo } from './types';

const FIELDS = new Set(['v', 'key', 'name', 'unique']);
const MOST_SECONDS = 2 ** 31 - 1;

/** Whether documents lie in the order of their `_id` (manual: "Clustered Collections"). */
export function isClustered({ options }: Pick<CollectionInfo, 'options'>): boolean {
  return options.get('clusteredIndex') instanceof Map;
}

/** The index of a clustered collection as listIndexes shows it, undefined for any other collection. */
export function clusteredIndexSpecification(options: BsonDocument): BsonDocument | undefined {
  const index = options.get('clusteredIndex');
  if (!(index instanceof Map)) return undefined;
  const collation = options.get('collation');
  return new Map<string, Value>([
    ...index,
    ['clustered', true],
    ...(collation === undefined ? [] : [['collation', collation] as const]),
  ]);
}

/**
 * `clusteredIndex` and `expireAfterSeconds` of the `create` command as they are kept; empty when neither
 * is given. Throws 14, 40414, 40415, 197 InvalidIndexSpecificationOption, 72 InvalidOptions, and 238 for
 * a collection that would be capped as well.
 */
export function clusteredOptions(requested: BsonDocument): [string, Value][] {
  const index = requested.get('clusteredIndex') ?? undefined;
  const seconds = requested.get('expireAfterSeconds') ?? undefined;
  if (index === undefined || index === false) {
    if (seconds === undefined) return [];
    throw new MongoServerError(
      'InvalidOptions',
      "'expireAfterSeconds' is only supported on time-series collections or when the 'clusteredIndex' option is specified",
    );
  }
  if (requested.get('capped') === true) {
    throw new MongoServerError('NotImplemented', 'a clustered collection cannot be capped');
  }
  const kept: [string, Value][] = [['clusteredIndex', completeIndex(index)]];
  if (seconds !== undefined) kept.push(['expireAfterSeconds', checkedSeconds(seconds)]);
  return kept;
}

/** After how many seconds the documents of a clustered collection expire, by the date in `_id`. */
export function expiryOfClustered(collection: CollectionInfo): number | undefined {
  const seconds = collection.options.get('expireAfterSeconds');
  return isClustered(collection) && isNumeric(seconds) ? toDouble(seconds) : undefined;
}

function completeIndex(index: Value): BsonDocument {
  if (!(index instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field 'create.clusteredIndex' is the wrong type '${bsonTypeName(index)}', expected type 'object'`,
    );
  }
  for (const field of index.keys()) {
    if (FIELDS.has(field)) continue;
    throw new MongoServerError(
      40415,
      `BSON field 'create.clusteredIndex.${field}' is an unknown field.`,
    );
  }
  assertIdKey(requiredField(index, 'key'));
  assertUnique(requiredField(index, 'unique'));
  const name = index.get('name') ?? '_id_';
  if (typeof name !== 'string') {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field 'create.clusteredIndex.name' is the wrong type '${bsonTypeName(name)}', expected type 'string'`,
    );
  }
  return new Map<string, Value>([
    ['v', new Int32(2)],
    ['key', new Map<string, Value>([['_id', new Int32(1)]])],
    ['name', name],
    ['unique', true],
  ]);
}

function requiredField(index: BsonDocument, field: string): Value {
  const value = index.get(field);
  if (value !== undefined) return value;
  throw new MongoServerError(
    40414,
    `BSON field 'create.clusteredIndex.${field}' is missing but a required field`,
  );
}

function assertIdKey(key: Value): void {
  const direction: MaybeValue = key instanceof Map ? key.get('_id') : undefined;
  if (key instanceof Map && key.size === 1 && isNumeric(direction) && toDouble(direction) === 1) {
    return;
  }
  throw new MongoServerError(
    'InvalidIndexSpecificationOption',
    `The clusteredIndex option is only supported with the key pattern {_id: 1}, found ${formatValue(key)}`,
  );
}

function assertUnique(unique: Value): void {
  if (unique === true || (isNumeric(unique) && toDouble(unique) !== 0)) return;
  throw new MongoServerError(
    'InvalidIndexSpecificationOption',
    'The clusteredIndex option requires unique: true to be specified',
  );
}

function checkedSeconds(seconds: Value): Value {
  const number = isNumeric(seconds) ? Math.trunc(toDouble(seconds)) : Number.NaN;
  if (number >= 0 && number <= MOST_SECONDS) return new Int32(number);
  throw new MongoServerError(
    'InvalidOptions',
    "TTL index 'expireAfterSeconds' option must be within an acceptable range",
  );
}
