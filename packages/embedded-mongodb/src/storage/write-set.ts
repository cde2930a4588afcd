import { keyGroup } from './keys';

/** One pending change. `value` undefined: the key is deleted. */
export interface PendingChange {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

/** Keys as Map keys: latin1 keeps every byte and makes one character of each. */
export function keyName(key: Buffer): string {
  return key.toString('latin1');
}

/** The changes of one collection's records, of one index, or of everything else: all added, or all named. */
class Group {
  /**
   * New keys, which nobody has asked for yet. A long insert writes little else, and to name each of
   * them would cost more than everything else that is done with it.
   */
  readonly added: PendingChange[] = [];
  readonly named = new Map<string, PendingChange>();

  nameAdded(): void {
    for (const change of this.added) this.named.set(keyName(change.key), change);
    this.added.length = 0;
  }

  get size(): number {
    return this.added.length + this.named.size;
  }

  changes(): Iterable<PendingChange> {
    return this.named.size > 0 ? this.named.values() : this.added;
  }
}

/** Changes by key, at most one for each. */
export class WriteSet {
  private readonly groupsByPrefix = new Map<number, Group>();

  /** How many keys are changed. */
  get size(): number {
    let size = 0;
    for (const group of this.groupsByPrefix.values()) size += group.size;
    return size;
  }

  get(key: Buffer): PendingChange | undefined {
    const group = this.groupsByPrefix.get(keyGroup(key));
    if (!group) return undefined;
    if (group.added.length > 0) group.nameAdded();
    return group.named.get(keyName(key));
  }

  /** Puts a change in the place of an earlier one of its key (whose name is `name`), which is answered. */
  set(name: string, change: PendingChange): PendingChange | undefined {
    const group = this.groupOf(change.key);
    if (group.added.length > 0) group.nameAdded();
    const before = group.named.get(name);
    group.named.set(name, change);
    return before;
  }

  /**
   * Adds a change of a key that has none. False when its group is of the named kind, where a key may
   * have been deleted before.
   */
  add(change: PendingChange): boolean {
    const group = this.groupOf(change.key);
    if (group.named.size > 0) return false;
    group.added.push(change);
    return true;
  }

  remove(key: Buffer, name: string): void {
    const group = this.groupOf(key);
    if (group.added.at(-1)?.key === key) {
      group.added.pop();
      return;
    }
    if (group.added.length > 0) group.nameAdded();
    group.named.delete(name);
  }

  *changes(): Generator<PendingChange, void, void> {
    for (const group of this.groupsByPrefix.values()) yield* group.changes();
  }

  /** The changes, those of one collection or index together. */
  groups(): readonly (readonly PendingChange[])[] {
    return [...this.groupsByPrefix.values()].map((group) => [...group.changes()]);
  }

  private groupOf(key: Buffer): Group {
    const prefix = keyGroup(key);
    const existing = this.groupsByPrefix.get(prefix);
    if (existing) return existing;
    const group = new Group();
    this.groupsByPrefix.set(prefix, group);
    return group;
  }
}
