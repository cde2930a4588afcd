import type { PendingChange } from './write-set';

/** Fewer changes than this are not worth ordering. */
const FEWEST_TO_ORDER = 64;
/** A change's position takes the low bits of its rank, so that ranks can be sorted as plain numbers. */
const MOST_RANKED = 2 ** 20;

/** Keys that tell how far all keys of a group are the same. */
const SAMPLED_KEYS = 32;

/**
 * The changes of one collection or index roughly in key order: neighbours share pages of the file, and
 * finding those is most of the cost of a write. Only roughly, because comparing whole keys would cost
 * more than it saves. No key may occur twice.
 */
export function inWriteOrder(changes: readonly PendingChange[]): readonly PendingChange[] {
  if (changes.length < FEWEST_TO_ORDER || changes.length > MOST_RANKED) return changes;
  const start = commonPrefixLength(changes);
  const ranks = new Float64Array(changes.length);
  for (let position = 0; position < changes.length; position += 1) {
    const { key } = changes[position] as PendingChange;
    ranks[position] = wordAt(key, start) * MOST_RANKED + position;
  }
  if (isAscending(ranks)) return changes;
  ranks.sort();
  return Array.from(ranks, (rank) => changes[rank % MOST_RANKED] as PendingChange);
}

function isAscending(ranks: Float64Array): boolean {
  for (let position = 1; position < ranks.length; position += 1) {
    if ((ranks[position - 1] ?? 0) > (ranks[position] ?? 0)) return false;
  }
  return true;
}

/** Of a sample: a key that differs before it is only written at a worse moment. */
function commonPrefixLength(changes: readonly PendingChange[]): number {
  const first = (changes[0] as PendingChange).key;
  const step = Math.ceil(changes.length / SAMPLED_KEYS);
  let length = first.length;
  for (let position = step; position < changes.length; position += step) {
    const { key } = changes[position] as PendingChange;
    let same = 0;
    while (same < length && key[same] === first[same]) same += 1;
    length = same;
  }
  return length;
}

/** Four bytes of a key as a number; zeros stand for those behind its end. */
function wordAt(key: Buffer, start: number): number {
  if (start + 4 <= key.length) return key.readUInt32BE(start);
  let word = 0;
  for (let offset = start; offset < start + 4; offset += 1) word = word * 256 + (key[offset] ?? 0);
  return word;
}
