import { Long, type Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { Batch, CursorOptions, ServerCursor } from '../session/cursors';
import { encodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import type { Invocation } from './command';

export interface FirstBatchRequest extends Pick<CursorOptions, 'namespace' | 'stream' | 'limit'> {
  readonly batchSize: number;
  readonly singleBatch: boolean;
  readonly noTimeout: boolean;
}

/** Runs a new cursor up to its first batch; what is left waits for getMore. */
export async function openCursor(
  invocation: Invocation,
  request: FirstBatchRequest,
): Promise<CommandReply> {
  const { server, session, generic, operation } = invocation;
  const startedAt = Date.now();
  const cursor = server.cursors.create({
    namespace: request.namespace,
    stream: request.stream,
    operation,
    interruption: invocation.interruption,
    noTimeout: request.noTimeout,
    ...(request.limit !== undefined && { limit: request.limit }),
    ...(session && { session }),
    ...(generic.inTransaction &&
      generic.txnNumber !== undefined && { txnNumber: generic.txnNumber }),
    ...(generic.maxTimeMS !== undefined && { remainingTimeMS: generic.maxTimeMS }),
  });
  invocation.keepOperation();
  const batch = await batchOrClose(cursor, request.batchSize);
  if (batch.exhausted || request.singleBatch) {
    await cursor.close();
    return batchReply('firstBatch', cursor, batch, Long.ZERO, invocation.atClusterTime);
  }
  spendTime(cursor, startedAt);
  server.cursors.park(cursor);
  return batchReply('firstBatch', cursor, batch, cursor.id, invocation.atClusterTime);
}

/** The next batch of a parked cursor. */
export async function continueCursor(
  invocation: Invocation,
  cursor: ServerCursor,
  batchSize: number | undefined,
): Promise<CommandReply> {
  const { cursors } = invocation.server;
  const startedAt = Date.now();
  const { interruption } = cursor.options;
  interruption.continueFor(invocation.client.isGone, cursor.remainingTimeMS);
  invocation.session?.running.add(interruption);
  invocation.server.running.add(interruption);
  let batch: Batch;
  try {
    batch = await cursor.nextBatch(batchSize);
  } catch (error) {
    cursor.inUse = false;
    await cursors.kill(cursor);
    throw error;
  } finally {
    invocation.session?.running.delete(interruption);
    invocation.server.running.delete(interruption);
  }
  spendTime(cursor, startedAt);
  if (cursor.killed) {
    await cursor.close();
    throw new MongoServerError('CursorKilled', 'cursor was killed while in use');
  }
  if (batch.exhausted) {
    cursor.inUse = false;
    await cursors.kill(cursor);
    return batchReply('nextBatch', cursor, batch, Long.ZERO);
  }
  cursors.park(cursor);
  return batchReply('nextBatch', cursor, batch, cursor.id);
}

function spendTime(cursor: ServerCursor, startedAt: number): void {
  if (cursor.remainingTimeMS !== undefined) cursor.remainingTimeMS -= Date.now() - startedAt;
}

async function batchOrClose(cursor: ServerCursor, count: number): Promise<Batch> {
  try {
    return await cursor.nextBatch(count);
  } catch (error) {
    await cursor.close();
    throw error;
  }
}

function batchReply(
  name: 'firstBatch' | 'nextBatch',
  cursor: ServerCursor,
  batch: Batch,
  id: Long,
  atClusterTime?: Timestamp,
): CommandReply {
  const trailer = new Map<string, Value>([
    ['id', id],
    ['ns', cursor.options.namespace],
  ]);
  if (atClusterTime) trailer.set('atClusterTime', atClusterTime);
  return { cursor: { name, documents: batch.documents, trailer }, fields: new Map() };
}

/** Encodes a stream of documents chunk by chunk. */
export async function* encodeStream(
  stream: AsyncIterable<BsonDocument[]>,
): AsyncGenerator<Uint8Array[], void, void> {
  for await (const chunk of stream) yield chunk.map((document) => encodeDocument(document));
}

/** A cursor reply for a result that is already complete (listCollections, listIndexes). */
export async function* singleChunk(
  documents: readonly BsonDocument[],
): AsyncGenerator<Uint8Array[], void, void> {
  yield documents.map((document) => encodeDocument(document));
}
