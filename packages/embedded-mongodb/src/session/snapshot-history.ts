import type { Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { KeyValueReader, OperationContext } from '../storage/types';

/** The server's minSnapshotHistoryWindowInSeconds. */
const HISTORY_MS = 300_000;
/** Each kept state pins pages of the data file and one of the store's reader slots. */
const MAX_KEPT = 16;

interface KeptSnapshot {
  readonly operation: OperationContext;
  readonly keptAt: number;
}

/**
 * Past states for read concern "snapshot": a session that has read at a cluster time may go on
 * reading that state for five minutes.
 */
export class SnapshotHistory {
  private readonly kept = new Map<string, KeptSnapshot>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Keeps the present state under this time; `open` gives an operation that pins it. */
  keep(time: Timestamp, open: () => OperationContext): KeyValueReader {
    const known = this.kept.get(keyOf(time));
    if (known) return known.operation.reader();
    const operation = open();
    const reader = operation.reader();
    this.kept.set(keyOf(time), { operation, keptAt: this.now() });
    if (this.kept.size > MAX_KEPT) this.dropOldest();
    return reader;
  }

  /** @throws MongoServerError SnapshotTooOld when that state is not kept (any more). */
  at(time: Timestamp): KeyValueReader {
    const known = this.kept.get(keyOf(time));
    if (known) return known.operation.reader();
    throw new MongoServerError(
      'SnapshotTooOld',
      `Read timestamp Timestamp(${time.t}, ${time.i}) is older than the oldest available timestamp.`,
    );
  }

  sweep(): void {
    for (const [key, snapshot] of this.kept) {
      if (snapshot.keptAt + HISTORY_MS < this.now()) this.drop(key, snapshot);
    }
  }

  close(): void {
    for (const [key, snapshot] of this.kept) this.drop(key, snapshot);
  }

  private dropOldest(): void {
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
    checkInterrupted: () => operation.checkInterrupted(),
    yieldPoint: () => operation.yieldPoint(),
  };
}

function keyOf(time: Timestamp): string {
  return `${time.t}.${time.i}`;
}
