import { loadConfig, type Config } from '../config';
import type { AppDependencies } from '../app-dependencies';
import { createRoutes } from '../routes';
import { createMediaJobs } from '../services/jobs/media-jobs.service';
import { LocalStore } from '../services/media/local-store';
import { createMetrics } from '../services/metrics/metrics.service';
import { createRemovals } from '../services/removal/removal.service';
import { createUploads } from '../services/uploads/upload.service';
import { createViewBuffer } from '../services/view-buffer';
import { createLogger } from '../utils/logger';
import { describeRoutes, type RouteDescription } from './describe-routes';
import { createOpenApi } from './openapi';
import type { OpenApiDocument } from './openapi/types';
import { OPERATIONS } from './operations';
import { createPostmanCollection, createPostmanEnvironment } from './postman';

/** Of a server that nobody starts: its defaults are what the description shows. */
const DEFAULTS: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  ACCESS_TOKEN_SECRET: 'only-for-describing-the-routes-01',
  REFRESH_TOKEN_SECRET: 'only-for-describing-the-routes-02',
};

/** Every mounted route, without a server: handlers are made and never called. */
export function describeApi(config: Config = loadConfig(DEFAULTS)): RouteDescription[] {
  return describeRoutes(createRoutes(idleDependencies(config)));
}

/** The OpenAPI document of a server with the default configuration. */
export function createDefaultOpenApi(publicUrl = 'http://localhost:8000'): OpenApiDocument {
  const config = loadConfig(DEFAULTS);
  return createOpenApi({ routes: describeApi(config), operations: OPERATIONS, publicUrl, config });
}

/** The files of `postman/` that are generated, by name. */
export function createPostmanFiles(): Record<string, string> {
  const collection = createPostmanCollection({ routes: describeApi(), operations: OPERATIONS });
  const environment = createPostmanEnvironment('http://localhost:8000');
  return {
    'videotube.postman_collection.json': `${JSON.stringify(collection, undefined, 2)}\n`,
    'videotube.postman_environment.json': `${JSON.stringify(environment, undefined, 2)}\n`,
  };
}

function idleDependencies(config: Config): AppDependencies {
  const logger = createLogger(config);
  const mediaStore = new LocalStore(config.dataDir);
  const refuse = () => Promise.reject(new Error('This server is only described, not running'));
  const removals = createRemovals({ mediaStore, logger });
  return {
    config,
    logger,
    mediaStore,
    throttles: { spend: refuse, giveBack: refuse, reset: refuse },
    mailer: { post: () => undefined, stop: () => Promise.resolve() },
    views: createViewBuffer(config.viewFlushSeconds, logger),
    removals,
    jobs: createMediaJobs({ config, mediaStore, removals, logger, spool: '' }),
    uploads: createUploads({ config, logger }),
    metrics: createMetrics({ config, logger }),
    publicUrl: () => '',
    checkReadiness: refuse,
  };
}
