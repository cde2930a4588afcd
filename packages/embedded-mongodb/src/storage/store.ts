import { MongoServerError } from '../errors';
import { acquireDirectoryLock, type DirectoryLock } from './data-directory';
import { FileReserve } from './file-reserve';
import { closeDatabase, dataFile, MOST_READERS, openDatabase } from './lmdb-database';
import { metaKey } from './keys';
import { Overlay } from './overlay';
import type { LmdbDatabase, Trees } from './trees';
import type { KeyRange, KeyValueEntry, KeyValueReader, Snapshot } from './types';
import { inWriteOrder } from './write-order';

/**
 * Version of the key layout in keys.ts, of the trees in trees.ts and of the record contents. Raise it with
 * every change of one of them.
 */
export const FORMAT_VERSION = 2;

const SEQUENCE_KEY = metaKey('sequence');
const NOTHING = Buffer.alloc(0);
/** Works run so long before others get a turn. */
const SLICE_MS = 5;
/** A group with so many changed keys takes no further work: who writes little shall not wait long. */
const MOST_CHANGES = 25_000;
const CLOSE_PATIENCE_MS = 500;
/** The others are for the writer, which must always be able to read. */
const MOST_SNAPSHOTS = MOST_READERS - 64;
/** A disk that fills up in the middle of a write shows as an input/output error (lmdb: "short write"). */
const OUT_OF_SPACE =
  /No space left|File too large|quota exceeded|Input\/output error|MDB_MAP_FULL/i;

type ChangeGroups = ReturnType<Overlay['changeGroups']>;

export type Work<T> = (writer: Overlay) => T;

export interface WriteOptions<T> {
  /** No other work shares the group, so that what follows can build on its commit. */
  alone?: boolean;
  /** Called once the work is visible to new snapshots, before any later work runs. */
  committed?: (result: T) => void;
}

/** A finished or running group of works, as it is told to the listener. */
export interface WriteGroup {
  readonly sequence: number;
  readonly writes: Overlay;
}

/** Hears about each group: when its works begin to run, and when it is visible or has failed. */
export interface GroupListener {
  started(group: WriteGroup): void;
  finished(group: WriteGroup): void;
}

interface QueuedWork {
  run: (overlay: Overlay) => void;
  /** The group is visible to new snapshots, and no later work has run yet. */
  visible: () => void;
  settle: (failure: Error | undefined) => void;
  /** Runs in a group of its own. */
  alone: boolean;
}

/**
 * The ordered key-value store under the engine, one lmdb file. Reads come from snapshots. Writes are
 * works queued to one serial writer: those that wait together run one after the other on one write-set
 * that lmdb commits as one transaction (group commit), so that many writers share one disk flush.
 */
export class Store {
  private readonly database: LmdbDatabase;
  private readonly queue: QueuedWork[] = [];
  private draining: Promise<void> | undefined;
  private closed = false;
  private lastCommitFailed = false;
  /** Ends when the writers of the latest group have been told. */
  private lastFlush: Promise<void> = Promise.resolve();
  private lastSequence: number;
  private openSnapshots = 0;
  private listener: GroupListener | undefined;
  private readonly commitListeners = new Set<() => void>();

  private constructor(
    private readonly trees: Trees,
    private readonly reserve: FileReserve,
    private readonly lock: DirectoryLock,
  ) {
    this.database = trees.root;
    this.lastSequence = readNumber(this.database.get(SEQUENCE_KEY));
  }

