const BLOCK_BYTES = 256 * 1024;
/** Two for each of so many uploads at once; what more there are is left to the garbage collector. */
const MOST_KEPT = 16;

const kept: Buffer[] = [];

/** A buffer to fill, with whatever it held before. It is the caller's until `giveBlock`. */
export function takeBlock(): Buffer {
  // Not from Node's pool of small buffers: it is kept for long.
  return kept.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
}

/** Gives back a whole block for the next who takes one. */
export function giveBlock(block: Buffer): void {
  if (kept.length < MOST_KEPT) kept.push(block);
}
