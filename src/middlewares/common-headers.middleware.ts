import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The headers of every answer: helmet's, and that answers differ by origin, also when none is let
 * in, as a cached answer without CORS headers would shut out the next page.
 */
export function commonHeaders(): RequestHandler {
  const headers = [...securityHeaders(), ['Vary', 'Origin'] as const];
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** They depend on no request, so helmet is asked once, with an answer that nobody gets. */
function securityHeaders(): [name: string, value: string][] {
  const setHeaders = helmet({
    // An API has no pages: nothing may be loaded, framed or run from its answers.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  const headers: [name: string, value: string][] = [];
  class RecordingResponse extends ServerResponse {
    override setHeader(name: string, value: number | string | readonly string[]): this {
      headers.push([name, String(value)]);
      return this;
    }
  }
  const request = new IncomingMessage(new Socket());
  setHeaders(request, new RecordingResponse(request), (error) => {
    if (error instanceof Error) throw error;
  });
  return headers;
}
