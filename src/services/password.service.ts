import { randomBytes } from 'node:crypto';
import os from 'node:os';
import bcrypt from 'bcrypt';
import type { Config } from '../config';
import { createConcurrencyLimiter } from '../utils/concurrency-limiter';

/** bcrypt reads no further: a longer password would be accepted with any other ending. */
export const PASSWORD_MAX_BYTES = 72;
/**
 * Hashes run on libuv's four threads, which files and DNS need too, and each takes a core of the
 * machine for itself: with two at most, and one where that would leave no core for the rest, a storm
 * of logins slows logins and nothing else.
 */
const CONCURRENT_HASHES = os.availableParallelism() > 2 ? 2 : 1;
const LONGEST_QUEUE = 200;
/** One for all services of the process, as the threads are. */
const alone = createConcurrencyLimiter(CONCURRENT_HASHES, LONGEST_QUEUE);
/** Of several processes that share the machine's cores, each has one hash at a time. */
const besideOthers = createConcurrencyLimiter(1, LONGEST_QUEUE);

/** Hashes and checks passwords; they must have gone through `normalizePassword` or its validators. */
export interface PasswordService {
  /** @returns a bcrypt hash of the configured cost */
  hash(password: string): Promise<string>;
  /**
   * Compares against a stored hash; without one (no such user) it does the same work and says no,
   * so that time does not tell who has an account (OWASP Authentication Cheat Sheet).
   */
  matches(password: string, storedHash: string | undefined): Promise<boolean>;
  /** Whether a stored hash is cheaper than the configured cost asks for. */
  needsRehash(storedHash: string): boolean;
}

/** The form in which passwords are hashed: the same letters typed on different systems are equal. */
export function normalizePassword(password: string): string {
  // NIST SP 800-63B section 5.1.1.2. Spaces and case stay.
  return password.normalize('NFKC');
}

/** Whether it is the first that a guesser would try: the person's own name, username or e-mail. */
export function isGuessable(
  password: string,
  { username, email, fullName }: { username: string; email: string; fullName: string },
): boolean {
  return [username, email, fullName.toLowerCase()].includes(password.toLowerCase());
}

export function createPasswordService({
  bcryptCost,
  webConcurrency = 1,
}: Pick<Config, 'bcryptCost'> & Partial<Pick<Config, 'webConcurrency'>>): PasswordService {
  const limiter = webConcurrency > 1 ? besideOthers : alone;
  const unmatchableHash = createUnmatchableHash(bcryptCost);

  /**
   * Compares, and where the stored hash is of a time of lower cost, makes up for what it spared: each
   * step doubles the work, so the steps from the old cost to the present one add up to it exactly.
   */
  async function compareAtFullCost(password: string, storedHash: string): Promise<boolean> {
    const equal = await bcrypt.compare(password, storedHash);
    for (let cost = bcrypt.getRounds(storedHash); cost < bcryptCost; cost += 1) {
      await bcrypt.compare(password, createUnmatchableHash(cost));
    }
    return equal;
  }

  return {
    hash: (password) => limiter.run(() => bcrypt.hash(password, bcryptCost)),

    async matches(password, storedHash) {
      const comparable = Buffer.byteLength(password) <= PASSWORD_MAX_BYTES;
      const equal = await limiter.run(() =>
        compareAtFullCost(password, storedHash ?? unmatchableHash),
      );
      return equal && comparable && storedHash !== undefined;
    },

    needsRehash: (storedHash) => bcrypt.getRounds(storedHash) < bcryptCost,
  };
}

/** A well-formed bcrypt hash of no password: comparing costs the full work, making it costs none. */
export function createUnmatchableHash(cost: number): string {
  const digest = randomBytes(31).toString('hex').slice(0, 31);
  return `${bcrypt.genSaltSync(cost)}${digest}`;
}
