import { Double, Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { compileMatch } from '../match/compile';
import { parseCollation } from '../values/collation';
import { bsonTypeName } from '../values/compare';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

const ID_INDEX_FIELDS = new Set(['v', 'key', 'name', 'ns', 'collation', 'background']);
const FIELDS = new Set([
  ...ID_INDEX_FIELDS,
  'unique',
  'sparse',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'hidden',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  'storageEngine',
  'dropDups',
  'prepareUnique',
]);
const UNSUPPORTED_FIELDS = new Set([
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'bucketSize',
  'wildcardProjection',
  'clustered',
]);
const PARTIAL_FILTER_OPERATORS = new Set([
  '$and',
  '$or',
  '$in',
  '$eq',
  '$exists',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$type',
]);
const MOST_TTL_SECONDS = 2_147_483_647;
const MOST_FIELDS = 32;

/** Throws 67, 13103, 16764 or 238 for a key pattern that no index can have. */
export function checkKeyPattern(key: BsonDocument, request: BsonDocument): void {
  if (key.size === 0) throw cannotCreate('Index keys cannot be an empty object');
  if (key.size > MOST_FIELDS) {
    throw new MongoServerError(13103, 'too many compound keys');
  }
  const orders = [...key.values()];
  for (const [path, order] of key) {
    checkOrder(order, request);
    if (order !== 'text') checkPath(path);
  }
  if (orders.includes('hashed') && isTrue(request.get('unique'))) {
    throw new MongoServerError(
      16764,
      'Currently hashed indexes cannot guarantee uniqueness. Use a regular index.',
    );
  }
}

function checkOrder(order: Value, request: BsonDocument): void {
  if (isNumeric(order)) {
    const number = toDouble(order);
    if (number === 0 || Number.isNaN(number)) {
      throw cannotCreate('Values in the index key pattern cannot be 0.');
    }
    return;
  }
  if (typeof order !== 'string') {
    throw cannotCreate(
      `Values in v:2 index key pattern cannot be of type ${bsonTypeName(order)}. ` +
        'Only numbers > 0, numbers < 0, and strings are allowed.',
    );
  }
  if (order === 'text' || order === 'hashed') return;
  if (order === '2d' || order === '2dsphere' || order === 'geoHaystack') {
    throw new MongoServerError('NotImplemented', `index type '${order}' is not supported`);
  }
  throw cannotCreate(
    `Unknown index plugin '${order}' :: caused by :: index specification ${formatValue(request)}`,
  );
}

function checkPath(path: string): void {
  if (path === '$**' || path.endsWith('.$**')) {
    throw new MongoServerError('NotImplemented', 'wildcard indexes are not supported');
  }
  const components = path.split('.');
  if (components.some((component) => component === '')) {
    throw cannotCreate('Index keys cannot contain an empty field.');
  }
  const isDollar = components.some((component) => component.startsWith('$'));
  if (isDollar && !/(^|\.)\$(id|ref|db)$/.test(path)) {
    throw cannotCreate("Index key contains an illegal field name: field name starts with '$'.");
  }
}

/** Throws 197 for fields that a specification does not have, 238 for those of unsupported kinds. */
export function checkFields(request: BsonDocument, isIdIndex: boolean): void {
  for (const field of request.keys()) {
    if (UNSUPPORTED_FIELDS.has(field)) {
      throw new MongoServerError('NotImplemented', `index option '${field}' is not supported`);
    }
    if (!FIELDS.has(field)) {
      throw new MongoServerError(
        'InvalidIndexSpecificationOption',
        `The field '${field}' is not valid for an index specification. Specification: ${formatValue(request)}`,
      );
    }
    if (isIdIndex && !ID_INDEX_FIELDS.has(field)) {
      throw new MongoServerError(
        'InvalidIndexSpecificationOption',
        `The field '${field}' is not valid for an _id index specification. Specification: ${formatValue(request)}`,
      );
    }
  }
}

/** The index name. Throws 2, 9, 14 or 67. */
export function checkName(request: BsonDocument, isIdIndex: boolean): string {
  const name = request.get('name');
  if (isIdIndex) return '_id_';
  if (name === undefined) {
    throw new MongoServerError(
      'FailedToParse',
      `Error in specification ${formatValue(request)} :: caused by :: The 'name' field is a required property of an index specification`,
    );
  }
  if (typeof name !== 'string') {
    throw new MongoServerError(
      'TypeMismatch',
      `The field 'name' must be a string, but got ${bsonTypeName(name)}`,
    );
  }
  if (name === '') throw cannotCreate('index name cannot be empty');
  if (name === '*') {
    throw new MongoServerError('BadValue', "The index name '*' is not valid.");
  }
  if (name === '_id_') {
    throw new MongoServerError(
      'BadValue',
      `The index name '_id_' is reserved for the _id index, which must have key pattern {_id: 1}, found key: ${formatValue(request.get('key'))}`,
    );
  }
  return name;
}

/** Throws 14, 67 or 238 for option values that are wrong or unsupported. */
export function checkOptions(request: BsonDocument, key: BsonDocument): void {
  for (const field of ['unique', 'sparse', 'hidden', 'background']) {
    const value = request.get(field);
    if (value !== undefined && typeof value !== 'boolean' && !isNumeric(value)) {
      throw new MongoServerError(
        'TypeMismatch',
        `The field '${field}' has value ${field}: ${formatValue(value)}, which is not convertible to bool`,
      );
    }
  }
  checkVersion(request.get('v'));
  checkExpiry(request.get('expireAfterSeconds'), key, request);
  checkCollation(request.get('collation'));
  const partial = request.get('partialFilterExpression');
  if (partial === undefined) return;
  if (!(partial instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `The field 'partialFilterExpression' must be an object, but got ${bsonTypeName(partial)}`,
    );
  }
  if (isTrue(request.get('sparse'))) {
    throw cannotCreate('cannot mix "partialFilterExpression" and "sparse" options');
  }
  checkPartialFilter(partial);
  compileMatch(partial, {});
}

function checkVersion(version: MaybeValue): void {
  if (version === undefined) return;
  const number = isNumeric(version) ? toDouble(version) : Number.NaN;
  if (number === 1 || number === 2) return;
  throw cannotCreate(
    `Invalid index specification: cannot create an index with v=${formatValue(version)}`,
  );
}

function checkExpiry(value: MaybeValue, key: BsonDocument, request: BsonDocument): void {
  if (value === undefined) return;
  if (!isNumeric(value)) {
    throw cannotCreate(
      `TTL index 'expireAfterSeconds' option must be numeric, but received a type of '${bsonTypeName(value)}'. Index spec: ${formatValue(request)}`,
    );
  }
  const seconds = toDouble(value);
  if (!(seconds >= 0 && seconds <= MOST_TTL_SECONDS)) {
    throw cannotCreate(
      `TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number than ${seconds}. Index spec: ${formatValue(request)}`,
    );
  }
  if (key.size > 1) {
    throw cannotCreate(
      `TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: ${formatValue(request)}`,
    );
  }
}

/** Throws 14 for a collation that is no document, and what parseCollation throws. */
function checkCollation(collation: MaybeValue): void {
  if (collation === undefined) return;
  if (collation instanceof Map) {
    parseCollation(collation);
    return;
  }
  throw new MongoServerError(
    'TypeMismatch',
    `The field 'collation' must be an object, but got ${bsonTypeName(collation)}`,
  );
}

/** The server's list of what a partial filter may hold; everything else is 67. */
function checkPartialFilter(filter: BsonDocument): void {
  for (const [field, value] of filter) {
    if (field === '$and' || field === '$or') {
      for (const branch of Array.isArray(value) ? value : []) {
        if (branch instanceof Map) checkPartialFilter(branch);
      }
      continue;
    }
    if (field.startsWith('$')) throw unsupportedInPartial(field);
    if (!(value instanceof Map)) continue;
    for (const [operator, operand] of value) {
      if (!operator.startsWith('$')) break;
      const isAbsence = operator === '$exists' && !isTrue(operand);
      if (!PARTIAL_FILTER_OPERATORS.has(operator) || isAbsence)
        throw unsupportedInPartial(operator);
    }
  }
}

function unsupportedInPartial(operator: string): MongoServerError {
  return cannotCreate(
    `Error in specification :: caused by :: Expression not supported in partial index: ${operator}`,
  );
}

function cannotCreate(message: string): MongoServerError {
  return new MongoServerError('CannotCreateIndex', message);
}

/** How the server reads a flag: numbers count as flags too. */
export function isTrue(value: MaybeValue): boolean {
  if (value instanceof Int32 || value instanceof Double || value instanceof Long) {
    return toDouble(value) !== 0;
  }
  return value === true;
}
