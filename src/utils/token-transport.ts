import type { Request } from 'express';
import { ACCESS_TOKEN_COOKIE, REFRESH_TOKEN_COOKIE } from './token-cookies';

export interface ReceivedToken {
  value: string;
  /** Sent by the browser of its own accord, so the request may be another site's doing. */
  ambient: boolean;
}

/** Frontends that build the header from an empty store send these words; they mean "no token". */
const EMPTY_TOKENS = new Set(['', 'null', 'undefined']);

/** The access token of a request; what the client says explicitly comes before its cookies. */
export function accessTokenOf(request: Request): ReceivedToken | undefined {
  const [, bearer] = /^Bearer(?:\s+(.*))?$/i.exec(request.get('authorization') ?? '') ?? [];
  return explicitToken(bearer?.trim()) ?? cookieToken(request, ACCESS_TOKEN_COOKIE);
}

/** The refresh token of a request: of its body, else of its cookies. */
export function refreshTokenOf(
  request: Request,
  bodyToken: string | null | undefined,
): ReceivedToken | undefined {
  return explicitToken(bodyToken) ?? cookieToken(request, REFRESH_TOKEN_COOKIE);
}

function explicitToken(value: string | null | undefined): ReceivedToken | undefined {
  if (typeof value !== 'string' || EMPTY_TOKENS.has(value)) return undefined;
  return { value, ambient: false };
}

function cookieToken(request: Request, name: string): ReceivedToken | undefined {
  const value = (request.cookies as Record<string, unknown>)[name];
  // cookie-parser turns `j:{…}` into objects; a token is a string.
  return typeof value === 'string' && value !== '' ? { value, ambient: true } : undefined;
}
