import { MongoServerError } from '../errors';
import type { BsonDocument } from '../values/types';
import { newCollection, writeCatalogRecord, type Catalog, type Collection } from './catalog';
import { LockedByTransaction, type LockTable } from './locks';
import { Operation } from './operation';
import type { Store } from './store';
import type { CandidateFinder, Namespace, OperationContext } from './types';
import { SYSTEM_VIEWS, commandNotSupportedOnView, viewOf } from './views';
import type { WriteTarget } from './write';

/** What every write operation needs of the engine. */
export interface EngineParts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly locks: LockTable;
  readonly findCandidates: CandidateFinder;
  readonly now: () => Date;
}

/** Thrown inside a work to have the whole operation start over on a newer state. */
export class RetryOperation extends Error {
  constructor() {
    super('the state changed under the operation');
  }
}

/** Thrown inside a work when an index build holds the collection's writers. */
export class CollectionIsBuilding extends Error {
  constructor(readonly building: Promise<void>) {
    super('an index is being built');
  }
}

/**
 * Runs `work` where the operation writes: in its transaction at once, or in the store's serial writer,
 * after waiting for transactions that hold a needed document. Resolves after the effect is on disk
 * (in a transaction: in its write-set). When `work` throws, it has had no effect.
 */
export async function execute<T>(
  parts: EngineParts,
  operation: Operation,
  work: (target: WriteTarget) => T,
): Promise<T> {
  const { transaction } = operation;
  return waitingForLocks(operation, async () => {
    if (!transaction) {
      return parts.store.write((writer) =>
        work({ writer, guard: parts.locks, sequence: parts.locks.runningSequence }),
      );
    }
    transaction.assertOpen();
    try {
      return transaction.overlay.attempt(() =>
        work({ writer: transaction.overlay, guard: transaction }),
      );
    } catch (error) {
      // A caller that retries at once must not keep the winner's commit from its turn.
      if (isTransient(error)) await new Promise((resolve) => setTimeout(resolve, 1));
      throw error;
    }
  });
}

/** Runs `attempt` again and again while it meets locks of open transactions or an index build. */
export async function waitingForLocks<T>(
  operation: Operation,
  attempt: () => Promise<T>,
): Promise<T> {
  const wanted = new Set<Collection>();
  try {
    for (;;) {
      operation.checkInterrupted();
      const obstacle = await attempt().then(
        (result) => ({ result }),
        (error: unknown) => ({ wait: waitFor(error, wanted) }),
      );
      if ('result' in obstacle) return obstacle.result;
      await eventOrPoll(obstacle.wait);
    }
  } finally {
    for (const collection of wanted) collection.waitingChanges -= 1;
  }
}

/** The event after which it is worth trying again. Rethrows other errors. */
function waitFor(error: unknown, wanted: Set<Collection>): Promise<void> {
  if (error instanceof CollectionIsBuilding) return error.building;
  if (!(error instanceof LockedByTransaction)) throw error;
  const { collection, transaction } = error;
  if (collection && !wanted.has(collection)) {
    wanted.add(collection);
    collection.waitingChanges += 1;
  }
  return transaction.finished;
}

/**
 * Checked inside the work that writes: throws what makes the operation wait or start over when the
 * collection is being indexed or gone.
 */
export function assertWritable(operation: Operation, collection: Collection): void {
  if (collection.dropped && !operation.transaction) throw new RetryOperation();
  if (collection.building) throw new CollectionIsBuilding(collection.building);
  if (operation.transaction && collection.cap) throw cappedInTransaction(collection);
  if (viewOf(collection)) throw commandNotSupportedOnView(collection.namespace);
  if (collection.namespace.collection === SYSTEM_VIEWS) throw definitionsAreReadOnly();
  operation.transaction?.noteWrite(collection);
}

