import { MongoServerError } from '../errors';
import type { CompileScope } from './types';

/** An array of this many int elements passes the 100 MB that one expression may hold. */
const LONGEST_ARRAY = 5_000_000;
/** Texts grow in a buffer of at most so many bytes. */
const LONGEST_TEXT = 64 * 1024 * 1024;
const STEPS_BETWEEN_CHECKS = 16;

/**
 * What an expression does once for each element: the function that it calls each time, which throws
 * when the command's time is up. Nothing else can end an evaluation that is under way.
 */
export function createPace({ variables }: CompileScope): () => void {
  const checkTime = variables?.checkTime;
  if (!checkTime) return () => undefined;
  let steps = 0;
  return () => {
    steps += 1;
    if (steps % STEPS_BETWEEN_CHECKS === 0) checkTime();
  };
}

/** @throws MongoServerError 146 ExceededMemoryLimit for an array that no expression may hold */
export function assertArrayFits(length: number, name: string): void {
  if (length <= LONGEST_ARRAY) return;
  throw new MongoServerError(
    'ExceededMemoryLimit',
    `${name} would use too much memory and cannot spill`,
  );
}

/** @throws MongoServerError 13548 for a text that no expression may hold */
export function assertTextFits(length: number): void {
  if (length <= LONGEST_TEXT) return;
  throw new MongoServerError(
    13548,
    `BufBuilder attempted to grow() to ${length} bytes, past the 64MB limit.`,
  );
}
