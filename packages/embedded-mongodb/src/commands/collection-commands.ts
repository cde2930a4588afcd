import { Double, Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import { compileMatch } from '../match/compile';
import { isClustered } from '../storage/clustered';
import type { CollectionInfo } from '../storage/types';
import { viewOf } from '../storage/views';
import type { BsonDocument, Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import { reply, type CommandDefinition, type Invocation } from './command';
import { openCursor, singleChunk } from './cursor-reply';
import { GENERIC_FIELDS } from './generic-arguments';
import { formatNamespace, namespaceOf, parseNamespace } from './namespaces';
import { createView, isViewRequest } from './view-commands';

/** Options of create in MongoDB 7.0; the engine refuses the ones it cannot honour. */
const CREATE_FIELDS = [
  'capped',
  'autoIndexId',
  'idIndex',
  'size',
  'max',
  'storageEngine',
  'validator',
  'validationLevel',
  'validationAction',
  'indexOptionDefaults',
  'viewOn',
  'pipeline',
  'collation',
  'recordPreImages',
  'changeStreamPreAndPostImages',
  'timeseries',
  'clusteredIndex',
  'expireAfterSeconds',
  'encryptedFields',
  'temp',
  'flags',
];
const LIST_BATCH = 101;

async function create(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const generic = new Set(GENERIC_FIELDS);
  const options: BsonDocument = new Map(
    [...parsed.body].filter(([name]) => name !== parsed.command && !generic.has(name)),
  );
  if (isViewRequest(parsed)) await createView(invocation, namespace, options);
  else await server.engine.createCollection(operation, namespace, options);
  return reply();
}

/** Dropping what is not there succeeds, since MongoDB 7.0. */
async function drop(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const { dropped, wasView, indexesWas } = await server.engine.dropCollection(operation, namespace);
  if (!dropped) return reply();
  if (wasView) return reply([['ns', formatNamespace(namespace)]]);
  return reply([
    ['nIndexesWas', new Int32(indexesWas)],
    ['ns', formatNamespace(namespace)],
  ]);
}

async function dropDatabase({ server, operation, database }: Invocation): Promise<CommandReply> {
  const dropped = await server.engine.dropDatabase(operation, database);
  return reply(dropped ? [['dropped', database]] : []);
}

async function renameCollection(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const from = parseNamespace(parsed.requiredString('renameCollection'));
  const to = parseNamespace(parsed.requiredString('to'));
  await server.engine.renameCollection(operation, from, to, {
    dropTarget: parsed.boolean('dropTarget') === true,
  });
  return reply();
}

function describeCollection(collection: CollectionInfo, nameOnly: boolean): BsonDocument {
  const isView = viewOf(collection) !== undefined;
  const description = new Map<string, Value>([
    ['name', collection.namespace.collection],
    ['type', isView ? 'view' : 'collection'],
  ]);
  if (nameOnly) return description;
  if (isView) {
    description.set('options', collection.options);
    return description.set('info', new Map([['readOnly', true]]));
  }
  const idIndex = collection.indexes[0]?.specification;
  description.set('options', collection.options);
  description.set(
    'info',
    new Map<string, Value>([
      ['readOnly', false],
      ['uuid', collection.uuid],
    ]),
  );
  if (idIndex && !isClustered(collection)) description.set('idIndex', idIndex);
  return description;
}

async function listCollections(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server, database } = invocation;
  const filter = parsed.document('filter');
  const match = filter && compileMatch(filter, {});
  const nameOnly = parsed.boolean('nameOnly') === true;
  const documents = server.engine
    .listCollections(operation, database)
    .map((collection) => describeCollection(collection, false))
    .filter((description) => !match || match.matches(description))
    .map((description) => (nameOnly ? nameAndType(description) : description));
  return openCursor(invocation, {
    namespace: `${database}.$cmd.listCollections`,
    stream: singleChunk(documents),
    batchSize: cursorBatchSize(invocation) ?? Number.MAX_SAFE_INTEGER,
    singleBatch: false,
    noTimeout: false,
  });
}

function nameAndType(description: BsonDocument): BsonDocument {
  return new Map([...description].filter(([name]) => name === 'name' || name === 'type'));
}

/** `cursor: { batchSize }` as aggregate and the list commands take it. */
export function cursorBatchSize({ arguments: parsed }: Invocation): number | undefined {
  const cursor = parsed.document('cursor');
  return cursor && parsed.nested('cursor', cursor).nonNegativeInteger('batchSize');
}

async function listIndexes(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const collection = server.engine.getCollection(operation, namespace);
  if (!collection) {
    throw new MongoServerError(
      'NamespaceNotFound',
      `ns does not exist: ${formatNamespace(namespace)}`,
    );
  }
  return openCursor(invocation, {
    namespace: formatNamespace(namespace),
    stream: singleChunk(collection.indexes.map((index) => index.specification)),
    batchSize: cursorBatchSize(invocation) ?? LIST_BATCH,
    singleBatch: false,
    noTimeout: false,
  });
}

async function listDatabases(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const filter = parsed.document('filter');
  const match = filter && compileMatch(filter, {});
  const nameOnly = parsed.boolean('nameOnly') === true;
  const described = server.engine.listDatabases(operation).map((name) => {
    const { dataSize: bytes, collections } = server.engine.databaseStatistics(operation, name);
    return new Map<string, Value>([
      ['name', name],
      ['sizeOnDisk', new Double(bytes)],
      ['empty', collections === 0],
    ]);
  });
  const databases = described.filter((entry) => !match || match.matches(entry));
  if (nameOnly) {
    return reply([
      ['databases', databases.map((entry) => new Map([['name', entry.get('name') ?? null]]))],
    ]);
  }
  const total = databases.reduce((sum, entry) => sum + Number(entry.get('sizeOnDisk')), 0);
  return reply([
    ['databases', databases],
    ['totalSize', new Double(total)],
    ['totalSizeMb', new Double(Math.round(total / 2 ** 20))],
  ]);
}

/** `convertToCapped`: keeps the newest documents that fit. */
async function convertToCapped(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const size = parsed.number('size') ?? parsed.missing('size');
  if (size <= 0) {
    throw new MongoServerError(
      'InvalidOptions',
      'Capped collection size must be greater than zero',
    );
  }
  await server.engine.convertToCapped(operation, namespace, Long.fromNumber(size));
  return reply();
}

const CATALOG_WRITE = { writeConcern: true, isWrite: true, stableApi: true } as const;

export const collectionCommands: readonly CommandDefinition[] = [
  { name: 'create', fields: CREATE_FIELDS, inTransaction: true, ...CATALOG_WRITE, run: create },
  { name: 'drop', fields: ['collectionUUID'], ...CATALOG_WRITE, run: drop },
  { name: 'dropDatabase', fields: [], ...CATALOG_WRITE, run: dropDatabase },
  {
    name: 'renameCollection',
    fields: ['to', 'dropTarget', 'stayTemp', 'collectionUUID'],
    adminOnly: true,
    writeConcern: true,
    isWrite: true,
    run: renameCollection,
  },
  {
    name: 'convertToCapped',
    fields: ['size', 'temp'],
    writeConcern: true,
    isWrite: true,
    run: convertToCapped,
  },
  {
    name: 'listCollections',
    fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
    stableApi: true,
    opensCursor: true,
    run: listCollections,
  },
  {
    name: 'listIndexes',
    fields: ['cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo'],
    stableApi: true,
    opensCursor: true,
    run: listIndexes,
  },
  {
    name: 'listDatabases',
    fields: ['filter', 'nameOnly', 'authorizedDatabases'],
    adminOnly: true,
    stableApi: true,
    run: listDatabases,
  },
];
