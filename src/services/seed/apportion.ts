/**
 * Shares a whole number among several by their weights, none getting more than the cap.
 * @returns whole shares that add up to the total
 * @throws RangeError when there is no room for all of it
 */
export function apportion(total: number, weights: Float64Array, cap = Infinity): Int32Array {
  const shares = new Int32Array(weights.length);
  let left = total;
  let open = Array.from(weights.keys()).filter((place) => (weights[place] ?? 0) > 0);
  while (left > 0) {
    if (open.length === 0) throw new RangeError(`no room for ${left} of ${total}`);
    const perWeight = left / open.reduce((sum, place) => sum + (weights[place] ?? 0), 0);
    const last = open.at(-1);
    const wanted = left;
    let [due, given] = [0, 0];
    for (const place of open) {
      // What rounding keeps from one goes to the next: nobody is favoured.
      due += (weights[place] ?? 0) * perWeight;
      const share = (place === last ? wanted : Math.min(Math.floor(due), wanted)) - given;
      given += share;
      const taken = Math.min(share, cap - (shares[place] ?? 0));
      shares[place] = (shares[place] ?? 0) + taken;
      left -= taken;
    }
    open = open.filter((place) => (shares[place] ?? 0) < cap);
  }
  return shares;
}

/** Rows that belong to owners, those of one owner side by side. */
export class Groups {
  private readonly starts: Int32Array;

  constructor(readonly sizes: Int32Array) {
    this.starts = new Int32Array(sizes.length + 1);
    for (let owner = 0; owner < sizes.length; owner += 1) {
      this.starts[owner + 1] = (this.starts[owner] ?? 0) + (sizes[owner] ?? 0);
    }
  }

  /** Of all rows. */
  get total(): number {
    return this.starts[this.sizes.length] ?? 0;
  }

  sizeOf(owner: number): number {
    return this.sizes[owner] ?? 0;
  }

  /** Whose a row is, and the how manieth of theirs, from 0. */
  find(row: number): { owner: number; place: number } {
    let [low, high] = [0, this.sizes.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] ?? 0) <= row) low = middle;
      else high = middle;
    }
    return { owner: low, place: row - (this.starts[low] ?? 0) };
  }
}

/**
 * A step that leads to each of so many places once before it comes back to the first, and that spreads
 * the first few of them wide: near the golden section.
 */
export function strideFor(count: number): number {
  if (count < 3) return 1;
  let stride = Math.round(count * 0.618);
  while (commonDivisor(stride, count) > 1) stride += 1;
  return stride;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
