import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import { executeFindRaw } from '../plan/execute';
import { planQuery } from '../plan/planner';
import type { FindQuery } from '../plan/query';
import { FIRST_BATCH_DOCUMENTS, type CursorTail } from '../session/cursors';
import { capOf } from '../storage/capped';
import { countRecords } from '../storage/collection';
import type { CollectionInfo, Namespace } from '../storage/types';
import type { CommandReply } from '../wire/reply-writer';
import { toNumber } from './arguments';
import type { CommandDefinition, Invocation } from './command';
import { encodeStream, openCursor } from './cursor-reply';
import { formatNamespace, namespaceOf } from './namespaces';
import { parseFindQuery } from './query-options';
import { stagesOfFind, viewOfCommand, viewPipeline } from './view-reads';

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
  if (viewOfCommand(invocation, namespace, parsed)) return findInView(invocation, namespace);
  const isTailable = parseTailable(invocation);
  const parsedQuery = parseFindQuery(parsed, operation);
  const batchSize = parsed.nonNegativeInteger('batchSize');
  const reader = operation.reader();
  const collection = server.engine.getCollection(operation, namespace);
  const tail = isTailable && collection ? tailOf(invocation, collection) : undefined;
  const query = tail ? tailing(parsedQuery) : parsedQuery;
  const plan = planQuery(collection, query, reader);
  return openCursor(invocation, {
    namespace: formatNamespace(namespace),
    stream: executeFindRaw(operation, plan, batchSize || undefined),
    batchSize: batchSize ?? FIRST_BATCH_DOCUMENTS,
    singleBatch: parsed.boolean('singleBatch') === true,
    noTimeout: parsed.boolean('noCursorTimeout') === true,
    ...(query.limit && { limit: query.limit }),
    ...(tail && { tail }),
  });
}

function findInView(invocation: Invocation, namespace: Namespace): Promise<CommandReply> {
  const { arguments: parsed } = invocation;
  const pipeline = viewPipeline(invocation, namespace, parsed, stagesOfFind(parsed));
  return openCursor(invocation, {
    namespace: formatNamespace(namespace),
    stream: encodeStream(pipeline.run()),
    batchSize: parsed.nonNegativeInteger('batchSize') ?? FIRST_BATCH_DOCUMENTS,
    singleBatch: parsed.boolean('singleBatch') === true,
    noTimeout: false,
  });
}

/** Whether the cursor goes on at its end. Throws 9, 2, 72 for options that do not go with it. */
function parseTailable({ arguments: parsed, generic }: Invocation): boolean {
  const tailable = parsed.boolean('tailable') === true;
  if (parsed.boolean('awaitData') === true && !tailable) {
    throw new MongoServerError(
      'FailedToParse',
      "Cannot set 'awaitData' without also setting 'tailable'",
    );
  }
  if (!tailable) return false;
  if (generic.inTransaction) {
    throw new MongoServerError(
      'InvalidOptions',
      'It is illegal to open a tailable cursor in a transaction',
    );
  }
  if (parsed.boolean('singleBatch') === true) {
    throw new MongoServerError(
      'BadValue',
      "cannot use tailable option with the 'singleBatch' option",
    );
  }
  const sort = parsed.document('sort');
  if (sort && sort.size > 0 && (sort.size > 1 || toNumber(sort.get('$natural')) !== 1)) {
    throw new MongoServerError(
      'BadValue',
      'cannot use tailable option with a sort other than {$natural: 1}',
    );
  }
  return true;
}

/** A tailable cursor scans the collection, whatever indexes there are. */
function tailing(query: FindQuery): FindQuery {
  return { ...query, hint: new Map([['$natural', new Int32(1)]]), tailable: true };
}

/**
 * How the cursor goes on; undefined while the collection is empty, where it has no place to go on from.
 * Throws 2 when the collection is not capped.
 */
function tailOf(invocation: Invocation, collection: CollectionInfo): CursorTail | undefined {
  const { arguments: parsed, operation, server } = invocation;
  if (!capOf(collection)) {
    throw new MongoServerError(
      'BadValue',
      'error processing query: tailable cursor requested on non capped collection',
    );
  }
  if (countRecords(operation.reader(), collection) === 0) return undefined;
  return {
    awaitsData: parsed.boolean('awaitData') === true,
    waitForInsert: (sequence, milliseconds) =>
      server.engine.waitForInsert(collection, sequence, milliseconds),
  };
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
