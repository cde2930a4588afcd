/**
 * Waits for work, but no longer than that; the work itself goes on.
 * @returns what the work returns; undefined once the patience is over
 * @throws what the work throws by then
 */
export async function withPatience<T>(
  work: Promise<T>,
  milliseconds: number,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    // Not by an AbortSignal: it makes an error with a stack, of which nobody learns.
    clearTimeout(timer);
  }
}
