import { insertAhead } from './insert-ahead';
import {
  CHUNK_DOCUMENTS,
  answeredCount,
  insertAll,
  isOneChunk,
  isRetryable,
  noteAnswered,
  noteInserted,
  prepareChunk,
  type Chunk,
  type RunningInsert,
} from './insert-chunk';
import { assertValidBson } from '../values/raw';
import type { Operation } from './operation';
import type { InsertRequest, InsertResult } from './types';
import { commandNotSupportedOnView, viewOf } from './views';
import { toWriteError } from './write-errors';
import {
  RetryOperation,
  assertWritable,
  ensureCollection,
  execute,
  findCollectionOrView,
  type EngineParts,
} from './writer';

/**
 * Inserts documents, in order and up to the first error, or all that can be. Chunks are atomic against a
 * crash, the whole command is not, as on the server.
 */
export async function insertMany(
  parts: EngineParts,
  operation: Operation,
  request: InsertRequest,
): Promise<InsertResult> {
  await assertAllValid(operation, request.documents);
  const result: InsertResult = { inserted: 0, writeErrors: [], retriedStatementIds: [] };
  const insert: RunningInsert = { parts, operation, request, result, position: 0 };
  if (isView(insert)) return refuseAll(insert);
  while (!isFinished(insert)) {
    if (skipAnswered(insert)) continue;
    const isLong = request.documents.length - insert.position > CHUNK_DOCUMENTS;
    if (isLong && !operation.transaction && (await insertAhead(insert))) continue;
    await insertNextChunk(insert);
  }
  result.writeErrors.sort((a, b) => a.index - b.index);
  return result;
}

function isView({ parts, operation, request }: RunningInsert): boolean {
  const found = findCollectionOrView(parts, operation, request.namespace);
  return found !== undefined && viewOf(found) !== undefined;
}

/** The answer for a view: every document that is tried is refused. */
function refuseAll({ operation, request, result }: RunningInsert): InsertResult {
  const tried = request.ordered ? request.documents.slice(0, 1) : request.documents;
  const error = commandNotSupportedOnView(request.namespace);
  tried.forEach((_document, index) => {
    result.writeErrors.push(toWriteError(error, index, operation));
  });
  return result;
}

/**
 * Checks the BSON of all documents before the first is stored, as the server does with every message.
 * The documents of a single chunk are decoded before any of them is stored, and so need no check.
 */
async function assertAllValid(
  operation: Operation,
  documents: InsertRequest['documents'],
): Promise<void> {
  if (isOneChunk(documents)) return;
  for (const document of documents) {
    if (document instanceof Map) continue;
    assertValidBson(document);
    const turn = operation.yieldPoint();
    if (turn) await turn;
  }
}

function isFinished({ request, result, position }: RunningInsert): boolean {
  const isStopped = request.ordered && result.writeErrors.length > 0;
  return isStopped || position >= request.documents.length;
}

/** Passes over documents that an earlier try of the command inserted; answers whether there were any. */
function skipAnswered(insert: RunningInsert): boolean {
  const { operation, request, result } = insert;
  if (!isRetryable(operation)) return false;
  const count = answeredCount(operation.reader(), operation, request, insert.position);
  operation.release();
  noteAnswered(request, insert.position, count, result);
  insert.position += count;
  return count > 0;
}

/** Inserts one chunk, having waited for whatever is in its way. */
async function insertNextChunk(insert: RunningInsert): Promise<void> {
  const { parts, operation, request } = insert;
  const chunk = prepareChunk(parts.now, operation, request, insert.position);
  noteInserted(insert, chunk, await insertChunk(insert, chunk));
}

async function insertChunk(
  { parts, operation, request }: RunningInsert,
  { documents }: Chunk,
): Promise<InsertResult | undefined> {
  if (documents.length === 0) return undefined;
  for (;;) {
    const { collection } = await ensureCollection(parts, operation, request.namespace);
    try {
      return await execute(parts, operation, (target) => {
        assertWritable(operation, collection);
        return insertAll(target, operation, { collection, request, documents });
      });
    } catch (error) {
      if (!(error instanceof RetryOperation)) throw error;
    }
  }
}
