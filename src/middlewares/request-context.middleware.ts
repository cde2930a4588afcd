import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

// An inbound id is echoed and logged, so only short and harmless ones are believed.
const SAFE_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Gives every request an id (`X-Request-Id`, taken over from a proxy when safe) and one log line.
 * Sets `request.id` and `request.log`.
 */
export function requestContext(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const inbound = request.headers['x-request-id'];
      const id =
        typeof inbound === 'string' && SAFE_REQUEST_ID.test(inbound) ? inbound : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_request, response, error) => {
      if (error || response.statusCode >= 500) return 'error';
      return response.statusCode >= 400 ? 'warn' : 'info';
    },
    // The library would first copy headers, query and address into an object for us to pick from.
    wrapSerializers: false,
    serializers: {
      // Headers stay out: they carry cookies and tokens, and the query may carry what people seek.
      req: (request: Request) => ({
        id: request.id,
        method: request.method,
        path: request.originalUrl.split('?', 1)[0],
        remoteAddress: request.socket.remoteAddress,
      }),
      // Null for a client that hung up before any answer: nobody was told a status.
      res: (response: Response) => ({
        statusCode: response.headersSent ? response.statusCode : null,
      }),
    },
  });
}
