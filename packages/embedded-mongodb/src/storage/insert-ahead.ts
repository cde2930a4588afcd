import type { Collection } from './catalog';
import {
  answeredCount,
  insertAll,
  isRetryable,
  noteInserted,
  prepareChunk,
  type Chunk,
  type RunningInsert,
} from './insert-chunk';
import { LockedByTransaction } from './locks';
import type { InsertResult, KeyValueWriter } from './types';
import { CollectionIsBuilding, RetryOperation, assertWritable, ensureCollection } from './writer';

/** What one command may have on its way to the disk. */
const MOST_CHUNKS_AHEAD = 24;
const MOST_BYTES_AHEAD = 16 * 1024 * 1024;
/**
 * Chunks are queued so many at a time. An index whose keys come in any order has most of its pages
 * rewritten by each commit, and so few large commits write far less than many small ones.
 */
const BURST_CHUNKS = 12;
const BURST_BYTES = 4 * 1024 * 1024;

interface ChunkAhead {
  readonly chunk: Chunk;
  /** Never rejects; undefined when the chunk was not inserted. */
  readonly outcome: Promise<InsertResult | undefined>;
}

/** The chunks of one command that are queued one behind the other. */
interface Line {
  /** Set as soon as a chunk cannot be inserted: none behind it may be either. */
  isHalted: boolean;
  /** The group of the latest chunk until it is visible. If it never is, a later group must not go on. */
  uncommittedGroup?: number;
  failure?: Error;
}

/**
 * Inserts chunk after chunk without waiting for each to be on disk, so that preparing, writing and
 * flushing overlap. Returns at the end, after an error that ends an ordered insert, and before a chunk
 * that something is in the way of; answers whether it got anywhere.
 */
export async function insertAhead(insert: RunningInsert): Promise<boolean> {
  const { parts, operation, request } = insert;
  const start = insert.position;
  const { collection } = await ensureCollection(parts, operation, request.namespace);
  const line: Line = { isHalted: false };
  const ahead: ChunkAhead[] = [];
  let burst: Chunk[] = [];
  const queueBurst = (): void => {
    for (const chunk of burst) {
      ahead.push({ chunk, outcome: insertInLine(insert, collection, chunk, line) });
    }
    burst = [];
  };
  try {
    for (let next = start; next < request.documents.length && !line.isHalted;) {
      operation.checkInterrupted();
      if (next > start && wasAnswered(insert, next)) break;
      const chunk = prepareChunk(parts.now, operation, request, next);
      burst.push(chunk);
      next = chunk.end;
      if (chunk.error && request.ordered) break;
      if (isLarge(burst)) queueBurst();
      if (isEnough(ahead)) await settleFirst(insert, ahead);
      await operation.yieldPoint();
    }
    queueBurst();
  } catch (error) {
    line.isHalted = true;
    line.failure ??= error as Error;
  }
  while (ahead.length > 0) await settleFirst(insert, ahead);
  if (line.failure) throw line.failure;
  return insert.position > start;
}

function wasAnswered({ operation, request }: RunningInsert, position: number): boolean {
  if (!isRetryable(operation)) return false;
  const count = answeredCount(operation.reader(), operation, request, position);
  operation.release();
  return count > 0;
}

function isLarge(burst: readonly Chunk[]): boolean {
  return burst.length >= BURST_CHUNKS || bytesOf(burst) >= BURST_BYTES;
}

function isEnough(ahead: readonly ChunkAhead[]): boolean {
  const isLong = ahead.length >= MOST_CHUNKS_AHEAD;
  return isLong || bytesOf(ahead.map(({ chunk }) => chunk)) >= MOST_BYTES_AHEAD;
}

function bytesOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function settleFirst(insert: RunningInsert, ahead: ChunkAhead[]): Promise<void> {
  const first = ahead.shift();
  const outcome = await first?.outcome;
  if (first && outcome) noteInserted(insert, first.chunk, outcome);
}

async function insertInLine(
  { parts, operation, request }: RunningInsert,
  collection: Collection,
  chunk: Chunk,
  line: Line,
): Promise<InsertResult | undefined> {
  try {
    const work = (writer: KeyValueWriter): InsertResult | undefined => {
      const sequence = parts.locks.runningSequence;
      if (line.uncommittedGroup !== undefined && line.uncommittedGroup !== sequence) {
        line.isHalted = true;
      }
      if (line.isHalted) return undefined;
      // Stays so when the chunk throws.
      line.isHalted = true;
      assertWritable(operation, collection);
      const { documents } = chunk;
      const target = { writer, guard: parts.locks, sequence };
      const outcome = insertAll(target, operation, { collection, request, documents });
      const hasError = outcome.writeErrors.length > 0 || chunk.error !== undefined;
      line.isHalted = request.ordered && hasError;
      line.uncommittedGroup = sequence;
      return outcome;
    };
    return await parts.store.write(work, { committed: () => (line.uncommittedGroup = undefined) });
  } catch (error) {
    line.isHalted = true;
    if (!isObstacle(error)) line.failure ??= error as Error;
    return undefined;
  }
}

/** What goes away by waiting, or by looking the collection up again. */
function isObstacle(error: unknown): boolean {
  return (
    error instanceof LockedByTransaction ||
    error instanceof CollectionIsBuilding ||
    error instanceof RetryOperation
  );
}
