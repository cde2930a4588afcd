import type { RequestHandler } from 'express';

/** What a player reads beside the body, and what it may ask with (Fetch standard, section 3.2). */
const EXPOSED = 'Accept-Ranges, Content-Length, Content-Range, ETag';
const ASKED_WITH = 'Range, If-Range, If-Match, If-None-Match';

/**
 * Lets pages of every origin read the answers, as players do that fetch a stream piece by piece:
 * without the visitor's cookies, unless the origin is one of ours.
 */
export const openToAllOrigins: RequestHandler = (request, response, next) => {
  if (!response.hasHeader('Access-Control-Allow-Origin')) {
    response.setHeader('Access-Control-Allow-Origin', '*');
  }
  response.append('Access-Control-Expose-Headers', EXPOSED);
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (!isPreflight) {
    next();
    return;
  }
  response
    .set('Access-Control-Allow-Methods', 'GET, HEAD')
    .set('Access-Control-Allow-Headers', ASKED_WITH)
    .set('Access-Control-Max-Age', '600')
    .status(204)
    .end();
};
