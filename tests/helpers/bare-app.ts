import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import type { Logger } from 'pino';
import request, { type Agent } from 'supertest';
import { parseBody } from '../../src/middlewares/body.middleware';
import { errorHandler } from '../../src/middlewares/error.middleware';
import { notFound } from '../../src/middlewares/not-found.middleware';
import { plainQuery } from '../../src/middlewares/plain-query.middleware';
import { requestContext } from '../../src/middlewares/request-context.middleware';
import { createLogger } from '../../src/utils/logger';

export interface BareApp {
  readonly url: string;
  api(): Agent;
  stop(): Promise<void>;
}

/** The shared middlewares around one stack of handlers at /thing, without database and accounts. */
export async function startBareApp(
  handlers: RequestHandler[],
  logger: Logger = createLogger({ logLevel: 'silent' }),
): Promise<BareApp> {
  const app = express();
  app.use(requestContext(logger), plainQuery, parseBody());
  app.use('/thing', ...handlers);
  app.use(notFound, errorHandler);
  const server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    api: () => request.agent(url),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
