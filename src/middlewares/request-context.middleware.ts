import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';

declare module 'express-serve-static-core' {
  interface Request {
    /** What `X-Request-Id` says; also in every log line about the request. */
    id: string;
    /** Writes lines that tell which request they are about. */
    log: Logger;
  }
  interface Response {
    /** What went wrong on our side, for the request's log line. */
    err?: Error;
  }
}

// An inbound id is echoed and logged, so only short and harmless ones are believed.
const SAFE_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Gives every request an id (`X-Request-Id`, taken over from a proxy when safe) and one log line.
 * Sets `request.id` and `request.log`.
 */
export function requestContext(logger: Logger): RequestHandler {
  // Made when it is asked for: few requests write lines of their own, and a logger is no small thing.
  const ownLogger: PropertyDescriptor = {
    configurable: true,
    get(this: Request) {
      const log = logger.child({ req: describeRequest(this, this.socket.remoteAddress) });
      Object.defineProperty(this, 'log', { value: log });
      return log;
    },
  };
  return (request, response, next) => {
    const startedAt = Date.now();
    // The socket forgets it once the client is gone.
    const { remoteAddress } = request.socket;
    request.id = requestIdOf(request);
    Object.defineProperty(request, 'log', ownLogger);
    response.setHeader('X-Request-Id', request.id);
    response.on('error', (error) => {
      response.err ??= error;
    });
    // Also follows an answer that ended well.
    response.on('close', () => {
      const level = levelOf(response);
      if (!logger.isLevelEnabled(level)) return;
      logger[level](
        {
          req: describeRequest(request, remoteAddress),
          // Null for a client that hung up before any answer: nobody was told a status.
          res: { statusCode: response.headersSent ? response.statusCode : null },
          ...(response.err && { err: response.err }),
          responseTime: Date.now() - startedAt,
        },
        outcomeOf(response, level),
      );
    });
    next();
  };
}

function requestIdOf(request: Request): string {
  const inbound = request.headers['x-request-id'];
  return typeof inbound === 'string' && SAFE_REQUEST_ID.test(inbound) ? inbound : randomUUID();
}

/** Headers stay out: they carry cookies and tokens, and the query may carry what people seek. */
function describeRequest(request: Request, remoteAddress: string | undefined) {
  return {
    id: request.id,
    method: request.method,
    path: request.originalUrl.split('?', 1)[0],
    remoteAddress,
  };
}

function levelOf({ err, statusCode }: Response): 'error' | 'warn' | 'info' {
  if (err || statusCode >= 500) return 'error';
  return statusCode >= 400 ? 'warn' : 'info';
}

function outcomeOf(response: Response, level: string): string {
  if (level === 'error') return 'request errored';
  return response.writableEnded ? 'request completed' : 'request aborted';
}
