import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import {
  RateLimiterMemory,
  RateLimiterMongo,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';

const COLLECTION = 'throttles';

/** A budget: so many points per window, counted per key (an address, an account, a user). */
export interface ThrottleBudget {
  /** Unique name; budgets never share counts. */
  readonly name: string;
  readonly points: number;
  readonly durationSeconds: number;
  /** How long an exhausted key rests; default: the rest of the window. */
  readonly blockSeconds?: number;
  /** Who counts together: all instances, through the database (default), or each for itself. */
  readonly scope?: 'cluster' | 'instance';
}

export interface ThrottleVerdict {
  readonly allowed: boolean;
  /** When the key may try again; 0 while it is allowed. */
  readonly retryAfterSeconds: number;
  /** Points that are left in the window. */
  readonly remaining: number;
  /** When the whole budget is there again. */
  readonly resetSeconds: number;
}

/** Counters shared by all instances through the database. */
export interface Throttles {
  /** Spends one point of the key. */
  spend(budget: ThrottleBudget, key: string): Promise<ThrottleVerdict>;
  /** Undoes one `spend`. */
  giveBack(budget: ThrottleBudget, key: string): Promise<void>;
  /** Forgets the key, e.g. after a successful login. */
  reset(budget: ThrottleBudget, key: string): Promise<void>;
}

/**
 * Throttles on the product's own database connection, so that limits hold across instances. With
 * the database away each instance counts in memory: a limit that fails open is none.
 */
export async function createThrottles(connection: Connection, logger: Logger): Promise<Throttles> {
  const collection = connection.collection(COLLECTION);
  await collection.createIndex({ key: 1 }, { unique: true });
  await collection.createIndex({ expire: 1 }, { expireAfterSeconds: 0 });
  const limiters = new Map<string, RateLimiterAbstract>();
  const limiterOf = (budget: ThrottleBudget): RateLimiterAbstract => {
    let limiter = limiters.get(budget.name);
    if (!limiter) {
      limiter = createLimiter(connection, budget);
      limiters.set(budget.name, limiter);
      logger.debug({ throttle: budget }, 'throttle ready');
    }
    return limiter;
  };
  return {
    spend: (budget, key) => spend(limiterOf(budget), key),
    giveBack: async (budget, key) => {
      await limiterOf(budget).reward(key);
    },
    reset: async (budget, key) => {
      await limiterOf(budget).delete(key);
    },
  };
}

function createLimiter(connection: Connection, budget: ThrottleBudget): RateLimiterAbstract {
  const options = {
    keyPrefix: budget.name,
    points: budget.points,
    duration: budget.durationSeconds,
    blockDuration: budget.blockSeconds ?? 0,
  };
  if (budget.scope === 'instance') return new RateLimiterMemory(options);
  return new RateLimiterMongo({
    ...options,
    storeClient: connection.getClient(),
    dbName: connection.name,
    tableName: COLLECTION,
    disableIndexesCreation: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
}

async function spend(limiter: RateLimiterAbstract, key: string): Promise<ThrottleVerdict> {
  try {
    const state = await limiter.consume(key);
    return { allowed: true, retryAfterSeconds: 0, ...leftOf(state) };
  } catch (rejection) {
    // The library rejects with a plain result, not an Error, when the budget is spent.
    if (!(rejection instanceof RateLimiterRes)) throw rejection;
    const left = leftOf(rejection);
    return { allowed: false, retryAfterSeconds: left.resetSeconds, ...left };
  }
}

function leftOf({ remainingPoints, msBeforeNext }: RateLimiterRes) {
  return {
    remaining: Math.max(0, remainingPoints),
    resetSeconds: Math.max(0, Math.ceil(msBeforeNext / 1000)),
  };
}
