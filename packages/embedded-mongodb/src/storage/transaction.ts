import { MongoServerError } from '../errors';
import type { Catalog, Collection } from './catalog';
import { type LockTable, type WriteGuard, lockTimeout, writeConflict } from './locks';
import { Overlay, keyName } from './overlay';
import type { KeyValueReader, Namespace, SessionReference, Snapshot } from './types';

/** One multi-document transaction as its user sees it: a snapshot with its own writes on top. */
export interface Transaction {
  readonly session: SessionReference;
  readonly reader: KeyValueReader;
  readonly state: 'open' | 'committed' | 'aborted';
}

/**
 * An open transaction: reads see its snapshot and its own writes; writes stay in memory until commit,
 * each having locked its record and unique index entries first.
 */
export class TransactionState implements Transaction, WriteGuard {
  state: 'open' | 'committed' | 'aborted' = 'open';
  readonly overlay: Overlay;
  /** Resolves at the end of the transaction, whichever it is. */
  readonly finished: Promise<void>;
  readonly sequence: number;
  private readonly heldKeys = new Set<string>();
  /** Collections written to, with the version of their index list at that time. */
  private readonly written = new Map<Collection, number>();
  private readonly createdCollections: Collection[] = [];
  private markFinished: () => void = () => undefined;

  constructor(
    readonly session: SessionReference,
    private readonly snapshot: Snapshot,
    private readonly locks: LockTable,
  ) {
    this.overlay = new Overlay(snapshot);
    this.sequence = snapshot.sequence;
    this.finished = new Promise((resolve) => {
      this.markFinished = resolve;
    });
    locks.register(this);
  }

  get reader(): KeyValueReader {
    return this.overlay;
  }

  /** Throws 251 once the transaction has ended. */
  assertOpen(): void {
    if (this.state === 'open') return;
    throw new MongoServerError(
      'NoSuchTransaction',
      `Transaction with { txnNumber: ${this.session.txnNumber ?? 0} } has been ${this.state}.`,
      { errorLabels: ['TransientTransactionError'] },
    );
  }

  /** Locks a key for this transaction; 112 when another holds it or wrote it since the snapshot. */
  touch(key: Buffer): void {
    const name = keyName(key);
    if (this.locks.acquire(this, name)) this.heldKeys.add(name);
  }

  /**
   * Notes a write to a collection. Throws 112 when its indexes changed after the transaction's first
   * write, 24 when a drop or an index build waits for it already.
   */
  noteWrite(collection: Collection): void {
    if (collection.waitingChanges > 0 && !this.written.has(collection)) throw lockTimeout();
    const version = this.written.get(collection) ?? collection.version;
    if (version !== collection.version || collection.dropped) throw writeConflict();
    this.written.set(collection, version);
  }

  hasWritten(collection: Collection): boolean {
    return this.written.has(collection);
  }

  get writtenCollections(): Iterable<Collection> {
    return this.written.keys();
  }

  get created(): readonly Collection[] {
    return this.createdCollections;
  }

  findCreated({ database, collection }: Namespace): Collection | undefined {
    return this.createdCollections.find(
      ({ namespace }) => namespace.database === database && namespace.collection === collection,
    );
  }

  addCreated(collection: Collection): void {
    this.createdCollections.push(collection);
  }

  /** Throws 112 when the catalog moved so that the writes no longer fit. */
  assertCommittable(catalog: Catalog): void {
    for (const [collection, version] of this.written) {
      const isOwn = this.createdCollections.includes(collection);
      const isStale = collection.version !== version || collection.dropped;
      if (!isOwn && isStale) throw writeConflict();
    }
    for (const { namespace } of this.createdCollections) {
      if (catalog.get(namespace)) throw writeConflict();
    }
  }

  /** Ends the transaction, releasing its snapshot and its locks. */
  finish(state: 'committed' | 'aborted'): void {
    if (this.state !== 'open') return;
    this.state = state;
    this.locks.unregister(this, this.heldKeys);
    this.snapshot.release();
    this.markFinished();
  }
}
