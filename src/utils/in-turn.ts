/** The last work of each key's line; a key without work has no entry. */
const lines = new Map<string, Promise<void>>();

/**
 * Runs works of one key after each other, in the order in which they came; other keys are not held
 * up. For this process only: a courtesy that spares retries, never what keeps data right.
 * @returns what `work` returns, or throws what it throws; neither touches the next in line
 */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const outcome = (lines.get(key) ?? Promise.resolve()).then(work);
  const done = outcome.then(ignore, ignore);
  lines.set(key, done);
  try {
    return await outcome;
  } finally {
    if (lines.get(key) === done) lines.delete(key);
  }
}

/** Whoever is waiting needs to know that a work is over, not how. */
function ignore(): void {}
