import type { AccessClaims } from './token.service';

/** Of so many people at once; whoever comes back after more than these is verified anew. */
export const MAX_VERIFIED_TOKENS = 5000;

interface VerifiedToken {
  claims: AccessClaims;
  /** `exp`, in seconds. */
  expiresAt: number;
}

/**
 * Access tokens that were found genuine a moment ago: a client sends the same one for minutes, and
 * its signature does not change. Whether its session lives is asked for every request, elsewhere.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>();

  /** @returns what the token proves; undefined for one that is not known, or is over */
  find(token: string, clockToleranceSeconds: number): AccessClaims | undefined {
    const known = this.#tokens.get(token);
    if (!known) return undefined;
    if (Math.floor(Date.now() / 1000) < known.expiresAt + clockToleranceSeconds) {
      return known.claims;
    }
    this.#tokens.delete(token);
    return undefined;
  }

  add(token: string, verified: VerifiedToken): void {
    const [oldest] = this.#tokens.size < MAX_VERIFIED_TOKENS ? [] : this.#tokens.keys();
    if (oldest !== undefined) this.#tokens.delete(oldest);
    this.#tokens.set(token, verified);
  }
}
