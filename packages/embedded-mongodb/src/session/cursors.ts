import { randomBytes } from 'node:crypto';
import { Long } from 'bson';
import { MongoServerError } from '../errors';
import type { OperationContext } from '../storage/types';
import { MAX_BSON_OBJECT_BYTES } from '../wire/protocol';
import type { Interruption } from './interruption';
import type { LogicalSession } from './logical-sessions';

/** The server's cursorTimeoutMillis. */
export const CURSOR_TIMEOUT_MS = 10 * 60_000;
export const FIRST_BATCH_DOCUMENTS = 101;
/** What all waiting cursors together may hold. */
export const PARKED_MEMORY_BYTES = 256 * 1024 * 1024;
/** What a waiting cursor takes beside the documents that it holds: its plan and its streams. */
const CURSOR_OVERHEAD_BYTES = 16 * 1024;

/** Where a cursor's documents come from: chunks of BSON bytes. */
export type RawStream = AsyncGenerator<Uint8Array[], void, void>;

export interface CursorOptions {
  readonly namespace: string;
  readonly stream: RawStream;
  readonly operation: OperationContext;
  readonly interruption: Interruption;
  readonly session?: LogicalSession;
  readonly txnNumber?: bigint;
  readonly noTimeout: boolean;
  /** All documents that the query may give; reaching it closes the cursor without another read. */
  readonly limit?: number;
  /** Set for a tailable cursor: an empty chunk of its stream is not the end, and waiting may bring more. */
  readonly tail?: CursorTail;
  /** What is left of maxTimeMS for all batches together, in milliseconds. */
  readonly remainingTimeMS?: number;
}

/** How a tailable cursor goes on at the end of its collection. */
export interface CursorTail {
  /** A getMore that finds nothing waits for inserts. */
  readonly awaitsData: boolean;
  /** Resolves after an insert that `sequence` does not show, or after so long. */
  waitForInsert(sequence: number, milliseconds: number): Promise<void>;
}

export interface Batch {
  readonly documents: Uint8Array[];
  readonly exhausted: boolean;
}

/** A query between two batches: the rest of its stream and what was read but not yet sent. */
export class ServerCursor {
  private assignedId?: Long;
  lastUse: number;
  inUse = false;
  killed = false;
  remainingTimeMS?: number;
  /** What the registry has counted for it while it waits. */
  parkedBytes = 0;
  private pending: Uint8Array[] = [];
  private pendingStart = 0;
  private delivered = 0;

  constructor(
    readonly options: CursorOptions,
    now: number,
  ) {
    this.lastUse = now;
    this.remainingTimeMS = options.remainingTimeMS;
  }

  /** Made when first asked for: most queries end with their first batch and need none. */
  get id(): Long {
    this.assignedId ??= newCursorId();
    return this.assignedId;
  }

  /**
   * Up to `count` documents (undefined: as many as fit), never more than 16 MiB together except
   * that one document always fits.
   */
  async nextBatch(count: number | undefined): Promise<Batch> {
    const documents: Uint8Array[] = [];
    let bytes = 0;
    while (count === undefined || documents.length < count) {
      const document = await this.peek();
      if (!document) return { documents, exhausted: this.options.tail === undefined };
      if (documents.length > 0 && bytes + document.length > MAX_BSON_OBJECT_BYTES) break;
      documents.push(document);
      bytes += document.length;
      this.pendingStart += 1;
      this.delivered += 1;
      if (this.options.limit && this.delivered >= this.options.limit) {
        return { documents, exhausted: true };
      }
    }
    return { documents, exhausted: false };
  }

  /** Bytes held while the cursor waits: documents read ahead and what its stages hold. */
  get memoryBytes(): number {
    let bytes = CURSOR_OVERHEAD_BYTES + (this.options.operation.memory?.bytes ?? 0);
    for (let index = this.pendingStart; index < this.pending.length; index++) {
      bytes += this.pending[index]!.length;
    }
    return bytes;
  }

  /** Ends the stream and lets go of the snapshot. */
  async close(): Promise<void> {
    this.killed = true;
    this.pending = [];
    try {
      await this.options.stream.return();
    } finally {
      this.options.operation.release();
    }
  }

