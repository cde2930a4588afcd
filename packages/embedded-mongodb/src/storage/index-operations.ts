import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, Value } from '../values/types';
import { Index, writeCatalogRecord, type Collection } from './catalog';
import { changeCatalog, type CatalogParts } from './collection-operations';
import { countRecords } from './collection';
import type { CreateIndexesResult, DropIndexesResult } from './engine';
import { markIndexAsGarbage } from './garbage';
import { buildIndexes } from './index-build';
import { asBuildError } from './index-build-error';
import {
  compareSpecifications,
  isIdKeyPattern,
  normalizeIndexSpecification,
  sameKeyPattern,
  withCollation,
} from './index-specification';
import type { Operation } from './operation';
import type { Namespace } from './types';
import { RetryOperation, ensureCollection, findCollection } from './writer';

const MOST_INDEXES = 64;

/** The `createIndexes` command: all the indexes or none. Throws 67, 85, 86, 197, 11000 and others. */
export async function createIndexes(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  requests: readonly BsonDocument[],
): Promise<CreateIndexesResult> {
  const normalized = requests.map(normalizeIndexSpecification);
  for (;;) {
    const { collection, created } = await ensureCollection(parts, operation, namespace);
    await collection.building;
    const indexesBefore = collection.indexes.length;
    const specifications = normalized.map((one) =>
      withCollation(one, collection.options.get('collation')),
    );
    const missing = missingSpecifications(collection, specifications);
    const result = { indexesBefore, createdCollectionAutomatically: created };
    if (missing.length === 0) {
      const note = 'all indexes already exist';
      return { ...result, indexesAfter: indexesBefore, note };
    }
    if (indexesBefore + missing.length > MOST_INDEXES) throw tooManyIndexes(namespace);
    assertNoExpiry(collection, missing);
    const indexes = missing.map((one) => new Index(parts.catalog.takeId(), one));
    try {
      if (operation.transaction) addInTransaction(operation, collection, indexes);
      else await buildIndexes(parts, operation, collection, indexes);
      return { ...result, indexesAfter: indexesBefore + missing.length };
    } catch (error) {
      if (!(error instanceof RetryOperation)) {
        throw operation.transaction ? error : asBuildError(error, collection);
      }
    }
  }
}

/** A capped collection loses its documents by age already. */
function assertNoExpiry({ cap }: Collection, specifications: readonly BsonDocument[]): void {
  if (!cap || !specifications.some((one) => one.has('expireAfterSeconds'))) return;
  throw new MongoServerError('CannotCreateIndex', 'Cannot create TTL index on a capped collection');
}

/** The `dropIndexes` command. Throws 26, 27, 72, 181. */
export async function dropIndexes(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  index: Value,
): Promise<DropIndexesResult> {
  let dropped: readonly Index[] = [];
  let indexesWas = 0;
  await changeCatalog(parts, operation, {
    select: () => existingCollection(parts, operation, namespace),
    change: (writer, collection) => {
      indexesWas = collection.indexes.length;
      dropped = selectIndexes(collection, index);
      for (const one of dropped) markIndexAsGarbage(writer, one);
      writeCatalogRecord(writer, collection, { indexes: withoutIndexes(collection, dropped) });
    },
    committed: (collection) => collection.setIndexes(withoutIndexes(collection, dropped)),
  });
  const message = 'non-_id indexes dropped for collection';
  return index === '*' ? { indexesWas, message } : { indexesWas };
}

/** The specifications that the collection does not have yet. Throws 67, 85 and 86 on a conflict. */
function missingSpecifications(
  collection: Collection,
  specifications: readonly BsonDocument[],
): BsonDocument[] {
  const missing: BsonDocument[] = [];
  for (const requested of specifications) {
    if (isIdKeyPattern(requested.get('key') as BsonDocument)) continue;
    const existing = [...collection.indexes.map((index) => index.specification), ...missing];
    if (!existing.some((other) => isSameIndex(requested, other))) missing.push(requested);
  }
  return missing;
}

