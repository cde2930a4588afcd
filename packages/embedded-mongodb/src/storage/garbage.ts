import {
  COUNTER_NAMES,
  collatedKey,
  counterKey,
  garbageKey,
  garbageRange,
  indexFlagPrefix,
  indexPrefix,
  prefixEnd,
  readGarbageKey,
  recordPrefix,
} from './keys';
import type { Collection, Index } from './catalog';
import type { Store } from './store';
import type { KeyValueWriter } from './types';

const KEYS_PER_STEP = 1000;
const NOTHING = Buffer.alloc(0);

/** Marks the data of a dropped collection, in the same write that takes it out of the catalog. */
export function markCollectionAsGarbage(writer: KeyValueWriter, collection: Collection): void {
  writer.put(garbageKey(collection.id, 'records'), NOTHING);
  for (const index of collection.indexes) markIndexAsGarbage(writer, index);
}

export function markIndexAsGarbage(writer: KeyValueWriter, index: Pick<Index, 'id'>): void {
  writer.put(garbageKey(index.id, 'index'), NOTHING);
}

/** Takes the mark away: what was being built is now in the catalog. */
export function rescueCollection(writer: KeyValueWriter, collection: Collection): void {
  writer.delete(garbageKey(collection.id, 'records'));
  for (const index of collection.indexes) rescueIndex(writer, index);
}

export function rescueIndex(writer: KeyValueWriter, index: Pick<Index, 'id'>): void {
  writer.delete(garbageKey(index.id, 'index'));
}

/**
 * Removes the data of dropped collections and indexes, and of builds that a crash cut short, in small
 * steps between other writes. Dropping is thereby instant and atomic.
 */
export class GarbageCollector {
  private running: Promise<void> | undefined;
  private stopped = false;
  /** Ids that are being built now: marked against a crash, but not garbage. */
  private readonly underConstruction = new Set<number>();

  /** @param report told of errors; what could not be purged stays marked for the next time */
  constructor(
    private readonly store: Store,
    private readonly report: (error: unknown) => void,
  ) {}

  protect(id: number): void {
    this.underConstruction.add(id);
  }

  unprotect(id: number): void {
    this.underConstruction.delete(id);
  }

  /** Purges what is marked; answers when it is gone, `stop` was called, or an error was reported. */
  collect(): Promise<void> {
    this.running ??= this.purgeAll()
      .catch(this.report)
      .finally(() => {
        this.running = undefined;
      });
    return this.running;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async purgeAll(): Promise<void> {
    // After the microtask, `running` is set also when there is nothing to do.
    await Promise.resolve();
    for (let key = this.nextMark(); key && !this.stopped; key = this.nextMark()) {
      await this.purge(key);
    }
  }

  private nextMark(): Buffer | undefined {
    if (this.stopped) return undefined;
    const snapshot = this.store.snapshot();
    try {
      for (const { key } of snapshot.range({ ...garbageRange(), keysOnly: true })) {
        if (!this.underConstruction.has(readGarbageKey(key).id)) return key;
      }
      return undefined;
    } finally {
      snapshot.release();
    }
  }

  private async purge(mark: Buffer): Promise<void> {
    const { id, kind } = readGarbageKey(mark);
    const prefixes =
      kind === 'records'
        ? [recordPrefix(id)]
        : [indexPrefix(id), indexFlagPrefix(id), collatedKey(id)];
    for (const start of prefixes) {
      const range = { start, end: prefixEnd(start), limit: KEYS_PER_STEP, keysOnly: true };
      let removed = KEYS_PER_STEP;
      while (removed === KEYS_PER_STEP && !this.stopped) {
        removed = await this.store.write((writer) => {
          const keys = [...writer.range(range)];
          for (const { key } of keys) writer.delete(key);
          return keys.length;
        });
      }
    }
    if (this.stopped) return;
    await this.store.write((writer) => {
      if (kind === 'records') {
        for (const name of COUNTER_NAMES) writer.delete(counterKey(id, name));
      }
      writer.delete(mark);
    });
  }
}
