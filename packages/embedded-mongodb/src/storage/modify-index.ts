import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { decodeDocument } from '../values/codec';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { Index, writeCatalogRecord, type Collection } from './catalog';
import { getRecord } from './collection';
import { changeCatalog, type CatalogParts } from './collection-operations';
import { buildIndexes } from './index-build';
import { sameKeyPattern } from './index-specification';
import { indexPrefix, prefixEnd } from './keys';
import type { Operation } from './operation';
import { recordIdOf, withoutRecordId } from './prepared-uniqueness';
import type { KeyValueReader, Namespace } from './types';
import { RetryOperation, findCollection } from './writer';

/** The specification of an index before and after `collMod`. */
export interface IndexModification {
  readonly before: BsonDocument;
  readonly after: BsonDocument;
}

const MOST_VIOLATIONS = 100_000;
const OPTIONS = ['expireAfterSeconds', 'hidden', 'unique', 'prepareUnique'];

/**
 * `collMod` of one index: `expireAfterSeconds`, `hidden`, `prepareUnique`, and `unique`, which builds the
 * index anew. With `dryRun`, only tells whether it could be unique.
 * Throws 2, 26, 27, 72, and 359 CannotConvertIndexToUnique with `violations`.
 */
export async function modifyIndex(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  request: BsonDocument,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<IndexModification> {
  assertRequest(request, dryRun);
  const index = existingIndex(parts, operation, namespace, request);
  if (request.get('unique') === undefined || index.unique) {
    return changeSpecification(parts, operation, namespace, request);
  }
  return convertToUnique(parts, operation, namespace, { request, dryRun });
}

async function changeSpecification(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  request: BsonDocument,
): Promise<IndexModification> {
  let before: BsonDocument = new Map();
  let after: BsonDocument = before;
  let indexes: Index[] = [];
  await changeCatalog(parts, operation, {
    select: () => existingCollection(parts, operation, namespace),
    change: (writer, collection) => {
      const index = selectIndex(collection, request);
      before = index.specification;
      after = modifiedSpecification(before, request);
      const replacement = replaceSpecification(index, after);
      indexes = collection.indexes.map((one) => (one === index ? replacement : one));
      writeCatalogRecord(writer, collection, { indexes });
    },
    committed: (collection) => collection.setIndexes(indexes),
  });
  return { before, after };
}

/** The unique index takes the place of the other in one step; if there are duplicates, nothing changes. */
async function convertToUnique(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  { request, dryRun }: { readonly request: BsonDocument; readonly dryRun: boolean },
): Promise<IndexModification> {
  for (;;) {
    const collection = existingCollection(parts, operation, namespace);
    await collection.building;
    const index = selectIndex(collection, request);
    const before = index.specification;
    if (!index.preparesUnique) {
      throw new MongoServerError(
        'InvalidOptions',
        "Cannot make index unique with 'prepareUnique=false'. Run collMod to set it first.",
      );
    }
    assertNoDuplicates(parts, collection, index);
    if (dryRun) return { before, after: before };
    const after = modifiedSpecification(before, request);
    const unique = new Index(parts.catalog.takeId(), after);
    try {
      await buildIndexes(parts, operation, collection, [unique], index);
      return { before, after };
    } catch (error) {
      if (error instanceof MongoServerError && error.codeName === 'DuplicateKey') {
        assertNoDuplicates(parts, collection, index);
      }
      if (!(error instanceof RetryOperation)) throw error;
    }
  }
}

function assertNoDuplicates({ store }: CatalogParts, collection: Collection, index: Index): void {
  const snapshot = store.snapshot();
  try {
    const violations = findDuplicates(snapshot, collection, index);
    if (violations.length === 0) return;
    throw new MongoServerError(
      'CannotConvertIndexToUnique',
      'Cannot convert the index to unique. Please resolve conflicting documents before running collMod again.',
      { extra: new Map([['violations', violations]]) },
    );
  } finally {
    snapshot.release();
  }
}

/** `{ ids }` for each key that several documents have. */
function findDuplicates(
  reader: KeyValueReader,
  collection: Collection,
  index: Index,
): BsonDocument[] {
  const violations: BsonDocument[] = [];
  let named = 0;
  let previous: Buffer | undefined;
  let recordIds: number[] = [];
  const finish = (): void => {
    if (recordIds.length > 1) {
      const ids = recordIds.map((recordId) => idOf(reader, collection, recordId));
      violations.push(new Map([['ids', ids]]));
      named += ids.length;
    }
    recordIds = [];
  };
  const start = indexPrefix(index.id);
  for (const { key } of reader.range({ start, end: prefixEnd(start), keysOnly: true })) {
    const shared = withoutRecordId(key);
    if (!previous?.equals(shared)) finish();
    if (named > MOST_VIOLATIONS) return violations;
    previous = shared;
    recordIds.push(recordIdOf(key));
  }
  finish();
  return violations;
}

function idOf(reader: KeyValueReader, collection: Collection, recordId: number): Value {
  const bytes = getRecord(reader, collection, recordId);
  return (bytes && decodeDocument(bytes).get('_id')) ?? null;
}

function assertRequest(request: BsonDocument, dryRun: boolean): void {
  if (request.has('name') && request.has('keyPattern')) {
    throw invalid('Cannot specify both key pattern and name.');
  }
  if (!request.has('name') && !request.has('keyPattern')) {
    throw invalid('Must specify either index name or key pattern.');
  }
  const given = OPTIONS.filter((name) => request.has(name));
  if (given.length === 0) {
    throw invalid('no expireAfterSeconds, hidden, unique, or prepareUnique field');
  }
  if (request.get('unique') === false) {
    throw new MongoServerError('BadValue', 'Cannot make index non-unique');
  }
  if (dryRun && (given.length > 1 || !request.has('unique'))) {
    throw invalid(
      "dry run mode is only supported for converting an index to unique ('index' with 'unique' alone)",
    );
  }
}

function invalid(message: string): MongoServerError {
  return new MongoServerError('InvalidOptions', message);
}

function existingCollection(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
): Collection {
  const collection = findCollection(parts, operation, namespace);
  if (collection) return collection;
  throw new MongoServerError('NamespaceNotFound', 'ns does not exist');
}

function existingIndex(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  request: BsonDocument,
): Index {
  return selectIndex(existingCollection(parts, operation, namespace), request);
}

function selectIndex(collection: Collection, request: BsonDocument): Index {
  const name = request.get('name');
  const pattern = request.get('keyPattern');
  const found = collection.indexes.filter((index) =>
    pattern instanceof Map ? sameKeyPattern(index.keyPattern, pattern) : index.name === name,
  );
  const [index] = found;
  const { database, collection: collectionName } = collection.namespace;
  const wanted = pattern instanceof Map ? formatValue(pattern) : (name as string);
  if (!index) {
    throw new MongoServerError(
      'IndexNotFound',
      `cannot find index ${wanted} for ns ${database}.${collectionName}`,
    );
  }
  if (found.length > 1) {
    throw new MongoServerError(
      'AmbiguousIndexKeyPattern',
      `index keyPattern ${wanted} matches ${found.length} indexes, must use index name. Conflicting indexes: ${found.map((one) => formatValue(one.specification)).join(', ')}`,
    );
  }
  if (index.name === '_id_' && request.has('hidden')) {
    throw new MongoServerError('BadValue', "can't hide _id index");
  }
  return index;
}

function modifiedSpecification(before: BsonDocument, request: BsonDocument): BsonDocument {
  const after = new Map(before);
  const seconds: MaybeValue = request.get('expireAfterSeconds');
  if (seconds !== undefined) after.set('expireAfterSeconds', asInteger(seconds));
  setFlag(after, 'hidden', request.get('hidden'));
  if (before.get('unique') === true) return after;
  if (request.get('unique') === true) {
    after.set('unique', true);
    after.delete('prepareUnique');
    return after;
  }
  if (request.get('prepareUnique') === true && before.has('collation')) {
    throw new MongoServerError(
      'NotImplemented',
      'prepareUnique of an index with a collation is not supported',
    );
  }
  setFlag(after, 'prepareUnique', request.get('prepareUnique'));
  return after;
}

/** A flag that is false is left out. */
function setFlag(specification: BsonDocument, name: string, value: MaybeValue): void {
  if (value === true) specification.set(name, true);
  if (value === false) specification.delete(name);
}

function asInteger(value: Value): Int32 {
  const number = isNumeric(value) ? toDouble(value) : Number.NaN;
  if (Number.isInteger(number) && number >= 0 && number <= 2_147_483_647) return new Int32(number);
  throw new MongoServerError(
    'InvalidOptions',
    "TTL index 'expireAfterSeconds' option must be within an acceptable range",
  );
}

/** The same entries under a changed specification. */
function replaceSpecification(index: Index, specification: BsonDocument): Index {
  const replacement = new Index(index.id, specification);
  for (const path of index.multikeyPaths) replacement.multikeyPaths.add(path);
  replacement.longKeys = index.longKeys;
  replacement.since = index.since;
  return replacement;
}
