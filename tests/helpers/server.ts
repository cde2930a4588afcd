import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import request, { type Agent } from 'supertest';
import { loadConfig, type Config } from '../../src/config';
import { startServer, type ServerOverrides } from '../../src/server';
import { createLogScan } from './log-scan';
import { checkAgainstDocument } from './response-check';
import { dropDatabase, newDatabase } from './shared-database';

export interface TestServerOptions extends ServerOverrides {
  /** Environment variables over the test defaults. */
  env?: Record<string, string>;
  /** Opens an engine of its own under DATA_DIR, as the product does by default. */
  ownDatabase?: boolean;
}

export interface TestServer {
  readonly url: string;
  readonly config: Config;
  readonly dataDir: string;
  /** Where uploads pass through; empty whenever no request is in flight. */
  readonly tempDir: string;
  /** Requests without cookies of earlier ones; answers must be those of the OpenAPI document. */
  api(): Agent;
  /** Stops the server and deletes its data. @throws Error when a secret that travelled was logged */
  stop(): Promise<void>;
}

async function startReplicaSet() {
  // Loaded only when it is used: it brings a driver of its own, a second for every test file.
  const { MongoMemoryReplSet } = await import('mongodb-memory-server');
  return MongoMemoryReplSet.create({ replSet: { count: 1 } });
}

/**
 * Starts the real server on a free port with data of its own: on the embedded engine, or with
 * TEST_DATABASE=mongod on a real replica set. Tests do not know which.
 */
export async function startTestServer({
  ownDatabase = false,
  ...options
}: TestServerOptions = {}): Promise<TestServer> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'videotube-test-'));
  const replicaSet = process.env.TEST_DATABASE === 'mongod' ? await startReplicaSet() : undefined;
  const { MONGODB_URI, DATA_DIR } = options.env ?? {};
  const hasOther = ownDatabase || replicaSet || MONGODB_URI || DATA_DIR;
  const shared = hasOther ? undefined : newDatabase();
  const databaseUri = replicaSet?.getUri() ?? shared;
  const config: Config = Object.freeze({
    ...loadConfig({
      NODE_ENV: 'test',
      PORT: '0',
      DATA_DIR: path.join(root, 'data'),
      BCRYPT_COST: '4',
      CREDENTIAL_ATTEMPTS_PER_MINUTE: '100000',
      UPLOADS_PER_MINUTE: '100000',
      MAX_CONCURRENT_UPLOADS: '100000',
      ...(databaseUri ? { MONGODB_URI: databaseUri } : {}),
      ...options.env,
    }),
    tempDir: path.join(root, 'temp'),
  });
  const scan = createLogScan(options.logger);
  const server = await startServer(config, { ...options, logger: scan.logger });
  return {
    url: server.url,
    config,
    dataDir: config.dataDir,
    tempDir: config.tempDir,
    api: () => request.agent(server.url).use(checkAgainstDocument).use(scan.watch),
    stop: async () => {
      await server.stop();
      if (shared) await dropDatabase(shared);
      await replicaSet?.stop();
      await rm(root, { recursive: true, force: true });
      const leaks = scan.leaks();
      if (leaks.length > 0) throw new Error(`Secrets in the log:\n${leaks.join('\n')}`);
    },
  };
}
