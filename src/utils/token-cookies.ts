import type { CookieOptions, Request, Response } from 'express';
import type { Config } from '../config';
import { API_PREFIX } from '../constants';
import type { TokenPair } from '../services/session.service';
import { ApiError } from './api-error';
import { isFromForeignSite } from './request-origin';

export const ACCESS_TOKEN_COOKIE = 'accessToken';
export const REFRESH_TOKEN_COOKIE = 'refreshToken';

type CookieConfig = Pick<
  Config,
  'isProduction' | 'cookieSameSite' | 'refreshToken' | 'corsOrigins'
>;

/**
 * Sets both cookies. The access cookie outlives its token on purpose: an expired token tells us to
 * answer TOKEN_EXPIRED, a missing cookie would make its owner look like a guest.
 * A foreign page gets none: its form could otherwise sign a visitor in as somebody else.
 */
export function setTokenCookies(
  request: Request,
  response: Response,
  tokens: TokenPair,
  config: CookieConfig,
): void {
  if (isFromForeignSite(request, config)) return;
  const maxAge = config.refreshToken.expirySeconds * 1000;
  response.cookie(ACCESS_TOKEN_COOKIE, tokens.accessToken, { ...accessOptions(config), maxAge });
  response.cookie(REFRESH_TOKEN_COOKIE, tokens.refreshToken, { ...refreshOptions(config), maxAge });
}

/** Clears both, with the attributes that they were set with: else browsers keep them. */
export function clearTokenCookies(response: Response, config: CookieConfig): void {
  response.clearCookie(ACCESS_TOKEN_COOKIE, accessOptions(config));
  response.clearCookie(REFRESH_TOKEN_COOKIE, refreshOptions(config));
}

/** Clears cookies that can never work again, so that their owner is a guest and not an error. */
export function forgetDeadTokens(error: unknown, response: Response, config: CookieConfig): void {
  if (error instanceof ApiError && error.statusCode === 401) clearTokenCookies(response, config);
}

function accessOptions(config: CookieConfig): CookieOptions {
  return {
    httpOnly: true,
    secure: config.isProduction,
    sameSite: config.cookieSameSite,
    path: '/',
  };
}

/** The long-lived token travels only to the routes that use it. */
function refreshOptions(config: CookieConfig): CookieOptions {
  return { ...accessOptions(config), path: `${API_PREFIX}/users` };
}
