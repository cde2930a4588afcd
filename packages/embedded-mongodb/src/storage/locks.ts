import { MongoServerError } from '../errors';
import type { Collection } from './catalog';
import { isCollatedKey, isIndexKey, isRecordKey } from './keys';
import { keyName, type Overlay } from './overlay';
import type { GroupListener, WriteGroup } from './store';
import type { TransactionState } from './transaction';

/** Above so many remembered writes, open transactions lose their chance to write instead. */
const MOST_REMEMBERED_WRITES = 500_000;

/** Tells a write outside transactions to wait: an open transaction holds what it wants. */
export class LockedByTransaction extends Error {
  constructor(
    readonly transaction: TransactionState,
    /** Set when not one document but the whole collection is wanted. */
    readonly collection?: Collection,
  ) {
    super('an open transaction holds what is to be written');
  }
}

/** Asked before a record or a unique index entry is changed; throws when that must not be now. */
export interface WriteGuard {
  touch(key: Buffer): void;
}

export function writeConflict(): MongoServerError {
  return new MongoServerError(
    'WriteConflict',
    'Caused by :: Write conflict during plan execution and yielding is disabled. :: ' +
      'Please retry your operation or multi-document transaction.',
    { errorLabels: ['TransientTransactionError'] },
  );
}

/** As the server answers after its maxTransactionLockRequestTimeoutMillis. */
export function lockTimeout(): MongoServerError {
  return new MongoServerError('LockTimeout', 'Unable to acquire the collection lock within 5ms.', {
    errorLabels: ['TransientTransactionError'],
  });
}

/**
 * Who may write what. The first transaction that writes a record, or a unique index entry, holds it to
 * its end; another transaction gets a write conflict at once (first writer wins), and so does one whose
 * snapshot is older than the latest write of that key; a write outside transactions waits.
 */
export class LockTable implements GroupListener, WriteGuard {
  private readonly owners = new Map<string, TransactionState>();
  private readonly open = new Set<TransactionState>();
  /** Latest group that wrote a key, kept while transactions are open. */
  private readonly latestWrites = new Map<string, number>();
  /** Writes up to this sequence are no longer remembered. */
  private forgottenThrough = 0;
  private running: WriteGroup | undefined;

  started(group: WriteGroup): void {
    this.running = group;
  }

  finished(group: WriteGroup): void {
    this.running = undefined;
    if (this.open.size > 0) this.remember(group.sequence, group.writes);
  }

  /** The sequence of the group that works are running in. */
  get runningSequence(): number {
    return this.running?.sequence ?? 0;
  }

  register(transaction: TransactionState): void {
    this.open.add(transaction);
  }

  /** Lets go of everything that the transaction holds. */
  unregister(transaction: TransactionState, heldKeys: Iterable<string>): void {
    for (const name of heldKeys) this.owners.delete(name);
    this.open.delete(transaction);
    if (this.open.size === 0) this.latestWrites.clear();
  }

  /** The guard of writes outside transactions. */
  touch(key: Buffer): void {
    if (this.owners.size === 0) return;
    const owner = this.owners.get(keyName(key));
    if (owner) throw new LockedByTransaction(owner);
  }

  /** Throws when an open transaction has written in the collection. */
  assertNoOpenWriters(collection: Collection, except?: TransactionState): void {
    for (const transaction of this.open) {
      if (transaction !== except && transaction.hasWritten(collection)) {
        throw new LockedByTransaction(transaction, collection);
      }
    }
  }

  /** True when newly taken; false when the transaction has it already. */
  acquire(transaction: TransactionState, name: string): boolean {
    const owner = this.owners.get(name);
    if (owner === transaction) return false;
    if (owner || this.wasWrittenSince(transaction.sequence, name)) throw writeConflict();
    this.owners.set(name, transaction);
    return true;
  }

  private wasWrittenSince(sequence: number, name: string): boolean {
    if (sequence < this.forgottenThrough) return true;
    if (this.running && this.running.sequence > sequence && this.running.writes.has(name)) {
      return true;
    }
    return (this.latestWrites.get(name) ?? 0) > sequence;
  }

  private remember(sequence: number, writes: Overlay): void {
    for (const { key, value } of writes.changes()) {
      // Entries of unique indexes carry the record id as value; others are never asked for.
      const isUniqueEntry = isIndexKey(key) && (value === undefined || value.length > 0);
      const isAskedFor = isRecordKey(key) || isUniqueEntry || isCollatedKey(key);
      if (isAskedFor) this.latestWrites.set(keyName(key), sequence);
    }
    if (this.latestWrites.size <= MOST_REMEMBERED_WRITES) return;
    this.latestWrites.clear();
    this.forgottenThrough = sequence;
  }
}
