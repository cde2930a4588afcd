import compression from 'compression';
import cookieParser from 'cookie-parser';
import cors from 'cors';
import express, { type Express, type RequestHandler } from 'express';
import type { AppDependencies } from './app-dependencies';
import { API_PREFIX } from './constants';
import { parseBody } from './middlewares/body.middleware';
import { chain, isUnder, under } from './middlewares/chain';
import { commonHeaders } from './middlewares/common-headers.middleware';
import { errorHandler } from './middlewares/error.middleware';
import { goFirst } from './middlewares/go-first.middleware';
import { measureRequests } from './middlewares/measure-requests.middleware';
import { notFound } from './middlewares/not-found.middleware';
import { plainQuery } from './middlewares/plain-query.middleware';
import { requestContext } from './middlewares/request-context.middleware';
import { settleViews } from './middlewares/settle-views.middleware';
import { offerTus } from './middlewares/tus.middleware';
import { createRoutes } from './routes';
import { createAppPagesRouter } from './routes/app-pages.routes';
import { mountRoutes } from './routes/mount-routes';
import { nameRoutes } from './routes/route-patterns';
import { UPLOADS_PATH } from './services/uploads/tus-protocol';
import { isOriginAllowed } from './utils/origins';
import { RATE_LIMIT_HEADERS } from './utils/rate-limit-headers';

/** Wires the whole HTTP surface. Opens nothing and listens nowhere. */
export function createApp(dependencies: AppDependencies): Express {
  const { config, logger } = dependencies;
  const app = express();
  app.set('trust proxy', config.trustProxy);
  app.disable('x-powered-by');
  const routes = createRoutes(dependencies);

  app.use(
    chain([
      requestContext(logger),
      measureRequests(dependencies, nameRoutes(routes)),
      under(API_PREFIX, goFirst()),
      commonHeaders(),
      under(UPLOADS_PATH, offerTus(config)),
      crossOrigin(config),
      compressPages(),
      cookieParser(),
      plainQuery,
      under(API_PREFIX, parseBody()),
      under(API_PREFIX, settleViews(dependencies)),
      mountRoutes(routes),
    ]),
  );

  app.use(createAppPagesRouter(dependencies));
  app.use(notFound);
  app.use(errorHandler);
  return app;
}

/** Answers of the API compress themselves, see `sendJson`: most are too small to gain by it. */
function compressPages(): RequestHandler {
  const compress = compression();
  return (request, response, next) => {
    if (isUnder(API_PREFIX, request.path)) next();
    else compress(request, response, next);
  };
}

function crossOrigin(config: AppDependencies['config']): RequestHandler {
  const share = cors({
    origin: (origin, decide) => {
      if (origin !== undefined && isOriginAllowed(config, origin)) decide(null, origin);
      // `*` opens reading to every page, but never with the visitor's cookies.
      else decide(null, config.corsOrigins.includes('*') ? '*' : false);
    },
    credentials: true,
    exposedHeaders: ['Location', 'X-Request-Id', 'Retry-After', ...RATE_LIMIT_HEADERS],
    maxAge: 600,
  });
  const isForAll = config.corsOrigins.includes('*');
  return (request, response, next) => {
    if (request.headers.origin === undefined && !isForAll) next();
    else share(request, response, next);
  };
}
