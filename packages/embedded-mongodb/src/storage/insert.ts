import { Int32 } from 'bson';
import { asSafeInteger } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';
import type { Collection } from './catalog';
import { prepareInsert } from './document-rules';
import type { Operation } from './operation';
import { findStatement, recordStatement } from './retry-table';
import type { InsertRequest, InsertResult, KeyValueReader, WriteError } from './types';
import { insertDocument, type StoredDocument, type WriteTarget } from './write';
import { toWriteError } from './write-errors';
import {
  RetryOperation,
  assertWritable,
  ensureCollection,
  execute,
  type EngineParts,
} from './writer';

/** Documents of one work: enough to share a flush, few enough to leave others their turn. */
const CHUNK_DOCUMENTS = 500;
const CHUNK_BYTES = 4 * 1024 * 1024;

interface PreparedDocument extends StoredDocument {
  readonly index: number;
}

/**
 * Inserts documents, in order and up to the first error, or all that can be. Chunks are atomic against a
 * crash, the whole command is not, as on the server.
 */
export async function insertMany(
  parts: EngineParts,
  operation: Operation,
  request: InsertRequest,
): Promise<InsertResult> {
  const result: InsertResult = { inserted: 0, writeErrors: [], retriedStatementIds: [] };
  let position = 0;
  while (position < request.documents.length) {
    const answered = answeredCount(operation.reader(), operation, request, position);
    operation.release();
    if (answered > 0) {
      for (let step = 0; step < answered; step += 1) {
        result.retriedStatementIds.push(statementIdOf(request, position + step));
      }
      result.inserted += answered;
      position += answered;
      continue;
    }
    const chunk = prepareChunk(parts, operation, request, position);
    await insertChunk(parts, operation, request, chunk.documents, result);
    if (chunk.error) result.writeErrors.push(chunk.error);
    if (request.ordered && result.writeErrors.length > 0) break;
    position = chunk.end;
  }
  result.writeErrors.sort((a, b) => a.index - b.index);
  return result;
}

interface Chunk {
  readonly documents: PreparedDocument[];
  /** Set when the document before `end` cannot be stored. */
  readonly error?: WriteError;
  readonly end: number;
}

function prepareChunk(
  parts: EngineParts,
  operation: Operation,
  request: InsertRequest,
  start: number,
): Chunk {
  const documents: PreparedDocument[] = [];
  let bytes = 0;
  let index = start;
  while (index < request.documents.length) {
    if (documents.length >= CHUNK_DOCUMENTS || bytes >= CHUNK_BYTES) break;
    try {
      const prepared = prepareInsert(request.documents[index] as BsonDocument, parts.now);
      documents.push({ ...prepared, index });
      bytes += prepared.bytes.length;
    } catch (error) {
      return { documents, error: toWriteError(error, index, operation), end: index + 1 };
    }
    index += 1;
  }
  return { documents, end: index };
}

async function insertChunk(
  parts: EngineParts,
  operation: Operation,
  request: InsertRequest,
  documents: readonly PreparedDocument[],
  result: InsertResult,
): Promise<void> {
  if (documents.length === 0) return;
  for (;;) {
    const { collection } = await ensureCollection(parts, operation, request.namespace);
    try {
      const outcome = await execute(parts, operation, (target) => {
        assertWritable(operation, collection);
        return insertAll(target, operation, { collection, request, documents });
      });
      result.inserted += outcome.inserted;
      result.writeErrors.push(...outcome.writeErrors);
      result.retriedStatementIds.push(...outcome.retriedStatementIds);
      return;
    } catch (error) {
      if (!(error instanceof RetryOperation)) throw error;
    }
  }
}

type ChunkOutcome = InsertResult;

interface InsertWork {
  readonly collection: Collection;
  readonly request: InsertRequest;
  readonly documents: readonly PreparedDocument[];
}

function insertAll(
  target: WriteTarget,
  operation: Operation,
  { collection, request, documents }: InsertWork,
): ChunkOutcome {
  const outcome: ChunkOutcome = { inserted: 0, writeErrors: [], retriedStatementIds: [] };
  let run: { start: number; count: number } | undefined;
  let skipBefore = 0;
  for (const prepared of documents) {
    if (prepared.index < skipBefore) continue;
    try {
      target.writer.attempt(() => insertDocument(target, collection, prepared));
      outcome.inserted += 1;
      run = run ? { ...run, count: run.count + 1 } : { start: prepared.index, count: 1 };
    } catch (error) {
      outcome.writeErrors.push(toWriteError(error, prepared.index, operation));
      if (run) recordRun(target, operation, request, run);
      run = undefined;
      if (request.ordered) break;
      // Only after an error can inserts of an earlier try follow inside a chunk.
      skipBefore = skipAnswered(target, operation, request, prepared.index + 1, outcome);
    }
  }
  if (run) recordRun(target, operation, request, run);
  return outcome;
}

/** Counts the statements from `start` on that an earlier try executed; answers the first one after them. */
function skipAnswered(
  target: WriteTarget,
  operation: Operation,
  request: InsertRequest,
  start: number,
  outcome: ChunkOutcome,
): number {
  const count = answeredCount(target.writer, operation, request, start);
  outcome.inserted += count;
  for (let step = 0; step < count; step += 1) {
    outcome.retriedStatementIds.push(statementIdOf(request, start + step));
  }
  return start + count;
}

/** Notes consecutive inserts under the first one's statement id. */
function recordRun(
  target: WriteTarget,
  operation: Operation,
  request: InsertRequest,
  run: { start: number; count: number },
): void {
  if (operation.transaction) return;
  const result = new Map<string, Value>([['inserted', new Int32(run.count)]]);
  const statementId = statementIdOf(request, run.start);
  recordStatement(target.writer, operation.session, statementId, { count: run.count, result });
}

/** How many statements from `position` on were executed by an earlier try. */
function answeredCount(
  reader: KeyValueReader,
  operation: Operation,
  request: InsertRequest,
  position: number,
): number {
  if (operation.session?.txnNumber === undefined || operation.transaction) return 0;
  if (position >= request.documents.length) return 0;
  const record = findStatement(reader, operation.session, statementIdOf(request, position));
  const count = asSafeInteger(record?.result.get('inserted')) ?? 0;
  return Math.min(count, request.documents.length - position);
}

function statementIdOf(request: InsertRequest, index: number): number {
  return request.statementIds?.[index] ?? index;
}
