import type { Request, RequestHandler, Response } from 'express';
import { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { createSessionService } from '../services/session.service';
import { createTokenService, type AccessClaims } from '../services/token.service';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';
import { invalidToken, missingToken } from '../utils/authentication-errors';
import { requireOwnSite } from '../utils/request-origin';
import { accessTokenOf, type ReceivedToken } from '../utils/token-transport';
import { varyBy } from '../utils/vary';
import { checkAgainAfterBody } from './late-body';
import { noted } from './route-notes';

declare module 'express-serve-static-core' {
  interface Request {
    /** The signed-in person, set by the authenticate middlewares. */
    user?: { _id: Types.ObjectId };
    /** The session that the access token belongs to. */
    session?: { _id: Types.ObjectId };
  }
}

export interface Authentication {
  /** Only with a valid access token of a living session; else 401. */
  authenticate: RequestHandler;
  /** Guests pass, and so do bad tokens, as guests; an expired token is 401 so that the client refreshes. */
  authenticateOptional: RequestHandler;
  /** A token that we signed is enough, however old: for signing out. */
  authenticateEvenExpired: RequestHandler;
}

type AuthenticationDependencies = Pick<AppDependencies, 'config' | 'logger'>;

/** The three ways in which a route can ask who is calling. */
export function createAuthentication(dependencies: AuthenticationDependencies): Authentication {
  const { config } = dependencies;
  const tokens = createTokenService(config);
  const sessions = createSessionService({ ...dependencies, tokens });

  /** Reads the session, every time: what makes logout and revocation hold on the next request. */
  const signIn = async (
    request: Request,
    response: Response,
    token: ReceivedToken,
  ): Promise<void> => {
    const claims = tokens.verifyAccessToken(token.value);
    refuseForeignSite(request, token, claims);
    await requireLiving(claims);
    identify(request, response, claims);
    checkAgainAfterBody(request, () => requireLiving(claims));
  };

  const requireLiving = async (claims: AccessClaims): Promise<void> => {
    if (!(await sessions.isLiving(claims))) throw invalidToken().about(claims);
  };

  /** After the token is read, so that the audit trail can say whose browser was misused. */
  const refuseForeignSite = (
    request: Request,
    token: ReceivedToken,
    claims: AccessClaims,
  ): void => {
    if (token.ambient) requireOwnSite(request, config, claims);
  };

  return {
    authenticate: noted(
      asyncHandler(async (request, response, next) => {
        const token = accessTokenOf(request);
        if (!token) throw missingToken();
        await signIn(request, response, token);
        next();
      }),
      { access: 'signed in' },
    ),

    authenticateOptional: noted(
      asyncHandler(async (request, response, next) => {
        varyBy(response, 'Authorization', 'Cookie');
        const token = accessTokenOf(request);
        if (token) await signIn(request, response, token).catch(passAsGuest);
        next();
      }),
      { access: 'guest' },
    ),

    authenticateEvenExpired: noted(
      asyncHandler(async (request, response, next) => {
        const token = accessTokenOf(request);
        if (!token) throw missingToken();
        const claims = tokens.verifyAccessToken(token.value, { evenExpired: true });
        refuseForeignSite(request, token, claims);
        identify(request, response, claims);
        next();
      }),
      { access: 'signed in, however old the token' },
    ),
  };
}

/** Who is calling, on a route behind `authenticate`. @throws ApiError 401 for a guest */
export function viewerOf(request: Request): Types.ObjectId {
  if (!request.user) throw missingToken();
  return request.user._id;
}

/** Who is calling, on a route behind `authenticateOptional`; undefined for a guest. */
export function optionalViewerOf(request: Request): Types.ObjectId | undefined {
  return request.user?._id;
}

/** The caller's session, on a route behind `authenticate`. @throws ApiError 401 for a guest */
export function sessionOf(request: Request): Types.ObjectId {
  if (!request.session) throw missingToken();
  return request.session._id;
}

function identify(request: Request, response: Response, { userId, sessionId }: AccessClaims): void {
  request.user = { _id: new Types.ObjectId(userId) };
  request.session = { _id: new Types.ObjectId(sessionId) };
  // What one person may see must not be answered to the next from a cache (RFC 9111 section 5.2.2.5).
  response.setHeader('Cache-Control', 'no-store');
}

function passAsGuest(error: unknown): void {
  if (error instanceof ApiError && error.code === 'TOKEN_INVALID') return;
  throw error;
}