/** The server's checks of a new specification against an index that exists. */
function isSameIndex(requested: BsonDocument, existing: BsonDocument): boolean {
  const likeness = compareSpecifications(requested, existing);
  const isSameName = requested.get('name') === existing.get('name');
  const both = `Requested index: ${formatValue(requested)}, existing index: ${formatValue(existing)}`;
  if (isSameName && likeness === 'different') {
    throw new MongoServerError(
      'IndexKeySpecsConflict',
      'An existing index has the same name as the requested index. When index names are not specified, ' +
        'they are auto generated and can cause conflicts. Please refer to our documentation. ' +
        both,
    );
  }
  if (isSameName && likeness === 'equivalent') {
    throw new MongoServerError(
      'IndexOptionsConflict',
      `An equivalent index already exists with the same name but different options. ${both}`,
    );
  }
  if (!isSameName && likeness === 'identical') {
    throw new MongoServerError(
      'IndexOptionsConflict',
      `Index already exists with a different name: ${existing.get('name') as string}`,
    );
  }
  if (!isSameName && likeness === 'equivalent') {
    throw new MongoServerError(
      'IndexOptionsConflict',
      `An equivalent index already exists with a different name and options. ${both}`,
    );
  }
  if (!isSameName && requested.has('weights') && existing.has('weights')) {
    throw new MongoServerError(
      'CannotCreateIndex',
      `only one text index per collection allowed, found existing text index "${existing.get('name') as string}"`,
    );
  }
  return isSameName;
}

/** In a transaction indexes can only be added to a collection that it created and that is empty. */
function addInTransaction(
  operation: Operation,
  collection: Collection,
  indexes: readonly Index[],
): void {
  const { transaction } = operation;
  if (
    !transaction?.created.includes(collection) ||
    countRecords(transaction.reader, collection) > 0
  ) {
    throw new MongoServerError(
      'OperationNotSupportedInTransaction',
      `Cannot create new indexes on existing collection ${collection.namespace.database}.${collection.namespace.collection} in a multi-document transaction.`,
    );
  }
  collection.setIndexes([...collection.indexes, ...indexes]);
  writeCatalogRecord(transaction.overlay, collection);
}

function existingCollection(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
): Collection {
  const collection = findCollection(parts, operation, namespace);
  if (collection) return collection;
  throw new MongoServerError(
    'NamespaceNotFound',
    `ns not found ${namespace.database}.${namespace.collection}`,
  );
}

/** The indexes that `dropIndexes` names: '*', a name, several names, or a key pattern. */
function selectIndexes(collection: Collection, selector: Value): Index[] {
  if (selector === '*') return collection.indexes.slice(1);
  if (typeof selector === 'string') return [indexByName(collection, selector)];
  if (Array.isArray(selector)) {
    return selector.map((name) =>
      indexByName(collection, typeof name === 'string' ? name : formatValue(name)),
    );
  }
  if (!(selector instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field 'dropIndexes.index' is the wrong type '${bsonTypeName(selector)}', expected types '[string, object, array]'`,
    );
  }
  return [indexByKeyPattern(collection, selector)];
}

function indexByName(collection: Collection, name: string): Index {
  const index = collection.indexes.find((one) => one.name === name);
  if (!index) {
    throw new MongoServerError('IndexNotFound', `index not found with name [${name}]`);
  }
  return assertDroppable(index);
}

function indexByKeyPattern(collection: Collection, pattern: BsonDocument): Index {
  const found = collection.indexes.filter((one) => sameKeyPattern(one.keyPattern, pattern));
  const [index] = found;
  if (!index) {
    throw new MongoServerError(
      'IndexNotFound',
      `can't find index with key: ${formatValue(pattern)}`,
    );
  }
  if (found.length > 1) {
    throw new MongoServerError(
      181,
      `${found.length} indexes found for key: ${formatValue(pattern)}, identify by name instead. Conflicting indexes: ${found.map((one) => formatValue(one.specification)).join(', ')}`,
    );
  }
  return assertDroppable(index);
}

function assertDroppable(index: Index): Index {
  if (index.specification.get('clustered') === true) {
    throw new MongoServerError(5979800, 'It is illegal to drop the clusteredIndex');
  }
  if (index.name === '_id_') {
    throw new MongoServerError('InvalidOptions', 'cannot drop _id index');
  }
  return index;
}

function withoutIndexes(collection: Collection, dropped: readonly Index[]): Index[] {
  return collection.indexes.filter((index) => !dropped.includes(index));
}

function tooManyIndexes({ database, collection }: Namespace): MongoServerError {
  return new MongoServerError(
    'CannotCreateIndex',
    `add index fails, too many indexes for ${database}.${collection}`,
  );
}