  /**
   * Opens or creates the store in `dataDir`. Throws a plain Error with a message for people when another
   * process has it open, when the file is not ours or damaged, or when its format version is unknown.
   */
  static async open(dataDir: string): Promise<Store> {
    const lock = await acquireDirectoryLock(dataDir);
    try {
      const trees = await openDatabase(dataDir, FORMAT_VERSION);
      return new Store(trees, new FileReserve(dataFile(dataDir), trees), lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  listen(listener: GroupListener): void {
    this.listener = listener;
  }

  /** Calls `listener` each time that a group has become visible, until the answer is called. */
  onCommit(listener: () => void): () => void {
    this.commitListeners.add(listener);
    return () => this.commitListeners.delete(listener);
  }

  /** The sequence of the latest group; exact between two groups, as in `committed`. */
  get committedSequence(): number {
    return this.lastSequence;
  }

  /** Pins the newest committed state. Throws 365 when too many are pinned. */
  snapshot(): Snapshot {
    this.assertOpen();
    if (this.openSnapshots >= MOST_SNAPSHOTS) {
      throw new MongoServerError('TemporarilyUnavailable', 'too many operations read at once');
    }
    const snapshot = new LmdbSnapshot(this.trees, () => (this.openSnapshots -= 1));
    this.openSnapshots += 1;
    return snapshot;
  }

  /**
   * Queues `work` to run synchronously with every effect of earlier works visible. When it throws, its
   * writes are undone and the others of its group are not harmed. Settles only after the group is on
   * disk, and so a caller who retries after an error sees what the work saw.
   */
  write<T>(work: Work<T>, options: WriteOptions<T> = {}): Promise<T> {
    this.assertOpen();
    return new Promise<T>((resolve, reject) => {
      let outcome: { result: T } | { error: Error } | undefined;
      this.queue.push({
        alone: options.alone === true,
        run: (overlay) => {
          try {
            outcome = { result: overlay.attempt(() => work(overlay)) };
          } catch (error) {
            outcome = { error: error as Error };
          }
        },
        visible: () => {
          if (outcome && 'result' in outcome) options.committed?.(outcome.result);
        },
        settle: (failure) => {
          if (outcome && 'error' in outcome) reject(outcome.error);
          else if (failure || !outcome) reject(failure ?? new Error('the work did not run'));
          else resolve(outcome.result);
        },
      });
      this.draining ??= this.drain();
    });
  }

  /** Bytes of the data file in use, and of the file itself. */
  stats(): { storageSize: number; freeStorageSize: number } {
    const stats = this.database.getStats() as {
      root?: { pageSize?: number };
      lastPageNumber?: number;
    };
    const pageSize = stats.root?.pageSize ?? 4096;
    return { storageSize: ((stats.lastPageNumber ?? 0) + 1) * pageSize, freeStorageSize: 0 };
  }

  /** Waits for queued works, then closes the file and lets go of the directory. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.draining;
    await this.lastFlush;
    await this.closeFile();
    await this.lock.release();
  }

  /** After a failed commit lmdb waits at closing for a flush that never comes; nothing is lost without. */
  private async closeFile(): Promise<void> {
    const closing = closeDatabase(this.database);
    if (!this.lastCommitFailed) return closing;
    const patience = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS));
    await Promise.race([closing, patience]);
  }

  private assertOpen(): void {
    if (this.closed) {
      throw new MongoServerError('InterruptedAtShutdown', 'interrupted at shutdown');
    }
  }

  private async drain(): Promise<void> {
    // One microtask later the other requests of this event-loop turn are queued too.
    await Promise.resolve();
    while (this.queue.length > 0) {
      const works = this.takeGroup();
      const snapshot = this.writersSnapshot(works);
      if (snapshot) await this.commitGroup(works, snapshot);
    }
    this.draining = undefined;
  }

  /** What the works build on. Undefined when it cannot be read, which the works have been told then. */
  private writersSnapshot(works: readonly QueuedWork[]): LmdbSnapshot | undefined {
    try {
      return new LmdbSnapshot(this.trees);
    } catch (error) {
      for (const work of works) work.settle(error as Error);
      return undefined;
    }
  }

  private takeGroup(): QueuedWork[] {
    let size = this.queue.findIndex((work) => work.alone);
    if (size === -1) size = this.queue.length;
    return this.queue.splice(0, Math.max(size, 1));
  }

  /**
   * Runs a group and returns when its effects are visible; what follows may run while it is still being
   * flushed, and its writers hear of it when it is on disk.
   */
  private async commitGroup(works: QueuedWork[], snapshot: LmdbSnapshot): Promise<void> {
    const writes = new Overlay(snapshot);
    const group: WriteGroup = { sequence: this.lastSequence + 1, writes };
    let flushed: Promise<unknown> = this.lastFlush;
    let failure: Error | undefined;
    try {
      this.listener?.started(group);
      await this.runWorks(works, writes);
      if (!writes.isEmpty) {
        this.lastSequence = group.sequence;
        this.finishWriteSet(snapshot, writes, group.sequence);
        snapshot.release();
        const changes = writes.changeGroups();
        await this.reserve.provideFor(changes);
        this.lastCommitFailed = true;
        ({ flushed } = await this.commit(changes));
        this.lastCommitFailed = false;
      }
    } catch (error) {
      failure = await commitFailure(error as Error);
    } finally {
      snapshot.release();
      this.listener?.finished(group);
    }
    if (!failure) for (const work of works) work.visible();
    for (const listener of [...this.commitListeners]) listener();
    this.lastFlush = flushed.then(
      () => works.forEach((work) => work.settle(failure)),
      (error: Error) => works.forEach((work) => work.settle(failure ?? error)),
    );
  }

  /**
   * Runs the works one after the other, letting others have the event loop in between. Works that the
   * group has no room for go back to the front of the queue.
   */
  private async runWorks(works: QueuedWork[], writes: Overlay): Promise<void> {
    let sliceEnd = performance.now() + SLICE_MS;
    for (const [position, work] of works.entries()) {
      if (writes.size >= MOST_CHANGES) {
        this.queue.unshift(...works.splice(position));
        return;
      }
      if (performance.now() >= sliceEnd) {
        await new Promise((resolve) => setImmediate(resolve));
        sliceEnd = performance.now() + SLICE_MS;
      }
      work.run(writes);
    }
  }

  private finishWriteSet(snapshot: KeyValueReader, writes: Overlay, sequence: number): void {
    for (const { key, delta } of writes.counters()) {
      writes.put(key, numberBytes(snapshot.counter(key) + delta));
    }
    writes.put(SEQUENCE_KEY, numberBytes(sequence));
  }

  /**
   * One lmdb transaction from a finished write-set. Resolves when it is visible, to a promise of when it
   * is flushed to disk, wrapped so that the two are told apart.
   */
  private async commit(groups: ChangeGroups): Promise<{ flushed: Promise<unknown> }> {
    const parts = new Set<Promise<boolean>>();
    const committed = this.database.batch(() => {
      for (const group of groups) {
        const [first] = group;
        if (!first) continue;
        const tree = this.trees.of(first.key);
        for (const { key, value } of inWriteOrder(group)) {
          parts.add(value === undefined ? tree.remove(key) : tree.put(key, value));
        }
      }
    }) as Promise<boolean> & { flushed?: Promise<boolean> };
    // They fail together with the whole, which is where the failure is told.
    for (const part of parts) part.catch(() => undefined);
    const flushed = committed.flushed ?? this.database.flushed;
    await committed;
    return { flushed };
  }
}

class LmdbSnapshot implements Snapshot {
  private readonly options: { transaction: ReturnType<LmdbDatabase['useReadTransaction']> };
  private released = false;
  private ownSequence: number | undefined;

