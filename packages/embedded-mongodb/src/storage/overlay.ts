import BTree from 'sorted-btree';
import type { KeyRange, KeyValueEntry, KeyValueReader, KeyValueWriter } from './types';

/** One pending change. `value` undefined: the key is deleted. */
export interface PendingChange {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

/** How to take one step back: what a key held before, or by how much a counter grew. */
type JournalEntry =
  | { readonly name: string; readonly previous: PendingChange | undefined }
  | { readonly counter: string; readonly delta: number };

const NOTHING = Buffer.alloc(0);

/** Keys as Map keys: latin1 keeps every byte and makes one character of each. */
export function keyName(key: Buffer): string {
  return key.toString('latin1');
}

/**
 * Writes held in memory on top of a state that stays as it is: the write-set of a group of works, and
 * what an open transaction has written. Reads see both. `attempt` makes several writes all or nothing.
 */
export class Overlay implements KeyValueWriter {
  private readonly pending = new Map<string, PendingChange>();
  private readonly counterDeltas = new Map<string, number>();
  /** Sorted view of `pending`, made when the first range is read: most write-sets never need it. */
  private sorted: BTree<Buffer, PendingChange> | undefined;
  private journal: JournalEntry[] | undefined;

  constructor(private readonly base: KeyValueReader) {}

  get sequence(): number {
    return this.base.sequence;
  }

  get(key: Buffer): Buffer | undefined {
    const change = this.pending.get(keyName(key));
    return change ? change.value : this.base.get(key);
  }

  counter(key: Buffer): number {
    return this.base.counter(key) + (this.counterDeltas.get(keyName(key)) ?? 0);
  }

  put(key: Buffer, value: Buffer): void {
    this.change({ key, value });
  }

  delete(key: Buffer): void {
    this.change({ key, value: undefined });
  }

  addToCounter(key: Buffer, delta: number): void {
    const counter = keyName(key);
    this.journal?.push({ counter, delta });
    this.grow(counter, delta);
  }

  range(options: KeyRange): Iterable<KeyValueEntry> {
    if (this.pending.size === 0) return this.base.range(options);
    const changes = this.changesWithin(options);
    return changes.length === 0 ? this.base.range(options) : this.merge(options, changes);
  }

  /** True when this key was put or deleted here. */
  has(name: string): boolean {
    return this.pending.has(name);
  }

  get isEmpty(): boolean {
    return this.pending.size === 0 && this.counterDeltas.size === 0;
  }

  changes(): Iterable<PendingChange> {
    return this.pending.values();
  }

  *counters(): Generator<{ key: Buffer; delta: number }, void, void> {
    for (const [name, delta] of this.counterDeltas) {
      if (delta !== 0) yield { key: Buffer.from(name, 'latin1'), delta };
    }
  }

  /** Runs `work`; when it throws, everything that it wrote here is undone and the error goes on. */
  attempt<T>(work: () => T): T {
    const journal: JournalEntry[] = [];
    const outerJournal = this.journal;
    this.journal = journal;
    try {
      const result = work();
      if (outerJournal) for (const entry of journal) outerJournal.push(entry);
      return result;
    } catch (error) {
      this.undo(journal);
      throw error;
    } finally {
      this.journal = outerJournal;
    }
  }

  /** Takes over all writes of another overlay (a committing transaction's). */
  absorb(other: Overlay): void {
    for (const { key, value } of other.changes()) this.change({ key, value });
    for (const { key, delta } of other.counters()) this.addToCounter(key, delta);
  }

  private change(change: PendingChange): void {
    const name = keyName(change.key);
    this.journal?.push({ name, previous: this.pending.get(name) });
    this.pending.set(name, change);
    this.sorted?.set(change.key, change);
  }

  private grow(counter: string, delta: number): void {
    this.counterDeltas.set(counter, (this.counterDeltas.get(counter) ?? 0) + delta);
  }

  private undo(journal: readonly JournalEntry[]): void {
    for (const entry of journal.toReversed()) {
      if ('counter' in entry) {
        this.grow(entry.counter, -entry.delta);
      } else if (entry.previous) {
        this.pending.set(entry.name, entry.previous);
        this.sorted?.set(entry.previous.key, entry.previous);
      } else {
        this.pending.delete(entry.name);
        this.sorted?.delete(Buffer.from(entry.name, 'latin1'));
      }
    }
  }

  private changesWithin({ start, end, reverse }: KeyRange): PendingChange[] {
    if (!this.sorted) {
      this.sorted = new BTree<Buffer, PendingChange>(undefined, (a, b) => Buffer.compare(a, b));
      for (const change of this.pending.values()) this.sorted.set(change.key, change);
    }
    const changes: PendingChange[] = [];
    this.sorted.forRange(start, end, false, (_key, change) => void changes.push(change));
    return reverse ? changes.reverse() : changes;
  }

  private *merge(
    { limit = Infinity, ...options }: KeyRange,
    changes: PendingChange[],
  ): Generator<KeyValueEntry, void, void> {
    const sign = options.reverse ? -1 : 1;
    let given = 0;
    let next = 0;
    for (const entry of this.base.range(options)) {
      let replaced = false;
      for (let change = changes[next]; change; change = changes[next]) {
        const order = sign * Buffer.compare(change.key, entry.key);
        if (order > 0) break;
        next += 1;
        replaced ||= order === 0;
        if (change.value === undefined) continue;
        if (given >= limit) return;
        given += 1;
        yield { key: change.key, value: options.keysOnly ? NOTHING : change.value };
      }
      if (given >= limit) return;
      if (replaced) continue;
      given += 1;
      yield entry;
    }
    for (const change of changes.slice(next)) {
      if (given >= limit) return;
      if (change.value === undefined) continue;
      given += 1;
      yield { key: change.key, value: options.keysOnly ? NOTHING : change.value };
    }
  }
}
