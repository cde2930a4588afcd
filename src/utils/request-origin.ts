import type { Request } from 'express';
import type { Config } from '../config';
import { ApiError, type ErrorSubject } from './api-error';
import { isOriginAllowed } from './origins';

type OriginConfig = Pick<Config, 'corsOrigins' | 'isProduction'>;

/** RFC 9110 section 9.2.1: these change nothing, so another site gains nothing by causing them. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Fetch metadata of pages that are not ours; a sibling subdomain is as foreign as any. */
const FOREIGN_RELATIONS = new Set(['cross-site', 'same-site']);

/**
 * Whether a page of a site that we do not know made a browser send this request (OWASP Cross-Site
 * Request Forgery Prevention, "verifying origin with standard headers"). Browsers name the origin
 * of every changing request; a program that names none is no browser, and no site steers it.
 */
export function isFromForeignSite(request: Request, config: OriginConfig): boolean {
  const origin = request.get('origin') ?? originOf(request.get('referer'));
  if (origin === undefined) return FOREIGN_RELATIONS.has(request.get('sec-fetch-site') ?? '');
  return !isSameHost(origin, request) && !isOriginAllowed(config, origin);
}

/**
 * For requests whose credentials the browser added by itself.
 * @param subject whose credentials they are, where we know
 * @throws ApiError 403 ORIGIN_NOT_ALLOWED when a foreign site caused a changing one
 */
export function requireOwnSite(
  request: Request,
  config: OriginConfig,
  subject: ErrorSubject = {},
): void {
  if (SAFE_METHODS.has(request.method) || !isFromForeignSite(request, config)) return;
  throw ApiError.forbidden('This site may not act for you here', {
    code: 'ORIGIN_NOT_ALLOWED',
  }).about(subject);
}

function originOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}

/** By host alone: behind a proxy that ends TLS we cannot know the scheme that the browser saw. */
function isSameHost(origin: string, request: Request): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.get('host')?.toLowerCase();
}