  constructor(
    private readonly trees: Trees,
    private readonly ended?: () => void,
  ) {
    const { root } = trees;
    // Without the reset, lmdb would answer the state that it pinned earlier in this event-loop turn.
    root.resetReadTxn();
    this.options = { transaction: root.useReadTransaction() };
  }

  get sequence(): number {
    this.ownSequence ??= readNumber(this.get(SEQUENCE_KEY));
    return this.ownSequence;
  }

  get(key: Buffer): Buffer | undefined {
    return this.trees.of(key).get(key, this.options);
  }

  counter(key: Buffer): number {
    return readNumber(this.get(key));
  }

  *range(options: KeyRange): Generator<KeyValueEntry, void, void> {
    const { start, end, reverse, limit, keysOnly } = options;
    const bounds = reverse
      ? { start: end, end: start, exclusiveStart: true, inclusiveEnd: true, reverse }
      : { start, end };
    const query = { ...bounds, ...(limit === undefined ? {} : { limit }), ...this.options };
    // No range has keys of several trees.
    const tree = this.trees.of(start);
    if (keysOnly) {
      for (const key of tree.getKeys(query)) yield { key, value: NOTHING };
    } else {
      yield* tree.getRange(query);
    }
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    this.options.transaction.done();
    this.ended?.();
  }
}

/** lmdb tells the reason of a failed commit by a promise that is rejected with it. */
interface CommitError extends Error {
  commitError?: Promise<unknown>;
}

async function commitFailure(error: CommitError): Promise<Error> {
  const reason = await Promise.resolve(error.commitError).then(
    () => error,
    (cause: Error) => cause,
  );
  if (!OUT_OF_SPACE.test(reason.message)) return reason;
  return new MongoServerError(
    'OutOfDiskSpace',
    `the data file could not grow, nothing was written: ${reason.message}`,
  );
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value, 0);
  return bytes;
}

function readNumber(bytes: Buffer | undefined): number {
  return bytes && bytes.length >= 8 ? bytes.readDoubleBE(0) : 0;
}
