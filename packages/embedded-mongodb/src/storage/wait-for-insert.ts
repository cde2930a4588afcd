import type { Collection } from './catalog';
import type { Store } from './store';

/**
 * Resolves once documents were written to the collection after the state `sequence`, when it was
 * dropped, and after `milliseconds` in any case. Reads no document.
 */
export function waitForInsert(
  store: Store,
  collection: Collection,
  sequence: number,
  milliseconds: number,
): Promise<void> {
  const isOver = (): boolean =>
    collection.dropped || collection.recentWrites.since(sequence)?.length !== 0;
  if (visibleSequence(store) > sequence && isOver()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      unsubscribe();
      clearTimeout(timer);
      resolve();
    };
    const unsubscribe = store.onCommit(() => {
      if (isOver()) finish();
    });
    const timer = setTimeout(finish, milliseconds);
  });
}

/** What a reader sees that begins now; groups of a higher number may be on their way to the disk. */
function visibleSequence(store: Store): number {
  const snapshot = store.snapshot();
  try {
    return snapshot.sequence;
  } finally {
    snapshot.release();
  }
}
