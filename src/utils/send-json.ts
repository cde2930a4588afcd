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
    // What nobody may keep, nobody can ask about later: it needs no ETag.
    if (response.getHeader('Cache-Control') === 'no-store') {
      response.setHeader('Content-Length', bytes);
      response.end(text);
    } else response.send(text);
  };
  if (bytes < COMPRESSED_FROM_BYTES) send();
  else compress(response.req, response, send);
}
