/** Something in order, read one entry at a time; undefined is the end. */
export interface SortedSource<Entry> {
  next(): Entry | undefined;
}

interface Head<Entry> {
  readonly entry: Entry;
  readonly source: number;
}

/** Merges sources that are each in order; of equal entries those of an earlier source come first. */
export class Merge<Entry> implements SortedSource<Entry> {
  // A binary heap: the least head is the first, the children of i are 2i + 1 and 2i + 2.
  private readonly heads: Head<Entry>[] = [];

  constructor(
    private readonly sources: readonly SortedSource<Entry>[],
    private readonly compare: (left: Entry, right: Entry) => number,
  ) {
    sources.forEach((source, index) => {
      const entry = source.next();
      if (entry !== undefined) this.heads.push({ entry, source: index });
    });
    for (let index = (this.heads.length >> 1) - 1; index >= 0; index--) this.sink(index);
  }

  next(): Entry | undefined {
    const [first] = this.heads;
    if (first === undefined) return undefined;
    const entry = this.sources[first.source]?.next();
    const last = entry === undefined ? this.heads.pop() : { entry, source: first.source };
    if (this.heads.length > 0 && last !== undefined) {
      this.heads[0] = last;
      this.sink(0);
    }
    return first.entry;
  }

  private sink(start: number): void {
    const { heads } = this;
    const moving = heads[start]!;
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heads.length) break;
      const right = left + 1;
      const child =
        right < heads.length && this.isBefore(heads[right]!, heads[left]!) ? right : left;
      if (!this.isBefore(heads[child]!, moving)) break;
      heads[index] = heads[child]!;
      index = child;
    }
    heads[index] = moving;
  }

  private isBefore(left: Head<Entry>, right: Head<Entry>): boolean {
    const order = this.compare(left.entry, right.entry);
    return order === 0 ? left.source < right.source : order < 0;
  }
}
