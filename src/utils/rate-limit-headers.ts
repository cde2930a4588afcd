import type { ThrottleBudget, ThrottleVerdict } from '../services/throttle.service';

/** What a limited answer carries beside `Retry-After`; pages of other origins may read them. */
export const RATE_LIMIT_HEADERS = [
  'RateLimit-Policy',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
] as const;

/**
 * Tells a client how much of its budget is left (draft-ietf-httpapi-ratelimit-headers: `q` points
 * in a window of `w` seconds; `r` are left and come back in `t` seconds), and the same in the three
 * headers of that draft's early versions, which most clients read.
 */
export function rateLimitHeaders(
  { name, points, durationSeconds }: ThrottleBudget,
  { remaining, resetSeconds }: ThrottleVerdict,
): Record<(typeof RATE_LIMIT_HEADERS)[number], string> {
  return {
    'RateLimit-Policy': `"${name}";q=${points};w=${durationSeconds}`,
    RateLimit: `"${name}";r=${remaining};t=${resetSeconds}`,
    'RateLimit-Limit': String(points),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(resetSeconds),
  };
}
