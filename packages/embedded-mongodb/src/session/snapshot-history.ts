import type { Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { KeyValueReader, OperationContext } from '../storage/types';

/** The server's minSnapshotHistoryWindowInSeconds. */
const HISTORY_MS = 300_000;
/** Each kept state pins pages of the data file and one of the store's reader slots. */
const MAX_KEPT = 16;

interface KeptSnapshot {
  readonly operation: OperationContext;
  usedAt: number;
}

/**
 * Past states for read concern "snapshot": a session that has read at a cluster time may go on
 * reading that state for five minutes after its latest read.
 */
export class SnapshotHistory {
  /** The one that was not used for longest comes first. */
  private readonly kept = new Map<string, KeptSnapshot>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Keeps the present state under this time; `open` gives an operation that pins it. */
  keep(time: Timestamp, open: () => OperationContext): KeyValueReader {
    const known = this.use(time);
    if (known) return known;
    const operation = open();
    const reader = operation.reader();
    this.kept.set(keyOf(time), { operation, usedAt: this.now() });
    if (this.kept.size > MAX_KEPT) this.dropLeastUsed();
    return reader;
  }

  /** @throws MongoServerError SnapshotTooOld when that state is not kept (any more). */
  at(time: Timestamp): KeyValueReader {
    const known = this.use(time);
    if (known) return known;
    throw new MongoServerError(
      'SnapshotTooOld',
      `Read timestamp Timestamp(${time.t}, ${time.i}) is older than the oldest available timestamp.`,
    );
  }

  sweep(): void {
    for (const [key, snapshot] of this.kept) {
      if (snapshot.usedAt + HISTORY_MS < this.now()) this.drop(key, snapshot);
    }
  }

  close(): void {
    for (const [key, snapshot] of this.kept) this.drop(key, snapshot);
  }

  private use(time: Timestamp): KeyValueReader | undefined {
    const key = keyOf(time);
    const snapshot = this.kept.get(key);
    if (!snapshot) return undefined;
    snapshot.usedAt = this.now();
    this.kept.delete(key);
    this.kept.set(key, snapshot);
    return snapshot.operation.reader();
  }

  private dropLeastUsed(): void {
    for (const [key, snapshot] of this.kept) {
      this.drop(key, snapshot);
      return;
    }
  }

  private drop(key: string, snapshot: KeptSnapshot): void {
    snapshot.operation.release();
    this.kept.delete(key);
  }
}

/** The operation as it is, but reading a kept state. */
export function readingFrom(
  operation: OperationContext,
  reader: () => KeyValueReader,
): OperationContext {
  return {
    reader,
    release: () => undefined,
    ...(operation.deadline !== undefined && { deadline: operation.deadline }),
    ...(operation.memory && { memory: operation.memory }),
    checkInterrupted: () => operation.checkInterrupted(),
    yieldPoint: () => operation.yieldPoint(),
  };
}

function keyOf(time: Timestamp): string {
  return `${time.t}.${time.i}`;
}
