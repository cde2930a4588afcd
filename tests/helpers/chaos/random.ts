import { createCipheriv, createHash } from 'node:crypto';

/** The same numbers for the same seed, whatever the machine. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** A whole number of this range, both ends included. */
  between(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
  bytes(count: number): Buffer;
}

/** Mulberry32 by Tommy Ettinger, public domain: 32 bits of state are plenty to choose by. */
export function createRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number =>
    least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    bytes: (count) => {
      const key = createHash('sha256').update(String(next())).digest().subarray(0, 16);
      return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(count));
    },
  };
}
