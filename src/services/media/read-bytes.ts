import { readSync } from 'node:fs';

/**
 * Reads so many bytes of a file at an offset, fewer at its end. It blocks its thread, which is that
 * of the analysis: the few threads that Node has for files stay free for all others.
 */
export type ReadBytes = (length: number, offset: number) => Buffer;

/** @throws Error of the system, with its code */
export function reader(descriptor: number): ReadBytes {
  return (length, offset) => {
    const buffer = Buffer.allocUnsafe(length);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
  };
}
