import type { PendingChange } from './overlay';

/** Fewer changes than this are not worth ordering. */
const FEWEST_TO_ORDER = 64;
/** Kind and id: the bytes before the part of a key that differs within a collection or index. */
const PREFIX_BYTES = 5;
/** A change's position takes the low bits of its rank, so that ranks can be sorted as plain numbers. */
const MOST_RANKED = 2 ** 20;

/**
 * The changes of a write-set so that those of one collection or index follow each other, roughly in key
 * order: neighbours share pages of the file, and finding those is most of the cost of a write. Only
 * roughly, because comparing whole keys would cost more than it saves. No key occurs twice.
 */
export function inWriteOrder(
  changes: Iterable<PendingChange>,
  size: number,
): Iterable<PendingChange> {
  if (size < FEWEST_TO_ORDER) return changes;
  return [...groupsByPrefix(changes)].flatMap(roughlyOrdered);
}

function groupsByPrefix(changes: Iterable<PendingChange>): Iterable<PendingChange[]> {
  const groups = new Map<number, PendingChange[]>();
  for (const change of changes) {
    const { key } = change;
    const id = key.length < PREFIX_BYTES ? 0 : key.readUInt32BE(1);
    const prefix = (key[0] ?? 0) * 0x1_0000_0000 + id;
    const group = groups.get(prefix);
    if (group) group.push(change);
    else groups.set(prefix, [change]);
  }
  return groups.values();
}

function roughlyOrdered(changes: PendingChange[]): PendingChange[] {
  if (changes.length < FEWEST_TO_ORDER || changes.length > MOST_RANKED) return changes;
  const start = commonPrefixLength(changes);
  const ranks = new Float64Array(changes.length);
  changes.forEach(({ key }, position) => {
    ranks[position] = wordAt(key, start) * MOST_RANKED + position;
  });
  ranks.sort();
  return changes.map((_, place) => changes[(ranks[place] ?? 0) % MOST_RANKED] as PendingChange);
}

function commonPrefixLength(changes: readonly PendingChange[]): number {
  const first = (changes[0] as PendingChange).key;
  let length = first.length;
  for (const { key } of changes) {
    let same = 0;
    while (same < length && key[same] === first[same]) same += 1;
    length = same;
  }
  return length;
}

/** Four bytes of a key as a number; zeros stand for those behind its end. */
function wordAt(key: Buffer, start: number): number {
  let word = 0;
  for (let offset = start; offset < start + 4; offset += 1) word = word * 256 + (key[offset] ?? 0);
  return word;
}
