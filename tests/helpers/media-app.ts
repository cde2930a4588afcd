import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import express, { type RequestHandler } from 'express';
import { loadConfig, type Config } from '../../src/config';
import { errorHandler } from '../../src/middlewares/error.middleware';
import { notFound } from '../../src/middlewares/not-found.middleware';
import { requestContext } from '../../src/middlewares/request-context.middleware';
import {
  uploadFields,
  uploadedFiles,
  type UploadRules,
} from '../../src/middlewares/upload.middleware';
import { createMediaRouter } from '../../src/routes/media.routes';
import { LocalStore } from '../../src/services/media/local-store';
import { createUploads } from '../../src/services/uploads/upload.service';
import { createLogger } from '../../src/utils/logger';

export interface MediaApp {
  readonly url: string;
  readonly config: Config;
  readonly store: LocalStore;
  /** What lies in the upload folder right now. */
  tempFiles(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface MediaAppOptions {
  rules: UploadRules;
  env?: Record<string, string>;
  /** Instead of a folder of its own. */
  tempDir?: string;
  /** Runs between the upload and the answer. */
  handler?: RequestHandler;
}

/**
 * The upload middleware at POST /upload, answering what it found, and the media routes; without
 * database and accounts.
 */
export async function startMediaApp(options: MediaAppOptions): Promise<MediaApp> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'videotube-media-'));
  const config: Config = {
    ...loadConfig({
      NODE_ENV: 'test',
      DATA_DIR: path.join(root, 'data'),
      ...options.env,
    }),
    tempDir: options.tempDir ?? path.join(root, 'temp'),
  };
  await mkdir(config.tempDir, { recursive: true });
  const logger = createLogger(config);
  const app = express();
  app.use(requestContext(logger));
  app.use('/media', createMediaRouter({ config }));
  const pass: RequestHandler = (_request, _response, next) => next();
  app.post(
    '/upload',
    express.json(),
    uploadFields({ config, logger, uploads: createUploads({ config, logger }) }, options.rules),
    options.handler ?? pass,
    (request, response) => {
      response.json({ files: uploadedFiles(request), body: request.body as unknown });
    },
  );
  app.use(notFound, errorHandler);
  const server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    config,
    store: new LocalStore(path.join(config.dataDir, 'media')),
    tempFiles: () => readdir(config.tempDir),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(root, { recursive: true });
    },
  };
}
