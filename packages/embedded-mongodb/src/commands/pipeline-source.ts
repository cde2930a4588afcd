import { Binary, Int32 } from 'bson';
import { createHash } from 'node:crypto';
import type { Pipeline } from '../aggregate/pipeline';
import type { PipelineSource, PipelineWriter } from '../aggregate/types';
import { MongoServerError } from '../errors';
import type { Variables } from '../expression/variables';
import type { FindQuery } from '../plan/query';
import { createPipelineSource } from '../plan/source';
import type { Namespace, OperationContext, WriteError } from '../storage/types';
import type { Engine } from '../storage/engine';
import type { BsonDocument, Value } from '../values/types';
import { storageStatistics } from './statistics-commands';
import type { Invocation } from './command';
import { formatNamespace } from './namespaces';
import { readView } from './view-reads';

const UUID_BYTES = 16;

/**
 * How the pipeline of a command reads and writes collections. A view is read through its own pipeline.
 * @param variables those of the command, with the time at which it began
 */
export function pipelineSource(invocation: Invocation, variables: Variables): PipelineSource {
  const { operation } = invocation;
  const { engine } = invocation.server;
  const reader = createPipelineSource(operation, (namespace) =>
    engine.getCollection(operation, namespace),
  );
  const readable = (namespace: Namespace, query: FindQuery): Pipeline | undefined => {
    const view = engine.getView(operation, namespace);
    return view && readView(view, query, source, variables);
  };
  const source: PipelineSource = {
    ...reader,
    find: (namespace, query) => readable(namespace, query)?.run() ?? reader.find(namespace, query),
    count: async (namespace, match, limit, hint) => {
      const pipeline = readable(namespace, { match, limit, hint });
      if (!pipeline) return reader.count(namespace, match, limit, hint);
      let count = 0;
      for await (const chunk of pipeline.run()) count += chunk.length;
      return count;
    },
    explain: (namespace, query, verbosity) =>
      readable(namespace, query)?.explain(verbosity) ?? reader.explain(namespace, query, verbosity),
    sessions: () => describeSessions(invocation),
    statistics: (namespace, parts) => [collectionStatistics(invocation, namespace, parts)],
    write: pipelineWriter(invocation),
  };
  return source;
}

function collectionStatistics(
  { client, operation, server }: Invocation,
  namespace: Namespace,
  parts: { readonly count: boolean; readonly storageStats: boolean },
): BsonDocument {
  const full = formatNamespace(namespace);
  const statistics = new Map<string, Value>([
    ['ns', full],
    ['host', client.host],
    ['localTime', new Date()],
  ]);
  const collection = server.engine.getCollection(operation, namespace);
  if (!collection && (parts.count || parts.storageStats)) {
    throw new MongoServerError(
      'NamespaceNotFound',
      `Unable to retrieve ${parts.count ? 'count' : 'storageStats'} in $collStats stage :: caused by :: Collection [${full}] not found.`,
    );
  }
  if (!collection) return statistics;
  const reader = operation.reader();
  const storage = new Map(storageStatistics(reader, collection, 1));
  if (parts.storageStats) statistics.set('storageStats', storage);
  if (parts.count) statistics.set('count', storage.get('count') ?? new Int32(0));
  return statistics;
}

/** SHA-256 of nothing, which stands for the user where there are none. */
const NO_USER = createHash('sha256').update('').digest();

function describeSessions({ server }: Invocation): BsonDocument[] {
  const described: BsonDocument[] = [];
  server.sessions.forEach(({ key, lastUse }) => {
    const id = new Map<string, Value>([
      ['id', new Binary(key.subarray(0, UUID_BYTES), Binary.SUBTYPE_UUID)],
      ['uid', new Binary(key.length > UUID_BYTES ? key.subarray(UUID_BYTES) : NO_USER)],
    ]);
    described.push(
      new Map<string, Value>([
        ['_id', id],
        ['lastUse', new Date(lastUse)],
      ]),
    );
  });
  return described;
}

/**
 * Writes run in operations of their own: the pipeline's snapshot would not see what an earlier
 * document of the same pipeline has written.
 */
function pipelineWriter({ arguments: parsed, server, interruption }: Invocation): PipelineWriter {
  const { engine } = server;
  const bypassDocumentValidation = parsed.boolean('bypassDocumentValidation') === true;
  const inOwnOperation = async <T>(
    work: (operation: OperationContext) => Promise<T>,
  ): Promise<T> => {
    const operation = engine.createOperation({
      bypassDocumentValidation,
      interrupted: interruption.check,
    });
    try {
      return await work(operation);
    } finally {
      operation.release();
    }
  };
  return {
    insertMany: (namespace, documents) =>
      inOwnOperation(async (operation) => {
        const request = { namespace, documents: [...documents], ordered: true };
        throwFirst((await engine.insertMany(operation, request)).writeErrors);
      }),
    updateOne: (namespace, { filter, update, variables }) =>
      inOwnOperation(async (operation) => {
        const result = await engine.updateDocuments(operation, {
          namespace,
          statements: [{ filter, update: isPipeline(update) ? [...update] : update }],
          ordered: true,
          variables,
        });
        throwFirst(result.writeErrors);
        return { matched: result.matched > 0 };
      }),
    replaceCollection: (namespace, documents) =>
      inOwnOperation((operation) => engine.replaceCollection(operation, namespace, documents)),
    hasUniqueIndex: (namespace, fields) =>
      inOwnOperation(async (operation) => hasUniqueIndex(engine, operation, namespace, fields)),
  };
}

function isPipeline(
  update: BsonDocument | readonly BsonDocument[],
): update is readonly BsonDocument[] {
  return Array.isArray(update);
}

function throwFirst([first]: readonly WriteError[]): void {
  if (!first) return;
  const extra = new Map<string, unknown>(first.extra);
  if (first.keyPattern) extra.set('keyPattern', first.keyPattern);
  if (first.keyValue) extra.set('keyValue', first.keyValue);
  throw new MongoServerError(first.code, first.message, { extra });
}

function hasUniqueIndex(
  engine: Engine,
  operation: OperationContext,
  namespace: Namespace,
  fields: readonly string[],
): boolean {
  const indexes = engine.getCollection(operation, namespace)?.indexes;
  if (!indexes) return fields.length === 1 && fields[0] === '_id';
  const wanted = new Set(fields);
  return indexes.some(
    (index) =>
      index.unique &&
      !index.specification.has('collation') &&
      !index.sparse &&
      !index.partialFilter &&
      index.fields.length === wanted.size &&
      index.fields.every(({ path }) => wanted.has(path)),
  );
}
