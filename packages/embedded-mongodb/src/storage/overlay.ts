import BTree from 'sorted-btree';
import type { KeyRange, KeyValueEntry, KeyValueReader, KeyValueWriter } from './types';
import { WriteSet, keyName, type PendingChange } from './write-set';

export { keyName, type PendingChange };

/** What a key held before, or by how much a counter grew. */
type JournalEntry = PendingChange | number | undefined;

const NOTHING = Buffer.alloc(0);
/** Stands in the journal for the name of a key that was added; no key has an empty name. */
const ADDED = '';

/** The first byte of a key; see keys.ts. */
function kindOf(key: Buffer): number {
  return key[0] ?? 0;
}

/**
 * Writes held in memory on top of a state that stays as it is: the write-set of a group of works, and
 * what an open transaction has written. Reads see both. `attempt` makes several writes all or nothing.
 */
export class Overlay implements KeyValueWriter {
  private readonly pending = new WriteSet();
  private readonly counterDeltas = new Map<string, number>();
  /**
   * Sorted views of `pending`, one for the keys that begin with the same byte (what kind of key it is),
   * each made when a range of its kind is first read: most write-sets never need most of them.
   */
  private readonly sorted = new Map<number, BTree<Buffer, PendingChange>>();
  /**
   * How to take steps back, while an attempt runs: what was changed, and how, at equal positions. Flat,
   * because every write adds to it and few are ever undone.
   */
  private readonly journalNames: string[] = [];
  private readonly journalEntries: JournalEntry[] = [];
  private attempts = 0;

  constructor(private readonly base: KeyValueReader) {}

  get sequence(): number {
    return this.base.sequence;
  }

  get(key: Buffer): Buffer | undefined {
    const change = this.pending.get(key);
    return change ? change.value : this.base.get(key);
  }

  counter(key: Buffer): number {
    return this.base.counter(key) + (this.counterDeltas.get(keyName(key)) ?? 0);
  }

  put(key: Buffer, value: Buffer): void {
    this.change({ key, value });
  }

  add(key: Buffer, value: Buffer): void {
    const change = { key, value };
    if (!this.pending.add(change)) return this.change(change);
    if (this.attempts > 0) this.note(ADDED, change);
    this.sorted.get(kindOf(key))?.set(key, change);
  }

  delete(key: Buffer): void {
    this.change({ key, value: undefined });
  }

  addToCounter(key: Buffer, delta: number): void {
    const counter = keyName(key);
    if (this.attempts > 0) this.note(counter, delta);
    this.grow(counter, delta);
  }

  range(options: KeyRange): Iterable<KeyValueEntry> {
    if (this.pending.size === 0) return this.base.range(options);
    const changes = this.changesWithin(options);
    return changes.length === 0 ? this.base.range(options) : this.merge(options, changes);
  }

  /** True when the key of this name was put or deleted here. */
  has(name: string): boolean {
    return this.pending.get(Buffer.from(name, 'latin1')) !== undefined;
  }

  /** How many keys are changed. */
  get size(): number {
    return this.pending.size;
  }

  get isEmpty(): boolean {
    return this.pending.size === 0 && this.counterDeltas.size === 0;
  }

  changes(): Iterable<PendingChange> {
    return this.pending.changes();
  }

  /** The changes, those of one collection or index together. */
  changeGroups(): readonly (readonly PendingChange[])[] {
    return this.pending.groups();
  }

  *counters(): Generator<{ key: Buffer; delta: number }, void, void> {
    for (const [name, delta] of this.counterDeltas) {
      if (delta !== 0) yield { key: Buffer.from(name, 'latin1'), delta };
    }
  }

  /** Runs `work`; when it throws, everything that it wrote here is undone and the error goes on. */
  attempt<T>(work: () => T): T {
    const start = this.journalNames.length;
    this.attempts += 1;
    try {
      return work();
    } catch (error) {
      this.undoTo(start);
      throw error;
    } finally {
      this.attempts -= 1;
      if (this.attempts === 0) this.forgetJournal();
    }
  }

  /** Takes over all writes of another overlay (a committing transaction's). */
  absorb(other: Overlay): void {
    for (const { key, value } of other.changes()) this.change({ key, value });
    for (const { key, delta } of other.counters()) this.addToCounter(key, delta);
  }

  private change(change: PendingChange): void {
    const name = keyName(change.key);
    const before = this.pending.set(name, change);
    if (this.attempts > 0) this.note(name, before);
    this.sorted.get(kindOf(change.key))?.set(change.key, change);
  }

  private grow(counter: string, delta: number): void {
    this.counterDeltas.set(counter, (this.counterDeltas.get(counter) ?? 0) + delta);
  }

  private note(name: string, entry: JournalEntry): void {
    this.journalNames.push(name);
    this.journalEntries.push(entry);
  }

  private forgetJournal(): void {
    this.journalNames.length = 0;
    this.journalEntries.length = 0;
  }

  private undoTo(start: number): void {
    while (this.journalNames.length > start) {
      this.undo(this.journalNames.pop() ?? '', this.journalEntries.pop());
    }
  }

  private undo(name: string, entry: JournalEntry): void {
    if (typeof entry === 'number') {
      this.grow(name, -entry);
    } else if (entry && name !== ADDED) {
      this.pending.set(name, entry);
      this.sorted.get(kindOf(entry.key))?.set(entry.key, entry);
    } else {
      const key = entry ? entry.key : Buffer.from(name, 'latin1');
      this.pending.remove(key, name === ADDED ? keyName(key) : name);
      this.sorted.get(kindOf(key))?.delete(key);
    }
  }

  private changesWithin({ start, end, reverse }: KeyRange): PendingChange[] {
    const changes: PendingChange[] = [];
    for (let kind = kindOf(start); kind <= kindOf(end); kind += 1) {
      const sorted = this.sorted.get(kind) ?? this.sortKind(kind);
      sorted.forRange(start, end, false, (_key, change) => void changes.push(change));
    }
    return reverse ? changes.reverse() : changes;
  }

  private sortKind(kind: number): BTree<Buffer, PendingChange> {
    const sorted = new BTree<Buffer, PendingChange>(undefined, (a, b) => Buffer.compare(a, b));
    for (const change of this.pending.changes()) {
      if (kindOf(change.key) === kind) sorted.set(change.key, change);
    }
    this.sorted.set(kind, sorted);
    return sorted;
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
