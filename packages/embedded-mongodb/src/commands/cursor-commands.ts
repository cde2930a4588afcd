import { Long } from 'bson';
import { MongoServerError } from '../errors';
import type { ServerCursor } from '../session/cursors';
import type { Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import { reply, type CommandDefinition, type Invocation } from './command';
import { continueCursor } from './cursor-reply';
import { collectionNamespace, formatNamespace, namespaceOf } from './namespaces';
import { bsonTypeName } from '../values/compare';

async function getMore(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, server } = invocation;
  const id = cursorIdOf(parsed.body.get('getMore'), 'getMore.getMore');
  const collection = parsed.requiredString('collection');
  const namespace = formatNamespace(collectionOrCommandNamespace(invocation.database, collection));
  const batchSize = parsed.nonNegativeInteger('batchSize');
  const cursor = server.cursors.checkOut(id);
  try {
    assertCursorOwner(invocation, cursor, namespace);
    if (parsed.has('maxTimeMS') && !cursor.options.tail?.awaitsData) {
      throw new MongoServerError(
        'BadValue',
        'cannot set maxTimeMS on getMore command for a non-awaitData cursor',
      );
    }
  } catch (error) {
    cursor.inUse = false;
    throw error;
  }
  const awaitMS = invocation.generic.maxTimeMS;
  return continueCursor(invocation, cursor, batchSize === 0 ? undefined : batchSize, awaitMS);
}

/** Cursors of listCollections live in `$cmd.listCollections`, which is no collection name. */
function collectionOrCommandNamespace(
  database: string,
  collection: string,
): { database: string; collection: string } {
  return collection.startsWith('$cmd.')
    ? { database, collection }
    : collectionNamespace(database, collection);
}

/** A cursor may only be continued where it was opened: namespace, session and transaction. */
function assertCursorOwner(invocation: Invocation, cursor: ServerCursor, namespace: string): void {
  const { options } = cursor;
  const id = cursor.id.toString();
  if (options.namespace !== namespace) {
    throw new MongoServerError(
      'Unauthorized',
      `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${options.namespace}`,
    );
  }
  const mine = invocation.session;
  const theirs = options.session;
  if (!theirs && mine) {
    throw new MongoServerError(
      50736,
      `Cannot run getMore on cursor ${id}, which was not created in a session, in session ${mine.describe()}`,
    );
  }
  if (theirs && !mine) {
    throw new MongoServerError(
      50737,
      `Cannot run getMore on cursor ${id}, which was created in session ${theirs.describe()}, without an lsid`,
    );
  }
  if (theirs && mine && theirs !== mine) {
    throw new MongoServerError(
      50738,
      `Cannot run getMore on cursor ${id}, which was created in session ${theirs.describe()}, in session ${mine.describe()}`,
    );
  }
  assertCursorTransaction(invocation, cursor);
}

function assertCursorTransaction(invocation: Invocation, cursor: ServerCursor): void {
  const mine = invocation.generic.inTransaction ? invocation.generic.txnNumber : undefined;
  const theirs = cursor.options.txnNumber;
  if (mine === theirs) return;
  const id = cursor.id.toString();
  if (theirs === undefined) {
    throw new MongoServerError(
      50739,
      `Cannot run getMore on cursor ${id}, which was not created in a transaction, in transaction ${mine}`,
    );
  }
  if (mine === undefined) {
    throw new MongoServerError(
      50740,
      `Cannot run getMore on cursor ${id}, which was created in transaction ${theirs}, without a txnNumber`,
    );
  }
  throw new MongoServerError(
    50741,
    `Cannot run getMore on cursor ${id}, which was created in transaction ${theirs}, in transaction ${mine}`,
  );
}

async function killCursors(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, server } = invocation;
  const namespace = namespaceOrCommand(invocation);
  const cursors = parsed.raw('cursors');
  if (cursors === undefined) parsed.missing('cursors');
  if (!Array.isArray(cursors)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field 'killCursors.cursors' is the wrong type '${bsonTypeName(cursors)}', expected type 'array'`,
    );
  }
  const killed: Value[] = [];
  const notFound: Value[] = [];
  for (const [index, value] of cursors.entries()) {
    const id = cursorIdOf(value, `killCursors.cursors.${index}`);
    const cursor = server.cursors.find(id);
    if (cursor && cursor.options.namespace === namespace) {
      await server.cursors.kill(cursor);
      killed.push(id);
    } else {
      notFound.push(id);
    }
  }
  return reply([
    ['cursorsKilled', killed],
    ['cursorsNotFound', notFound],
    ['cursorsAlive', []],
    ['cursorsUnknown', []],
  ]);
}

function namespaceOrCommand({ arguments: parsed, database }: Invocation): string {
  const name = parsed.body.get('killCursors');
  return typeof name === 'string' && name.startsWith('$cmd.')
    ? `${database}.${name}`
    : formatNamespace(namespaceOf(database, parsed));
}

function cursorIdOf(value: Value | undefined, field: string): Long {
  if (value instanceof Long) return value;
  throw new MongoServerError(
    'TypeMismatch',
    `BSON field '${field}' is the wrong type '${bsonTypeName(value)}', expected type 'long'`,
  );
}

export const cursorCommands: readonly CommandDefinition[] = [
  {
    name: 'getMore',
    fields: ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
    inTransaction: true,
    inheritsReadConcern: true,
    stableApi: true,
    run: getMore,
  },
  {
    name: 'killCursors',
    fields: ['cursors'],
    inTransaction: true,
    stableApi: true,
    run: killCursors,
  },
];
