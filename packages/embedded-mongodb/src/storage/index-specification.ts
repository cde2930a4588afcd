import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { parseTextIndexSpec } from '../text/specification';
import { completeCollation } from '../values/collation-specification';
import { bsonTypeName, valuesIdentical } from '../values/compare';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { checkFields, checkKeyPattern, checkName, checkOptions, isTrue } from './index-rules';
import type { IndexField } from './types';

/** Fields that come in a fixed place of the stored form or are not kept. */
const PLACED_FIELDS = new Set([
  'v',
  'key',
  'name',
  'ns',
  'dropDups',
  'collation',
  'unique',
  'hidden',
]);
/** Key pattern fields in order. Text components are not among them. */
export function indexFieldsOf(specification: BsonDocument): IndexField[] {
  const fields: IndexField[] = [];
  for (const [path, order] of specification.get('key') as BsonDocument) {
    if (order === 'text' || path === '_ftsx') continue;
    fields.push({ path, direction: isNumeric(order) && toDouble(order) < 0 ? -1 : 1 });
  }
  return fields;
}

export function indexKindOf(specification: BsonDocument): 'btree' | 'hashed' | 'text' {
  const orders = [...(specification.get('key') as BsonDocument).values()];
  if (orders.includes('text')) return 'text';
  return orders.includes('hashed') ? 'hashed' : 'btree';
}

/**
 * Checks a specification of createIndexes and gives the form that listIndexes answers.
 * Throws the server's errors: 9, 14, 67 CannotCreateIndex, 197 InvalidIndexSpecificationOption, and 238
 * for what this engine does not support.
 */
export function normalizeIndexSpecification(request: BsonDocument): BsonDocument {
  const key = request.get('key');
  if (key === undefined) {
    throw new MongoServerError(
      'FailedToParse',
      `Error in specification ${formatValue(request)} :: caused by :: The 'key' field is a required property of an index specification`,
    );
  }
  if (!(key instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `The field 'key' must be an object, but got ${bsonTypeName(key)}`,
    );
  }
  checkKeyPattern(key, request);
  const isIdIndex = isIdKeyPattern(key);
  checkFields(request, isIdIndex);
  const name = checkName(request, isIdIndex);
  checkOptions(request, key);
  const result: BsonDocument = new Map<string, Value>([
    ['v', new Int32(2)],
    ['key', key],
    ['name', name],
  ]);
  if (isTrue(request.get('unique'))) result.set('unique', true);
  if (isTrue(request.get('hidden'))) result.set('hidden', true);
  for (const [field, value] of request) {
    if (PLACED_FIELDS.has(field)) continue;
    if (field === 'sparse' && !isTrue(value)) continue;
    result.set(field, field === 'sparse' || field === 'background' ? isTrue(value) : value);
  }
  const collation = request.get('collation');
  if (collation !== undefined) result.set('collation', collation);
  return [...key.values()].includes('text') ? withTextDefaults(result, key) : result;
}

/**
 * The specification with the collation that the index will have: its own, or else the collection's.
 * A simple one is left out. Throws 2 for an `_id` index that differs from its collection, 67 for a text
 * index with any but the simple one.
 */
export function withCollation(
  specification: BsonDocument,
  collectionCollation: MaybeValue,
): BsonDocument {
  const own = specification.get('collation');
  const collation = own instanceof Map ? completeCollation(own) : collectionCollation;
  const result = new Map([...specification].filter(([field]) => field !== 'collation'));
  if (isIdKeyPattern(result.get('key') as BsonDocument)) {
    if (sameValue(collation, collectionCollation)) return result;
    throw new MongoServerError(
      'BadValue',
      `The _id index must have the same collation as the collection. Index collation: ${describeCollation(collation)}, collection collation: ${describeCollation(collectionCollation)}`,
    );
  }
  if (collation === undefined) return result;
  if (indexKindOf(result) === 'text') {
    throw new MongoServerError(
      'CannotCreateIndex',
      `Index type 'text' does not support collation: ${formatValue(collation)}`,
    );
  }
  if (isTrue(result.get('prepareUnique') ?? false)) {
    throw new MongoServerError(
      'NotImplemented',
      'prepareUnique of an index with a collation is not supported',
    );
  }
  return result.set('collation', collation);
}

function describeCollation(collation: MaybeValue): string {
  return formatValue(collation ?? new Map([['locale', 'simple']]));
}

/** How a requested specification relates to an index that exists. */
export type Likeness = 'identical' | 'equivalent' | 'different';

/**
 * The server's compareIndexOptions: key pattern, partial filter, unique, sparse and collation say which index it is;
 * the rest are options of it.
 */
export function compareSpecifications(requested: BsonDocument, existing: BsonDocument): Likeness {
  for (const field of [
    'key',
    'partialFilterExpression',
    'unique',
    'sparse',
    'weights',
    'collation',
  ]) {
    if (!sameValue(requested.get(field), existing.get(field))) return 'different';
  }
  for (const field of ['expireAfterSeconds', 'hidden', 'default_language', 'language_override']) {
    if (!sameValue(requested.get(field), existing.get(field))) return 'equivalent';
  }
  return 'identical';
}

export function isIdKeyPattern(key: BsonDocument): boolean {
  const order = key.get('_id');
  return key.size === 1 && isNumeric(order) && toDouble(order) === 1;
}

/** Two key patterns are one when they name the same fields in the same order and direction. */
export function sameKeyPattern(a: BsonDocument, b: BsonDocument): boolean {
  if (a.size !== b.size) return false;
  const others = [...b];
  return [...a].every(([path, order], position) => {
    const other = others[position];
    return other !== undefined && other[0] === path && sameOrder(order, other[1]);
  });
}

function sameOrder(a: Value, b: Value): boolean {
  if (isNumeric(a) && isNumeric(b)) return toDouble(a) === toDouble(b);
  return a === b;
}

function sameValue(a: MaybeValue, b: MaybeValue): boolean {
  if (a instanceof Map && b instanceof Map && a.size === b.size) {
    const others = [...b];
    return [...a].every(([field, value], position) => {
      const other = others[position];
      return other !== undefined && other[0] === field && sameValue(value, other[1]);
    });
  }
  if (isNumeric(a) && isNumeric(b)) return toDouble(a) === toDouble(b);
  return valuesIdentical(a, b);
}

/** What the server adds to a text index: the pseudo key, weights, languages and version. */
function withTextDefaults(specification: BsonDocument, key: BsonDocument): BsonDocument {
  const given = specification.get('weights');
  const weights = new Map<string, Value>(given instanceof Map ? given : []);
  for (const [path, order] of key) {
    if (order === 'text' && path !== '_fts' && !weights.has(path)) weights.set(path, new Int32(1));
  }
  const storedKey = new Map<string, Value>();
  for (const [path, order] of key) {
    if (order !== 'text' && path !== '_ftsx') storedKey.set(path, order);
    else if (!storedKey.has('_fts')) {
      storedKey.set('_fts', 'text');
      storedKey.set('_ftsx', new Int32(1));
    }
  }
  const result = new Map(specification);
  result.set('key', storedKey);
  result.set('weights', new Map([...weights].sort(([a], [b]) => (a < b ? -1 : 1))));
  if (!result.has('default_language')) result.set('default_language', 'english');
  if (!result.has('language_override')) result.set('language_override', 'language');
  if (!result.has('textIndexVersion')) result.set('textIndexVersion', new Int32(3));
  parseTextIndexSpec(result);
  return result;
}
