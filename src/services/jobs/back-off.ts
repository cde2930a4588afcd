const FIRST_MILLISECONDS = 5_000;
const LONGEST_MILLISECONDS = 15 * 60_000;

/**
 * How long to wait after so many attempts: twice as long each time, up to a quarter of an hour. With
 * jitter, so that what failed together does not come back together.
 * @param firstMilliseconds after the first attempt
 */
export function backOffMilliseconds(
  attempts: number,
  firstMilliseconds = FIRST_MILLISECONDS,
): number {
  const longest = Math.min(
    firstMilliseconds * 2 ** Math.max(attempts - 1, 0),
    LONGEST_MILLISECONDS,
  );
  return longest * (0.5 + Math.random() / 2);
}
