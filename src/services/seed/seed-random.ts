/** What a number is drawn for: draws for different purposes have nothing to do with each other. */
export type Purpose = number;

/**
 * Numbers that look random and depend on the seed, the purpose and the place alone: any row can be made
 * again without those before it. Mixes as the finalizer of MurmurHash3 does.
 */
export class SeedRandom {
  private readonly start: number;

  constructor(readonly seed: number) {
    this.start = scramble(seed ^ 0x9e3779b9);
  }

  /** From 0 up to 1, without 1. */
  unit(purpose: Purpose, place: number, second = 0): number {
    const mixed = scramble(this.start ^ Math.imul(purpose + 1, 0x85ebca6b));
    return scramble(scramble(mixed ^ place) + Math.imul(second + 1, 0x27d4eb2f)) / 2 ** 32;
  }

  /** A whole number from 0 up to the limit, without the limit. */
  below(limit: number, purpose: Purpose, place: number, second = 0): number {
    return Math.floor(this.unit(purpose, place, second) * limit);
  }

  /** @throws RangeError for an empty list */
  pick<Item>(list: readonly Item[], purpose: Purpose, place: number, second = 0): Item {
    return at(list, this.below(list.length, purpose, place, second));
  }
}

/** The item at a place, counted on from the beginning when the list is over. */
export function at<Item>(list: readonly Item[], place: number): Item {
  const item = list[place % list.length];
  if (item === undefined) throw new RangeError('an empty list has no items');
  return item;
}

function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
