import { Int32 } from 'bson';
import { asSafeInteger } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';
import type { Collection } from './catalog';
import { prepareInsert } from './document-rules';
import { assertValidInsert } from './document-validation';
import type { Operation } from './operation';
import { findStatement, recordStatement } from './retry-table';
import type { InsertRequest, InsertResult, KeyValueReader, WriteError } from './types';
import { insertDocument, type StoredDocument, type WriteTarget } from './write';
import { toWriteError } from './write-errors';
import type { EngineParts } from './writer';

/** Documents of one work: enough to share a flush, few enough to leave others their turn. */
export const CHUNK_DOCUMENTS = 500;
const CHUNK_BYTES = 4 * 1024 * 1024;

interface PreparedDocument extends StoredDocument {
  readonly index: number;
}

/** How far an insert command has come. */
export interface RunningInsert {
  readonly parts: EngineParts;
  readonly operation: Operation;
  readonly request: InsertRequest;
  readonly result: InsertResult;
  /** The documents before it are dealt with. */
  position: number;
}

/** Consecutive documents of an insert command, ready to be stored. */
export interface Chunk {
  readonly documents: PreparedDocument[];
  /** Set when the document before `end` cannot be stored. */
  readonly error?: WriteError;
  /** Index of the first document after the chunk. */
  readonly end: number;
  /** BSON of all documents together. */
  readonly bytes: number;
}

/** The next documents from `start` on, as many as make one work. */
export function prepareChunk(
  now: () => Date,
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
      const prepared = prepareInsert(request.documents[index] as BsonDocument | Uint8Array, now);
      documents.push({ document: prepared.document, bytes: prepared.bytes, index });
      bytes += prepared.bytes.length;
    } catch (error) {
      return { documents, bytes, error: toWriteError(error, index, operation), end: index + 1 };
    }
    index += 1;
  }
  return { documents, bytes, end: index };
}

/** True when surely a single chunk takes all these documents. */
export function isOneChunk(documents: InsertRequest['documents']): boolean {
  if (documents.length > CHUNK_DOCUMENTS) return false;
  let bytes = 0;
  for (const document of documents) bytes += document instanceof Map ? 0 : document.length;
  return bytes < CHUNK_BYTES;
}

export interface InsertWork {
  readonly collection: Collection;
  readonly request: InsertRequest;
  readonly documents: readonly PreparedDocument[];
}

/** Adds what became of a chunk to what the command answers. */
export function noteInserted(
  insert: RunningInsert,
  chunk: Chunk,
  outcome: InsertResult | undefined,
): void {
  const { result } = insert;
  result.inserted += outcome?.inserted ?? 0;
  result.writeErrors.push(...(outcome?.writeErrors ?? []));
  result.retriedStatementIds.push(...(outcome?.retriedStatementIds ?? []));
  if (chunk.error) result.writeErrors.push(chunk.error);
  insert.position = chunk.end;
}

/** The work of a chunk. Errors of single documents are in the result, anything else is thrown. */
export function insertAll(
  target: WriteTarget,
  operation: Operation,
  { collection, request, documents }: InsertWork,
): InsertResult {
  const outcome: InsertResult = { inserted: 0, writeErrors: [], retriedStatementIds: [] };
  const run = { start: 0, count: 0 };
  let skipBefore = 0;
  for (const prepared of documents) {
    if (prepared.index < skipBefore) continue;
    try {
      assertValidInsert(operation, collection, prepared.document);
      target.writer.attempt(() => insertDocument(target, collection, prepared));
      outcome.inserted += 1;
      if (run.count === 0) run.start = prepared.index;
      run.count += 1;
    } catch (error) {
      outcome.writeErrors.push(toWriteError(error, prepared.index, operation));
      recordRun(target, operation, request, run);
      run.count = 0;
      if (request.ordered) break;
      // Only after an error can inserts of an earlier try follow inside a chunk.
      skipBefore = skipAnswered(target, operation, request, prepared.index + 1, outcome);
    }
  }
  recordRun(target, operation, request, run);
  return outcome;
}

/** Counts the statements from `start` on that an earlier try executed; answers the first one after them. */
function skipAnswered(
  target: WriteTarget,
  operation: Operation,
  request: InsertRequest,
  start: number,
  outcome: InsertResult,
): number {
  const count = answeredCount(target.writer, operation, request, start);
  noteAnswered(request, start, count, outcome);
  return start + count;
}

/** Notes consecutive inserts under the first one's statement id. */
function recordRun(
  target: WriteTarget,
  operation: Operation,
  request: InsertRequest,
  run: { start: number; count: number },
): void {
  if (operation.transaction || run.count === 0) return;
  const result = new Map<string, Value>([['inserted', new Int32(run.count)]]);
  const statementId = statementIdOf(request, run.start);
  recordStatement(target.writer, operation.session, statementId, { count: run.count, result });
}

/** Adds statements that an earlier try executed to what the command answers. */
export function noteAnswered(
  request: InsertRequest,
  start: number,
  count: number,
  result: InsertResult,
): void {
  result.inserted += count;
  for (let step = 0; step < count; step += 1) {
    result.retriedStatementIds.push(statementIdOf(request, start + step));
  }
}

/** How many statements from `position` on were executed by an earlier try. */
export function answeredCount(
  reader: KeyValueReader,
  operation: Operation,
  request: InsertRequest,
  position: number,
): number {
  if (!isRetryable(operation)) return 0;
  if (position >= request.documents.length) return 0;
  const record = findStatement(reader, operation.session, statementIdOf(request, position));
  const count = asSafeInteger(record?.result.get('inserted')) ?? 0;
  return Math.min(count, request.documents.length - position);
}

/** True when the statements of the operation are noted, for a try that is repeated. */
export function isRetryable({ session, transaction }: Operation): boolean {
  return session?.txnNumber !== undefined && !transaction;
}

function statementIdOf(request: InsertRequest, index: number): number {
  return request.statementIds?.[index] ?? index;
}
