import compression from 'compression';
import cookieParser from 'cookie-parser';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { AppDependencies } from './app-dependencies';
import { API_PREFIX } from './constants';
import { parseBody } from './middlewares/body.middleware';
import { errorHandler } from './middlewares/error.middleware';
import { methodNotAllowed } from './middlewares/method-not-allowed.middleware';
import { notFound } from './middlewares/not-found.middleware';
import { plainQuery } from './middlewares/plain-query.middleware';
import { requestContext } from './middlewares/request-context.middleware';
import { settleViews } from './middlewares/settle-views.middleware';
import { offerTus } from './middlewares/tus.middleware';
import { createRoutes } from './routes';
import { UPLOADS_PATH } from './services/uploads/tus-protocol';
import { isOriginAllowed } from './utils/origins';
import { RATE_LIMIT_HEADERS } from './utils/rate-limit-headers';

/** Wires the whole HTTP surface. Opens nothing and listens nowhere. */
export function createApp(dependencies: AppDependencies): Express {
  const { config, logger } = dependencies;
  const app = express();
  app.set('trust proxy', config.trustProxy);
  app.disable('x-powered-by');

  app.use(requestContext(logger));
  app.use(securityHeaders());
  app.use(UPLOADS_PATH, offerTus(config));
  app.use(crossOrigin(config));
  app.use(compression());
  app.use(cookieParser());
  app.use(plainQuery);
  app.use(API_PREFIX, parseBody(), settleViews(dependencies));

  for (const [path, router] of createRoutes(dependencies)) mount(app, path, router);

  app.use(notFound);
  app.use(errorHandler);
  return app;
}

/** Every router is followed by its 405s, so that no resource can forget them. */
function mount(app: Express, path: string, router: Router): void {
  app.use(path, router, methodNotAllowed(router));
}

function securityHeaders(): RequestHandler {
  return helmet({
    // An API has no pages: nothing may be loaded, framed or run from its answers.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
}

function crossOrigin(config: AppDependencies['config']): RequestHandler[] {
  // Also when no origin is let in: a cached answer without our headers would shut out the next page.
  const vary: RequestHandler = (_request, response, next) => {
    response.vary('Origin');
    next();
  };
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
  return [vary, share];
}
