import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { ApiError } from '../utils/api-error';
import { noted } from './route-notes';

/** By these a proxy says that it passes on what another has asked. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];

/**
 * Lets in whoever shows METRICS_TOKEN or, without that variable, whoever asks from this machine
 * itself: a proxy that runs here passes on strangers, so what it has passed on is refused.
 * @throws ApiError 403
 */
export function requireOperator({ config }: Pick<AppDependencies, 'config'>): RequestHandler {
  const { metricsToken } = config;
  const check: RequestHandler = (request, _response, next) => {
    const isOperator =
      metricsToken === undefined ? isFromHere(request) : shows(request, metricsToken);
    if (!isOperator) throw ApiError.forbidden('This is for whoever runs the server');
    next();
  };
  return noted(check, { access: 'operator' });
}

function isFromHere(request: Request): boolean {
  if (FORWARDED.some((name) => request.headers[name] !== undefined)) return false;
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function shows(request: Request, token: string): boolean {
  const shown = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  // Digests are of one length, so the comparison tells nothing of the token.
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
