/** Enough for the disk to be fast; the time to fill one is what others may have to wait. */
export const BLOCK_BYTES = 256 * 1024;
/** Two for each of so many uploads at once; what more there are is left to the garbage collector. */
const MOST_KEPT = 16;

const kept: Buffer[] = [];

/**
 * A buffer to fill, with whatever it held before, that the disk can be given as it is. It is the
 * caller's until `giveBlock`.
 */
export function takeBlock(): Buffer {
  return kept.pop() ?? Buffer.from(alignedBuffer(BLOCK_BYTES));
}

/** Gives back a whole block for the next who takes one. */
export function giveBlock(block: Buffer): void {
  if (kept.length < MOST_KEPT) kept.push(block);
}

type ResizableArrayBuffer = new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;

/**
 * Begins where a page of memory does, which direct I/O asks for: a buffer that may be resized has
 * pages of its own in V8, others begin behind a header of the allocator. Nothing promises it, so
 * whoever writes one must know another way.
 */
function alignedBuffer(bytes: number): ArrayBuffer {
  return new (ArrayBuffer as ResizableArrayBuffer)(bytes, { maxByteLength: bytes });
}