  private async peek(): Promise<Uint8Array | undefined> {
    while (this.pendingStart >= this.pending.length) {
      const next = await this.options.stream.next();
      if (next.done) return undefined;
      this.pending = next.value;
      this.pendingStart = 0;
      if (this.options.tail && next.value.length === 0) return undefined;
    }
    return this.pending[this.pendingStart];
  }
}

/** Open cursors by id: timed out after ten idle minutes, closed with their session. */
export class CursorRegistry {
  private readonly cursors = new Map<string, ServerCursor>();
  timedOut = 0;

  private parkedBytes = 0;

  constructor(
    private readonly now: () => number = Date.now,
    private readonly memoryLimitBytes = PARKED_MEMORY_BYTES,
  ) {}

  get size(): number {
    return this.cursors.size;
  }

  create(options: CursorOptions): ServerCursor {
    return new ServerCursor(options, this.now());
  }

  /**
   * Keeps a cursor for getMore; its snapshot is released while it waits, and a large sorted result
   * goes to disk when much is waiting already.
   * @throws MongoServerError ExceededMemoryLimit when there is no room, after closing the cursor
   */
  async park(cursor: ServerCursor): Promise<void> {
    const { operation } = cursor.options;
    operation.release();
    if (this.parkedBytes + cursor.memoryBytes > this.memoryLimitBytes / 2) {
      await operation.memory?.spill();
    }
    const bytes = cursor.memoryBytes;
    if (cursor.killed || this.parkedBytes + bytes > this.memoryLimitBytes) {
      const isFull = !cursor.killed;
      this.cursors.delete(cursor.id.toString());
      await cursor.close();
      if (!isFull) return;
      throw new MongoServerError(
        'ExceededMemoryLimit',
        `The open cursors hold ${this.parkedBytes} of ${this.memoryLimitBytes} bytes; another one of ${bytes} bytes does not fit`,
      );
    }
    cursor.lastUse = this.now();
    cursor.inUse = false;
    cursor.parkedBytes = bytes;
    this.parkedBytes += bytes;
    this.cursors.set(cursor.id.toString(), cursor);
  }

  /**
   * Hands a parked cursor out for one batch.
   * @throws MongoServerError CursorNotFound, CursorInUse.
   */
  checkOut(id: Long): ServerCursor {
    const cursor = this.cursors.get(id.toString());
    if (!cursor)
      throw new MongoServerError('CursorNotFound', `cursor id ${id.toString()} not found`);
    if (cursor.inUse) {
      throw new MongoServerError('CursorInUse', `cursor id ${id.toString()} is already in use`);
    }
    cursor.inUse = true;
    this.forgetMemory(cursor);
    return cursor;
  }

  find(id: Long): ServerCursor | undefined {
    return this.cursors.get(id.toString());
  }

  /** Forgets a cursor and frees what it holds; one in use is closed by its own command. */
  async kill(cursor: ServerCursor): Promise<void> {
    this.cursors.delete(cursor.id.toString());
    this.forgetMemory(cursor);
    if (cursor.inUse) cursor.killed = true;
    else await cursor.close();
  }

  private forgetMemory(cursor: ServerCursor): void {
    this.parkedBytes -= cursor.parkedBytes;
    cursor.parkedBytes = 0;
  }

  async killWhere(matches: (cursor: ServerCursor) => boolean): Promise<void> {
    await Promise.all(
      [...this.cursors.values()].filter(matches).map((cursor) => this.kill(cursor)),
    );
  }

  async sweep(): Promise<void> {
    const oldest = this.now() - CURSOR_TIMEOUT_MS;
    const idle = [...this.cursors.values()].filter(
      (cursor) => !cursor.inUse && !cursor.options.noTimeout && cursor.lastUse < oldest,
    );
    this.timedOut += idle.length;
    await Promise.all(idle.map((cursor) => this.kill(cursor)));
  }
}

function newCursorId(): Long {
  const bytes = randomBytes(8);
  // Positive and never zero: zero means "no cursor".
  const id = bytes.readBigUInt64LE() & 0x7fffffffffffffffn;
  return Long.fromBigInt(id === 0n ? 1n : id);
}
