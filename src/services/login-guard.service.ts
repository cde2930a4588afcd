import type { AppDependencies } from '../app-dependencies';
import { ApiError } from '../utils/api-error';
import { clientNetwork } from '../utils/client-network';
import type { ThrottleBudget } from './throttle.service';

const WINDOW_SECONDS = 15 * 60;
/** The errors that count as a guess, at a password or at a second factor. */
const GUESSES = new Set(['INVALID_CREDENTIALS', 'WRONG_PASSWORD', 'TWO_FACTOR_INVALID']);

/** Counts failed logins per account *and* address: guessing ends, and nobody can lock the owner out from elsewhere. */
export interface LoginGuard {
  /**
   * Runs one attempt to prove who one is, by signing in or, signed in, by the password once more.
   * @throws ApiError 429 once too many attempts have failed, and whatever `attempt` throws
   */
  watch<T>(
    key: { identifiers: readonly string[]; ip: string },
    attempt: () => Promise<T>,
  ): Promise<T>;
}

export function createLoginGuard({
  config,
  throttles,
}: Pick<AppDependencies, 'config' | 'throttles'>): LoginGuard {
  const failures: ThrottleBudget = {
    name: 'failed-login',
    points: config.failedLoginsPerAccount,
    durationSeconds: WINDOW_SECONDS,
    blockSeconds: WINDOW_SECONDS,
  };

  return {
    async watch({ identifiers, ip }, attempt) {
      // Of the words as given, known or not: the guard must not tell who has an account.
      const key = [clientNetwork(ip), ...identifiers].join(' ');
      const { allowed, retryAfterSeconds } = await throttles.peek(failures, key);
      if (!allowed) {
        throw ApiError.tooManyRequests(
          'Too many failed attempts, please wait before you try again',
          retryAfterSeconds,
        );
      }
      try {
        const outcome = await attempt();
        await throttles.reset(failures, key);
        return outcome;
      } catch (error) {
        if (error instanceof ApiError && GUESSES.has(error.code)) {
          await throttles.spend(failures, key);
        }
        throw error;
      }
    },
  };
}
