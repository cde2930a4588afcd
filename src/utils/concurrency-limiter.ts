import { ApiError } from './api-error';

/** Runs work a few at a time, first come first served. */
export interface ConcurrencyLimiter {
  /**
   * @returns what `work` returns, once a place was free
   * @throws ApiError 503 when too many already wait, and whatever `work` throws
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * @param concurrency how many run at once
 * @param longestQueue how many may wait: whoever would wait longer is better told to come back
 */
export function createConcurrencyLimiter(
  concurrency: number,
  longestQueue: number,
): ConcurrencyLimiter {
  let running = 0;
  const waiting: (() => void)[] = [];

  const enter = async (): Promise<void> => {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (waiting.length >= longestQueue) {
      throw ApiError.unavailable('Too busy at the moment; please try again shortly', {
        headers: { 'Retry-After': '5' },
      });
    }
    await new Promise<void>((admit) => waiting.push(admit));
  };

  /** The place goes straight to the next in line, so nobody new can slip in between. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
