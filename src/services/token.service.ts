import { createHash, createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Config, TokenConfig } from '../config';
import { expiredToken, invalidToken } from '../utils/authentication-errors';
import { VerifiedTokens } from './verified-tokens';

/** RFC 8725 sections 3.1, 3.8, 3.9 and 3.11: pin the algorithm, the issuer, the audience and the kind. */
const ALGORITHM = 'HS256';
const ISSUER = 'videotube';
const AUDIENCE = 'videotube-api';
/**
 * By how much the clocks of two instances may differ. Of a lifetime of a few seconds it would be a
 * good part, so there it is less.
 */
const CLOCK_TOLERANCE_SECONDS = 5;
const CLOCK_TOLERANCE_SHARE = 1 / 60;

const objectId = z.string().regex(/^[0-9a-f]{24}$/);
const accessPayload = z.object({
  typ: z.literal('access'),
  sub: objectId,
  sid: objectId,
  exp: z.number(),
});
const refreshPayload = z.object({
  typ: z.literal('refresh'),
  sub: objectId,
  sid: objectId,
  jti: z.string().min(1),
});

/** What an access token proves: who, and by which session. Ids are 24 hex digits. */
export interface AccessClaims {
  userId: string;
  sessionId: string;
}

export interface RefreshClaims extends AccessClaims {
  tokenId: string;
}

/** From when to when a refresh token is good. Whole seconds: a JWT knows nothing finer. */
export interface RefreshTerm {
  issuedAt: Date;
  expiresAt: Date;
}

export type RefreshTokenRequest = RefreshClaims & RefreshTerm;

/** Signs and verifies both kinds of token; knows nothing of the database. */
export interface TokenService {
  /** @returns a JWT that lives for `accessToken.expirySeconds` */
  signAccessToken(claims: AccessClaims): string;
  /** @throws ApiError 401 TOKEN_EXPIRED or TOKEN_INVALID */
  verifyAccessToken(token: string, options?: { evenExpired?: boolean }): AccessClaims;
  /** Deterministic: equal requests give the same token to the byte. */
  signRefreshToken(request: RefreshTokenRequest): string;
  /** @throws ApiError 401 TOKEN_EXPIRED or TOKEN_INVALID */
  verifyRefreshToken(token: string): RefreshClaims;
  /** An unguessable id for the first refresh token of a session. */
  newTokenId(): string;
  /**
   * The one token that may follow the one that was verified. Its id needs the secret, so that a
   * holder of the old token cannot foresee it.
   */
  signSuccessor(claims: RefreshClaims, term: RefreshTerm): string;
  /** The same as each secret that we know would have signed it, the one that signs now first. */
  possibleSuccessors(claims: RefreshClaims, term: RefreshTerm): string[];
}

/** SHA-256 in hex. A signed token has far more entropy than a password, so no slow hash is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function createTokenService(
  config: Pick<Config, 'accessToken' | 'refreshToken'>,
): TokenService {
  const { accessToken, refreshToken } = config;
  const accessKeys = createKeyring(accessToken);
  const refreshKeys = createKeyring(refreshToken);
  const verified = verifiedBy(accessToken);
  return {
    signAccessToken: ({ userId, sessionId }) =>
      jwt.sign({ typ: 'access', sid: sessionId }, accessKeys.signing, {
        algorithm: ALGORITHM,
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: userId,
        expiresIn: accessToken.expirySeconds,
      }),

    verifyAccessToken(token, { evenExpired = false } = {}) {
      const known = evenExpired ? undefined : verified.find(token, accessKeys.clockTolerance);
      if (known) return known;
      const { sub, sid, exp } = verify(token, accessKeys, accessPayload, evenExpired);
      const claims = { userId: sub, sessionId: sid };
      if (!evenExpired) verified.add(token, { claims, expiresAt: exp });
      return claims;
    },

    signRefreshToken: (request) => signRefreshToken(request, refreshKeys.signing),

    verifyRefreshToken(token) {
      const payload = verify(token, refreshKeys, refreshPayload, false);
      return { userId: payload.sub, sessionId: payload.sid, tokenId: payload.jti };
    },

    newTokenId: () => randomBytes(16).toString('base64url'),

    signSuccessor: (claims, term) => signSuccessor(claims, term, refreshKeys.signing),

    possibleSuccessors: (claims, term) =>
      refreshKeys.known.map((key) => signSuccessor(claims, term, key)),
  };
}

/** Routers make a service each: what one has verified, the others need not. */
const verifiedTokens = new WeakMap<TokenConfig, VerifiedTokens>();

function verifiedBy(config: TokenConfig): VerifiedTokens {
  const verified = verifiedTokens.get(config) ?? new VerifiedTokens();
  verifiedTokens.set(config, verified);
  return verified;
}

/** The secrets of one kind of token. */
interface Keyring {
  signing: KeyObject;
  /** What verifies: the signing one first, then those of before. */
  known: readonly KeyObject[];
  clockTolerance: number;
}

function createKeyring({ secret, previousSecrets, expirySeconds }: TokenConfig): Keyring {
  // Made once: from a string, the library would first try to read a public key, for every token.
  const keyOf = (text: string): KeyObject => createSecretKey(Buffer.from(text));
  const signing = keyOf(secret);
  return {
    signing,
    known: [signing, ...previousSecrets.map(keyOf)],
    clockTolerance: Math.min(
      CLOCK_TOLERANCE_SECONDS,
      Math.floor(expirySeconds * CLOCK_TOLERANCE_SHARE),
    ),
  };
}

function signRefreshToken(request: RefreshTokenRequest, key: KeyObject): string {
  const { userId, sessionId, tokenId, issuedAt, expiresAt } = request;
  return jwt.sign(
    { typ: 'refresh', sid: sessionId, iat: toSeconds(issuedAt), exp: toSeconds(expiresAt) },
    key,
    {
      algorithm: ALGORITHM,
      issuer: ISSUER,
      audience: AUDIENCE,
      subject: userId,
      jwtid: tokenId,
    },
  );
}

function signSuccessor(claims: RefreshClaims, term: RefreshTerm, key: KeyObject): string {
  const tokenId = createHmac('sha256', key)
    .update(`refresh-token-successor:${claims.sessionId}:${claims.tokenId}`)
    .digest('base64url');
  return signRefreshToken({ ...claims, ...term, tokenId }, key);
}

function verify<Payload>(
  token: string,
  keys: Keyring,
  payloadSchema: z.ZodType<Payload>,
  evenExpired: boolean,
): Payload {
  const payload = payloadSchema.safeParse(verifySignature(token, keys, evenExpired));
  if (!payload.success) throw invalidToken(payload.error);
  return payload.data;
}

function verifySignature(
  token: string,
  { known, clockTolerance }: Keyring,
  evenExpired: boolean,
): unknown {
  let failure: unknown;
  for (const key of known) {
    try {
      return jwt.verify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTolerance,
        ignoreExpiration: evenExpired,
      });
    } catch (error) {
      // The signature is checked first: whatever else is wrong, no other key would mend it.
      if (error instanceof jwt.TokenExpiredError) throw expiredToken(error);
      failure = error;
    }
  }
  throw invalidToken(failure);
}

function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
