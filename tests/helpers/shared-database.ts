import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB } from 'embedded-mongodb';
import mongoose from 'mongoose';

/** Set by jest's global setup, and so known in its workers. */
const VARIABLE = 'VIDEOTUBE_TEST_DATABASE';

type Engine = Awaited<ReturnType<typeof startEmbeddedMongoDB>>;
let running: { engine: Engine; dataDir: string } | undefined;

/**
 * Starts one engine for the whole run. To load the engine costs more than to serve most test files,
 * and databases in one server share no data.
 */
export async function startSharedDatabase(): Promise<void> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-database-'));
  running = { engine: await startEmbeddedMongoDB({ dataDir }), dataDir };
  process.env[VARIABLE] = running.engine.uri;
}

export async function stopSharedDatabase(): Promise<void> {
  if (!running) return;
  await running.engine.stop();
  await rm(running.dataDir, { recursive: true, force: true });
}

/** The address of a new, empty database of the run's engine; undefined where there is none. */
export function newDatabase(): string | undefined {
  const name = `test-${randomBytes(8).toString('hex')}`;
  return process.env[VARIABLE]?.replace('/?', `/${name}?`);
}

/** Deletes what `newDatabase` named. */
export async function dropDatabase(uri: string): Promise<void> {
  const client = await new mongoose.mongo.MongoClient(uri).connect();
  await client.db().dropDatabase();
  await client.close();
}
