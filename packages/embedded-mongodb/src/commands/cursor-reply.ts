import { Long, type Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { Batch, CursorOptions, CursorTail, ServerCursor } from '../session/cursors';
import { encodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import type { Invocation } from './command';

/** How long a getMore on a cursor with awaitData waits unless its maxTimeMS says otherwise. */
const DEFAULT_AWAIT_MS = 1_000;
/** A waiting getMore looks so often whether its client is gone or its cursor was killed. */
const INTERRUPTION_POLL_MS = 100;

export interface FirstBatchRequest extends Pick<CursorOptions, 'namespace' | 'stream' | 'limit'> {
  readonly batchSize: number;
  readonly singleBatch: boolean;
  readonly noTimeout: boolean;
  readonly tail?: CursorTail;
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
    ...(request.tail && { tail: request.tail }),
    ...(session && { session }),
    ...(generic.inTransaction &&
      generic.txnNumber !== undefined && { txnNumber: generic.txnNumber }),
    // The maxTimeMS of a getMore that awaits data is how long it waits, and the find's own counts no more.
    ...(generic.maxTimeMS !== undefined &&
      !request.tail?.awaitsData && { remainingTimeMS: generic.maxTimeMS }),
  });
  invocation.keepOperation();
  const batch = await batchOrClose(cursor, request.batchSize);
  if (batch.exhausted || request.singleBatch) {
    await cursor.close();
    return batchReply('firstBatch', cursor, batch, Long.ZERO, invocation.atClusterTime);
  }
  spendTime(cursor, startedAt);
  await server.cursors.park(cursor);
  return batchReply('firstBatch', cursor, batch, cursor.id, invocation.atClusterTime);
}

/** The next batch of a parked cursor. */
export async function continueCursor(
  invocation: Invocation,
  cursor: ServerCursor,
  batchSize: number | undefined,
  awaitMS = DEFAULT_AWAIT_MS,
): Promise<CommandReply> {
  const { cursors } = invocation.server;
  const startedAt = Date.now();
  const { interruption } = cursor.options;
  interruption.continueFor(invocation.client.isGone, cursor.remainingTimeMS);
  invocation.session?.running.add(interruption);
  invocation.server.running.add(interruption);
  let batch: Batch;
  try {
    batch = await batchOrWait(cursor, batchSize, awaitMS);
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
  await cursors.park(cursor);
  return batchReply('nextBatch', cursor, batch, cursor.id);
}

/** A cursor with awaitData that has nothing waits for inserts, holding no snapshot meanwhile. */
async function batchOrWait(
  cursor: ServerCursor,
  batchSize: number | undefined,
  awaitMS: number,
): Promise<Batch> {
  const { tail, operation } = cursor.options;
  const end = Date.now() + awaitMS;
  for (;;) {
    const batch = await cursor.nextBatch(batchSize);
    const left = end - Date.now();
    if (!tail?.awaitsData || batch.documents.length > 0 || batch.exhausted || left <= 0)
      return batch;
    const { sequence } = operation.reader();
    operation.release();
    await tail.waitForInsert(sequence, Math.min(left, INTERRUPTION_POLL_MS));
    operation.checkInterrupted();
    if (cursor.killed) return batch;
  }
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

/** A chunk of BSON ends when it holds so much: documents of a pipeline may share what they hold. */
const ENCODED_CHUNK_BYTES = 1024 * 1024;

/** Encodes a stream of documents, no further ahead than about 1 MiB. */
export async function* encodeStream(
  stream: AsyncIterable<BsonDocument[]>,
): AsyncGenerator<Uint8Array[], void, void> {
  for await (const chunk of stream) {
    let encoded: Uint8Array[] = [];
    let bytes = 0;
    for (const document of chunk) {
      const buffer = encodeDocument(document);
      encoded.push(buffer);
      bytes += buffer.length;
      if (bytes < ENCODED_CHUNK_BYTES) continue;
      yield encoded;
      encoded = [];
      bytes = 0;
    }
    if (encoded.length > 0) yield encoded;
  }
}

/** A cursor reply for a result that is already complete (listCollections, listIndexes). */
export async function* singleChunk(
  documents: readonly BsonDocument[],
): AsyncGenerator<Uint8Array[], void, void> {
  yield documents.map((document) => encodeDocument(document));
}
