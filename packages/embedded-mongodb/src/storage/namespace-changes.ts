import { MongoServerError } from '../errors';
import type { KeyValueReader, Namespace } from './types';

const MOST_REMEMBERED = 10_000;

/**
 * When names came to mean another collection or none. The catalog knows the present only: a reader of a
 * past state must not be told that a collection is empty which was there then.
 */
export class NamespaceChanges {
  private readonly changedAt = new Map<string, number>();
  /** Changes up to this sequence may be forgotten. */
  private forgottenThrough = 0;

  note({ database, collection }: Namespace, sequence: number): void {
    const name = `${database}.${collection}`;
    // Again at the end, so that the first is the oldest.
    this.changedAt.delete(name);
    this.changedAt.set(name, sequence);
    if (this.changedAt.size <= MOST_REMEMBERED) return;
    for (const [oldest, changed] of this.changedAt) {
      this.changedAt.delete(oldest);
      this.forgottenThrough = changed;
      return;
    }
  }

  /** Throws 246 SnapshotUnavailable when the name had another meaning in the reader's state. */
  assertUnchangedSince(reader: KeyValueReader, { database, collection }: Namespace): void {
    const name = `${database}.${collection}`;
    const changed = this.changedAt.get(name) ?? this.forgottenThrough;
    if (changed === 0 || reader.sequence >= changed) return;
    throw new MongoServerError(
      'SnapshotUnavailable',
      `Unable to read from a snapshot due to pending collection catalog changes to collection '${name}'; please retry the operation.`,
    );
  }
}
