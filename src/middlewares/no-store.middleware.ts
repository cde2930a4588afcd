import type { RequestHandler } from 'express';

/** Keeps an answer with tokens or an address out of every cache (RFC 6749 section 5.1), errors included. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};
