import type { Collection } from './catalog';
import { isRecordKey, readRecordKey } from './keys';
import { recordCommit } from './retry-table';
import type { TransactionState } from './transaction';
import type { EngineParts } from './writer';

/**
 * Makes a transaction durable in one atomic write. Throws 112 with TransientTransactionError when indexes
 * or collections changed under it, 251 when it was ended; it is aborted then.
 */
export async function commitTransaction(
  parts: EngineParts,
  transaction: TransactionState,
): Promise<void> {
  if (transaction.overlay.isEmpty) {
    transaction.assertOpen();
    transaction.finish('committed');
    return;
  }
  try {
    await parts.store.write(
      (writer) => {
        transaction.assertOpen();
        transaction.assertCommittable(parts.catalog);
        writer.absorb(transaction.overlay);
        recordCommit(writer, transaction.session);
        noteRecentWrites(transaction, parts.locks.runningSequence);
      },
      {
        // What follows must find the collections that it creates.
        alone: transaction.created.length > 0,
        committed: () => {
          for (const collection of transaction.created) publish(parts, collection);
          transaction.finish('committed');
        },
      },
    );
  } catch (error) {
    transaction.finish('aborted');
    throw error;
  }
}

function publish(parts: EngineParts, collection: Collection): void {
  for (const index of collection.indexes) index.since = parts.store.committedSequence;
  parts.catalog.add(collection);
}

function noteRecentWrites(transaction: TransactionState, sequence: number): void {
  const collections = new Map<number, Collection>();
  for (const collection of transaction.writtenCollections) {
    collections.set(collection.id, collection);
  }
  for (const { key, value } of transaction.overlay.changes()) {
    if (!isRecordKey(key) || value === undefined) continue;
    const { collectionId, recordId } = readRecordKey(key);
    collections.get(collectionId)?.recentWrites.add(sequence, recordId);
  }
}
