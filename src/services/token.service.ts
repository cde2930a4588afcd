import { createHash, createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Config } from '../config';
import { expiredToken, invalidToken } from '../utils/authentication-errors';

/** RFC 8725 sections 3.1, 3.8, 3.9 and 3.11: pin the algorithm, the issuer, the audience and the kind. */
const ALGORITHM = 'HS256';
const ISSUER = 'videotube';
const AUDIENCE = 'videotube-api';

const objectId = z.string().regex(/^[0-9a-f]{24}$/);
const accessPayload = z.object({ typ: z.literal('access'), sub: objectId, sid: objectId });
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

export interface RefreshTokenRequest extends RefreshClaims {
  /** Whole seconds: a JWT knows nothing finer. */
  issuedAt: Date;
  expiresAt: Date;
}

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
  /** The one id that may follow `claims.tokenId`; needs the secret, so a holder of the old token cannot foresee it. */
  successorTokenId(claims: RefreshClaims): string;
}

/** SHA-256 in hex. A signed token has far more entropy than a password, so no slow hash is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function createTokenService(
  config: Pick<Config, 'accessToken' | 'refreshToken'>,
): TokenService {
  const { accessToken, refreshToken } = config;
  const accessKey = keyOf(accessToken.secret);
  const refreshKey = keyOf(refreshToken.secret);
  return {
    signAccessToken: ({ userId, sessionId }) =>
      jwt.sign({ typ: 'access', sid: sessionId }, accessKey, {
        algorithm: ALGORITHM,
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: userId,
        expiresIn: accessToken.expirySeconds,
      }),

    verifyAccessToken(token, { evenExpired = false } = {}) {
      const payload = verify(token, accessKey, accessPayload, evenExpired);
      return { userId: payload.sub, sessionId: payload.sid };
    },

    signRefreshToken: ({ userId, sessionId, tokenId, issuedAt, expiresAt }) =>
      jwt.sign(
        { typ: 'refresh', sid: sessionId, iat: toSeconds(issuedAt), exp: toSeconds(expiresAt) },
        refreshKey,
        {
          algorithm: ALGORITHM,
          issuer: ISSUER,
          audience: AUDIENCE,
          subject: userId,
          jwtid: tokenId,
        },
      ),

    verifyRefreshToken(token) {
      const payload = verify(token, refreshKey, refreshPayload, false);
      return { userId: payload.sub, sessionId: payload.sid, tokenId: payload.jti };
    },

    newTokenId: () => randomBytes(16).toString('base64url'),

    successorTokenId: ({ sessionId, tokenId }) =>
      createHmac('sha256', refreshKey)
        .update(`refresh-token-successor:${sessionId}:${tokenId}`)
        .digest('base64url'),
  };
}

/** Made once: from a string, the library would first try to read a public key, for every token. */
function keyOf(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret));
}

function verify<Payload>(
  token: string,
  key: KeyObject,
  payloadSchema: z.ZodType<Payload>,
  evenExpired: boolean,
): Payload {
  const payload = payloadSchema.safeParse(verifySignature(token, key, evenExpired));
  if (!payload.success) throw invalidToken(payload.error);
  return payload.data;
}

function verifySignature(token: string, key: KeyObject, evenExpired: boolean): unknown {
  try {
    return jwt.verify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      ignoreExpiration: evenExpired,
    });
  } catch (error) {
    throw error instanceof jwt.TokenExpiredError ? expiredToken(error) : invalidToken(error);
  }
}

function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
