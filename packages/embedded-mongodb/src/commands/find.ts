import { MongoServerError } from '../errors';
import { executeFindRaw } from '../plan/execute';
import { planQuery } from '../plan/planner';
import { FIRST_BATCH_DOCUMENTS } from '../session/cursors';
import type { CommandReply } from '../wire/reply-writer';
import type { CommandDefinition, Invocation } from './command';
import { openCursor } from './cursor-reply';
import { formatNamespace, namespaceOf } from './namespaces';
import { parseFindQuery } from './query-options';

/** Fields of find in MongoDB 7.0 (find_command.idl). */
export const FIND_FIELDS = [
  'filter',
  'projection',
  'sort',
  'hint',
  'skip',
  'limit',
  'batchSize',
  'singleBatch',
  'allowDiskUse',
  'min',
  'max',
  'returnKey',
  'showRecordId',
  'tailable',
  'oplogReplay',
  'noCursorTimeout',
  'awaitData',
  'allowPartialResults',
  'collation',
  'let',
  'readOnce',
  'allowSpeculativeMajorityRead',
  'requestResumeToken',
  'resumeAfter',
  'term',
] as const;

async function find(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const query = parseFindQuery(parsed);
  refuseTailable(invocation);
  const batchSize = parsed.nonNegativeInteger('batchSize');
  const reader = operation.reader();
  const collection = server.engine.getCollection(operation, namespace);
  const plan = planQuery(collection, query, reader);
  return openCursor(invocation, {
    namespace: formatNamespace(namespace),
    stream: executeFindRaw(operation, plan, batchSize || undefined),
    batchSize: batchSize ?? FIRST_BATCH_DOCUMENTS,
    singleBatch: parsed.boolean('singleBatch') === true,
    noTimeout: parsed.boolean('noCursorTimeout') === true,
    ...(query.limit && { limit: query.limit }),
  });
}

function refuseTailable({ arguments: parsed }: Invocation): void {
  const tailable = parsed.boolean('tailable') === true;
  if (parsed.boolean('awaitData') === true && !tailable) {
    throw new MongoServerError(
      'FailedToParse',
      "Cannot set 'awaitData' without also setting 'tailable'",
    );
  }
  if (tailable) {
    throw new MongoServerError(
      'BadValue',
      'error processing query: tailable cursor requested on non capped collection',
    );
  }
}

export const findCommands: readonly CommandDefinition[] = [
  {
    name: 'find',
    fields: FIND_FIELDS,
    inTransaction: true,
    readConcern: true,
    snapshotReads: true,
    stableApi: true,
    opensCursor: true,
    run: find,
  },
];
