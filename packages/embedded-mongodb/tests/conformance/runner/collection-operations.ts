import type { Collection, Db, Document } from 'mongodb';
import type { OperationTable } from './operation';

/**
 * The operations on collections and databases under the names of the driver specifications
 * ("CRUD API", "Enumerating Collections", "Index Management").
 */
export const collectionOperations: OperationTable<Collection> = {
  aggregate: (collection, { pipeline, ...options }) =>
    collection.aggregate(pipeline, options).toArray(),
  bulkWrite: (collection, { requests, ...options }) => collection.bulkWrite(requests, options),
  count: (collection, { filter, ...options }) => collection.count(filter, options),
  countDocuments: (collection, { filter, ...options }) =>
    collection.countDocuments(filter, options),
  createFindCursor: async (collection, { filter, ...options }) => {
    const cursor = collection.find(filter, options);
    // The find must have been sent before the next operation; hasNext does not move the cursor.
    await cursor.hasNext();
    return cursor;
  },
  createIndex: (collection, { keys, ...options }) => collection.createIndex(keys, options),
  deleteMany: (collection, { filter, ...options }) => collection.deleteMany(filter, options),
  deleteOne: (collection, { filter, ...options }) => collection.deleteOne(filter, options),
  distinct: (collection, { fieldName, filter, ...options }) =>
    collection.distinct(fieldName, filter ?? {}, options),
  drop: (collection, options) => collection.drop(options),
  dropIndex: (collection, { name, ...options }) => collection.dropIndex(name, options),
  dropIndexes: (collection, options) => collection.dropIndexes(options),
  estimatedDocumentCount: (collection, options) => collection.estimatedDocumentCount(options),
  explain: (collection, { filter, verbosity }) => collection.find(filter).explain(verbosity),
  find: (collection, { filter, ...options }) => collection.find(filter, options).toArray(),
  findOne: (collection, { filter, ...options }) => collection.findOne(filter, options),
  findOneAndDelete: (collection, { filter, ...options }) =>
    collection.findOneAndDelete(filter, options),
  findOneAndReplace: (collection, { filter, replacement, ...options }) =>
    collection.findOneAndReplace(filter, replacement, returnDocument(options)),
  findOneAndUpdate: (collection, { filter, update, ...options }) =>
    collection.findOneAndUpdate(filter, update, returnDocument(options)),
  insertMany: (collection, { documents, ...options }) => collection.insertMany(documents, options),
  insertOne: (collection, { document, ...options }) => collection.insertOne(document, options),
  listIndexes: (collection, options) => collection.listIndexes(options).toArray(),
  listIndexNames: async (collection, options) => {
    const indexes = await collection.listIndexes(options).toArray();
    return indexes.map(({ name }) => name);
  },
  rename: (collection, { to, ...options }) => collection.rename(to, options),
  replaceOne: (collection, { filter, replacement, ...options }) =>
    collection.replaceOne(filter, replacement, options),
  updateMany: (collection, { filter, update, ...options }) =>
    collection.updateMany(filter, update, options),
  updateOne: (collection, { filter, update, ...options }) =>
    collection.updateOne(filter, update, options),
};

export const databaseOperations: OperationTable<Db> = {
  aggregate: (database, { pipeline, ...options }) =>
    database.aggregate(pipeline, options).toArray(),
  createCollection: async (database, { collection, ...options }) => {
    await database.createCollection(collection, options);
  },
  dropCollection: (database, { collection, ...options }) =>
    database.dropCollection(collection, options),
  dropDatabase: (database, options) => database.dropDatabase(options),
  listCollections: (database, { filter, ...options }) =>
    database.listCollections(filter, options).toArray(),
  listCollectionObjects: (database, { filter, ...options }) =>
    database.listCollections(filter, options).toArray(),
  listCollectionNames: async (database, { filter, ...options }) => {
    const listed = await database.listCollections(filter, { ...options, nameOnly: true }).toArray();
    return listed.map(({ name }) => name);
  },
  modifyCollection: (database, { collection, session, ...options }) =>
    database.command({ collMod: collection, ...options }, { session }),
  runCommand: (database, { command, commandName: _name, ...options }) =>
    database.command(command, options),
  runCursorCommand: (database, options) => cursorCommand(database, options).toArray(),
  createCommandCursor: async (database, options) => {
    const cursor = cursorCommand(database, options);
    await cursor.hasNext();
    return cursor;
  },
};

function cursorCommand(
  database: Db,
  { command, commandName: _name, batchSize, comment, maxTimeMS, ...options }: Document,
): ReturnType<Db['runCursorCommand']> {
  const cursor = database.runCursorCommand(command, options);
  if (batchSize !== undefined) cursor.setBatchSize(batchSize);
  if (comment !== undefined) cursor.setComment(comment);
  if (maxTimeMS !== undefined) cursor.setMaxTimeMS(maxTimeMS);
  return cursor;
}

/** The specifications write `Before` and `After`, the driver `before` and `after`. */
function returnDocument(options: Document): Document {
  if (typeof options.returnDocument !== 'string') return options;
  return { ...options, returnDocument: options.returnDocument.toLowerCase() };
}
