import { createHash } from 'node:crypto';

const FIRST_CAPACITY = 1024;
/** As many as a double holds exactly, so that the engine sorts plain numbers. */
const DIGEST_BYTES = 6;

/**
 * A set of names in eight bytes each: 16 MB for two million, where a Set of the names would take
 * 250 MB. It keeps digests alone: of two million names, one in 140 million that was never added is
 * taken for one that was.
 */
export class NameIndex {
  private digests = new Float64Array(FIRST_CAPACITY);
  private count = 0;
  private isSorted = true;

  /** How often `add` was called. */
  get size(): number {
    return this.count;
  }

  add(name: string): void {
    if (this.count === this.digests.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.digests);
      this.digests = larger;
    }
    this.digests[this.count] = digestOf(name);
    this.count += 1;
    this.isSorted = false;
  }

  /** True for every name that was added, and for next to no other. Sorts first, after an `add`. */
  has(name: string): boolean {
    if (!this.isSorted) {
      this.digests.subarray(0, this.count).sort();
      this.isSorted = true;
    }
    const wanted = digestOf(name);
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.digests[middle] ?? 0;
      if (found === wanted) return true;
      if (found < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}

function digestOf(name: string): number {
  return createHash('sha1').update(name).digest().readUIntBE(0, DIGEST_BYTES);
}
