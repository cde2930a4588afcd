import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for work, but no longer than that; the work itself goes on.
 * @returns what the work returns; undefined once the patience is over
 * @throws what the work throws by then
 */
export async function withPatience<T>(
  work: Promise<T>,
  milliseconds: number,
): Promise<T | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([
      work,
      pause(milliseconds, undefined, { signal: done.signal }).catch(ignoreAbort),
    ]);
  } finally {
    done.abort();
  }
}

/** The work was done before the patience was over. */
function ignoreAbort(error: unknown): undefined {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  return undefined;
}