function cappedInTransaction({ namespace }: Collection): MongoServerError {
  return new MongoServerError(
    'OperationNotSupportedInTransaction',
    `Collection '${namespace.database}.${namespace.collection}' is a capped collection. Writes in transactions are not allowed on capped collections.`,
  );
}

function definitionsAreReadOnly(): MongoServerError {
  return new MongoServerError(
    'NotImplemented',
    `writing to ${SYSTEM_VIEWS} is not supported: views are changed by create, collMod and drop`,
  );
}

/**
 * The collection as the operation sees it. Throws 166 CommandNotSupportedOnView for a view, 246 when
 * what the operation sees is no longer known.
 */
export function findCollection(
  parts: EngineParts,
  operation: OperationContext,
  namespace: Namespace,
): Collection | undefined {
  const found = findCollectionOrView(parts, operation, namespace);
  if (found && viewOf(found)) throw commandNotSupportedOnView(namespace);
  return found;
}

/** The same for whatever has the name. */
export function findCollectionOrView(
  parts: EngineParts,
  operation: OperationContext,
  namespace: Namespace,
): Collection | undefined {
  const transaction = operation instanceof Operation ? operation.transaction : undefined;
  const created = transaction?.findCreated(namespace);
  if (created) return created;
  const readsThePast = transaction !== undefined || !(operation instanceof Operation);
  if (readsThePast) parts.catalog.changes.assertUnchangedSince(operation.reader(), namespace);
  return parts.catalog.get(namespace);
}

/** The collection, created with default options when there is none. */
export async function ensureCollection(
  parts: EngineParts,
  operation: Operation,
  namespace: Namespace,
  options: BsonDocument = new Map(),
): Promise<{ collection: Collection; created: boolean }> {
  const existing = findCollection(parts, operation, namespace);
  if (existing) return { collection: existing, created: false };
  assertValidNamespace(namespace);
  const { transaction } = operation;
  if (transaction) {
    const collection = newCollection(parts.catalog, namespace, options);
    writeCatalogRecord(transaction.overlay, collection);
    transaction.addCreated(collection);
    return { collection, created: true };
  }
  const collection = newCollection(parts.catalog, namespace, options);
  const work = (writer: WriteTarget['writer']): Collection => {
    const winner = parts.catalog.get(namespace);
    if (winner) return winner;
    writeCatalogRecord(writer, collection);
    return collection;
  };
  const result = await parts.store.write(work, {
    alone: true,
    committed: (created) => {
      if (created === collection) parts.catalog.add(collection);
    },
  });
  return { collection: result, created: result === collection };
}

/** Throws 73 InvalidNamespace for names that the server refuses. */
export function assertValidNamespace({ database, collection }: Namespace): void {
  const full = `${database}.${collection}`;
  const invalid = (reason: string): MongoServerError =>
    new MongoServerError('InvalidNamespace', reason);
  if (database === '' || /[/\\. "$\0]/.test(database) || Buffer.byteLength(database) > 63) {
    throw invalid(`Invalid database name: '${database}'`);
  }
  if (collection === '' || collection.includes('\0') || collection.startsWith('.')) {
    throw invalid(`Invalid namespace specified '${full}'`);
  }
  if (collection.includes('$')) {
    throw invalid(`Invalid collection name: ${collection}`);
  }
  if (collection.startsWith('system.') && collection !== 'system.js') {
    throw invalid(`Invalid system namespace: ${full}`);
  }
  if (Buffer.byteLength(full) > 255) {
    throw invalid(`Fully qualified namespace is too long. Namespace: ${full} Max: 255`);
  }
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof MongoServerError && error.errorLabels.includes('TransientTransactionError')
  );
}

async function eventOrPoll(event: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const poll = new Promise<void>((resolve) => {
    // Wakes also without the event, so that a killed or overdue operation does not wait for it.
    timer = setTimeout(resolve, 50);
  });
  await Promise.race([event, poll]);
  clearTimeout(timer);
}
