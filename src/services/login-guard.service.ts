import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { ApiError } from '../utils/api-error';
import { clientNetwork } from '../utils/client-network';
import { inTurn } from '../utils/in-turn';
import { rateLimitHeaders } from '../utils/rate-limit-headers';
import { isKnownNetwork, type AccountReference } from './known-networks';
import type { ThrottleBudget, ThrottleVerdict } from './throttle.service';

const WINDOW_SECONDS = 15 * 60;
/** So many addresses may spend all their attempts on one account before it counts as under attack. */
const ADDRESSES_PER_ACCOUNT = 10;
/** The errors that count as a guess, at a password or at a second factor. */
const GUESSES = new Set(['INVALID_CREDENTIALS', 'WRONG_PASSWORD', 'TWO_FACTOR_INVALID']);

/**
 * Ends guessing at passwords and codes. Failures count per account *and* address, so that nobody
 * can lock the owner out from elsewhere; and, ten times as many, per account alone, which stops
 * guessers with many addresses. That second limit spares the networks from which the owner is
 * signed in already, and each window of a quarter of an hour starts afresh (OWASP Authentication
 * Cheat Sheet, account lockout).
 */
export interface LoginGuard {
  /**
   * Runs one attempt to prove who one is, by signing in or, signed in, by the password once more.
   * @throws ApiError 429 once too many attempts have failed, and whatever `attempt` throws
   */
  watch<T>(who: Claimant, attempt: () => Promise<T>): Promise<T>;
}

/** Somebody at an address: a stranger who says some names, or a person who is signed in. */
export type Claimant = { ip: string } & (
  { identifiers: readonly string[] } | { userId: Types.ObjectId }
);

/** A point of a budget that was spent in advance. */
interface SpentPoint {
  budget: ThrottleBudget;
  key: string;
}

export function createLoginGuard({
  config,
  throttles,
}: Pick<AppDependencies, 'config' | 'throttles'>): LoginGuard {
  const perAddress: ThrottleBudget = {
    name: 'failed-login',
    points: config.failedLoginsPerAccount,
    durationSeconds: WINDOW_SECONDS,
    blockSeconds: WINDOW_SECONDS,
  };
  const perAccount: ThrottleBudget = {
    name: 'failed-login-account',
    points: config.failedLoginsPerAccount * ADDRESSES_PER_ACCOUNT,
    durationSeconds: WINDOW_SECONDS,
  };

  /**
   * Spends a point of every budget that the attempt may cost: before it, since many at once would
   * else all find the budget untouched.
   * @throws ApiError 429 when one is spent already; an address that is refused costs the account nothing
   */
  async function spendAll(
    accounts: readonly AccountReference[],
    network: string,
  ): Promise<SpentPoint[]> {
    const spent: SpentPoint[] = [];
    for (const account of accounts) {
      const key = `${network} ${keyOf(account)}`;
      const verdict = await throttles.spend(perAddress, key);
      if (!verdict.allowed) throw tooManyFailures(perAddress, verdict);
      spent.push({ budget: perAddress, key });
    }
    for (const account of accounts) {
      const key = keyOf(account);
      const verdict = await throttles.spend(perAccount, key);
      if (!verdict.allowed && !(await isKnownNetwork(account, network))) {
        await giveBack(spent);
        throw tooManyFailures(perAccount, verdict);
      }
      spent.push({ budget: perAccount, key });
    }
    return spent;
  }

  async function giveBack(points: readonly SpentPoint[]): Promise<void> {
    await Promise.all(points.map(({ budget, key }) => throttles.giveBack(budget, key)));
  }

  /** The owner is here: earlier failures from this address were slips, those from elsewhere not. */
  async function forgive(points: readonly SpentPoint[]): Promise<void> {
    await Promise.all(
      points.map(({ budget, key }) =>
        budget === perAddress ? throttles.reset(budget, key) : throttles.giveBack(budget, key),
      ),
    );
  }

  return {
    watch(who, attempt) {
      const network = clientNetwork(who.ip);
      const accounts = accountsOf(who);
      // In turn, so that somebody who signs in on many devices at once is not taken for a guesser.
      return inTurn(['login-guard', network, ...accounts.map(keyOf)].join(' '), async () => {
        const spent = await spendAll(accounts, network);
        const outcome = await attempt().catch(async (error: unknown) => {
          const isGuess = error instanceof ApiError && GUESSES.has(error.code);
          if (!isGuess) await giveBack(spent);
          throw error;
        });
        await forgive(spent);
        return outcome;
      });
    },
  };
}

function accountsOf(who: Claimant): AccountReference[] {
  if ('userId' in who) return [{ userId: who.userId }];
  // Of the words as given, known or not: the guard must not tell who has an account.
  return [...new Set(who.identifiers)].sort().map((name) => ({ name }));
}

/** Ids are public: strangers who give one as a name must not use up what its owner has. */
function keyOf(account: AccountReference): string {
  return 'userId' in account ? `id ${account.userId.toString()}` : `name ${account.name}`;
}

function tooManyFailures(budget: ThrottleBudget, verdict: ThrottleVerdict): ApiError {
  return ApiError.tooManyRequests(
    'Too many failed attempts, please wait before you try again',
    verdict.retryAfterSeconds,
    rateLimitHeaders(budget, verdict),
  );
}
