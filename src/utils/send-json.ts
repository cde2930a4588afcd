import { hash } from 'node:crypto';
import compression from 'compression';
import type { Response } from 'express';
import { varyBy } from './vary';

/** Below it, an answer fits into one packet anyhow, with its head. */
const COMPRESSED_FROM_BYTES = 1024;

const compress = compression({ threshold: COMPRESSED_FROM_BYTES });

/** Answers with JSON, compressed where that is of use. */
export function sendJson(response: Response, statusCode: number, body: object): void {
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  response.statusCode = statusCode;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  varyBy(response, 'Accept-Encoding');
  const send = (): void => {
    if (isKnown(response, text, bytes)) {
      response.statusCode = 304;
      response.removeHeader('Content-Type');
      response.end();
    } else {
      response.setHeader('Content-Length', bytes);
      response.end(text);
    }
  };
  const isCompressible = response.req.headers['accept-encoding'] !== undefined;
  if (bytes < COMPRESSED_FROM_BYTES || !isCompressible) send();
  else compress(response.req, response, send);
}

/**
 * Names this version of an answer (`ETag`), and tells whether the client has it already. What nobody
 * may keep, nobody can ask about later: it needs no name.
 */
function isKnown(response: Response, text: string, bytes: number): boolean {
  if (response.getHeader('Cache-Control') === 'no-store') return false;
  // Weak: the same text, compressed or not (RFC 9110 section 8.8.3).
  response.setHeader('ETag', `W/"${bytes.toString(16)}-${hash('sha1', text, 'base64url')}"`);
  return response.req.fresh;
}
