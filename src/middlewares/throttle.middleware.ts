import type { Request, RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import type { ThrottleBudget } from '../services/throttle.service';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';
import { clientNetwork } from '../utils/client-network';
import { rateLimitHeaders } from '../utils/rate-limit-headers';

/**
 * Says in `RateLimit` headers what is left of the key's budget, and answers 429 with `Retry-After`
 * once it is spent.
 * @param keyOf whose budget: by default the caller's address, as far as `trust proxy` vouches for it
 */
export function throttle(
  { throttles }: Pick<AppDependencies, 'throttles'>,
  budget: ThrottleBudget,
  keyOf: (request: Request) => string = (request) => clientNetwork(request.ip),
): RequestHandler {
  return asyncHandler(async (request, response, next) => {
    const verdict = await throttles.spend(budget, keyOf(request));
    const headers = rateLimitHeaders(budget, verdict);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!verdict.allowed) {
      throw ApiError.tooManyRequests(
        'Too many attempts, please wait a moment and try again',
        verdict.retryAfterSeconds,
      );
    }
    next();
  });
}
