import mongoose from 'mongoose';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { BootError, reasonOf } from '../utils/boot-error';
import { watchPool, type PoolState } from './connection-pool';
import { announceDatabase, findAnnouncedDatabase } from './database-address';
import { embeddedDatabaseFolder } from './embedded-database';

const DATABASE_NAME = 'videotube';
/** How long an operation waits for a reachable server before it fails with 503. */
const SERVER_SELECTION_MILLISECONDS = 8_000;

export interface DatabaseHandle {
  readonly kind: 'embedded' | 'external';
  /** Where it is reached, with whatever credentials that takes. */
  readonly uri: string;
  readonly pool: Readonly<PoolState>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Who connects, which decides about the embedded database. A `server` opens the folder and tells
 * others where it serves it. A `worker` uses what its primary has opened. A `script` uses what a
 * server has opened, or opens the folder itself for as long as it runs.
 */
export type DatabaseUser = 'server' | 'worker' | 'script';

/**
 * Connects Mongoose's default connection to MONGODB_URI, or to the embedded engine under DATA_DIR, and
 * takes the database as it is: `openDatabase` brings it up to date as well.
 * @throws BootError when the database cannot be reached within about ten seconds
 */
export async function connectDatabase(
  config: Config,
  logger: Logger,
  user: DatabaseUser = 'server',
): Promise<DatabaseHandle> {
  if (config.mongodbUri !== undefined) {
    const pool = await connectOrClose(config.mongodbUri, disconnect);
    logger.info({ database: describeHosts(config.mongodbUri) }, 'connected to MongoDB');
    return { kind: 'external', uri: config.mongodbUri, pool, ping, close: disconnect };
  }
  const running = user === 'server' ? undefined : await findAnnouncedDatabase(config.dataDir);
  if (running !== undefined) {
    const pool = await connectOrClose(running, disconnect);
    logger.info({ dataDir: config.dataDir }, 'connected to the embedded database of the server');
    return { kind: 'embedded', uri: running, pool, ping, close: disconnect };
  }
  if (user === 'worker') throw new BootError('The primary process serves no database');
  return openEmbedded(config, logger, user);
}

async function openEmbedded(
  config: Config,
  logger: Logger,
  user: DatabaseUser,
): Promise<DatabaseHandle> {
  const dataDir = embeddedDatabaseFolder(config.dataDir);
  const engine = await startEngine(dataDir, config);
  // A script is over soon: nobody shall come to depend on it.
  const withdraw =
    user === 'server' ? await announceDatabase(config.dataDir, engine.uri) : undefined;
  const close = async () => {
    await withdraw?.();
    await disconnect();
    await engine.stop();
  };
  const pool = await connectOrClose(engine.uri, close);
  logger.info({ dataDir }, 'embedded database started');
  return { kind: 'embedded', uri: engine.uri, pool, ping, close };
}

async function disconnect(): Promise<void> {
  await mongoose.disconnect();
}

async function connectOrClose(uri: string, close: () => Promise<void>): Promise<PoolState> {
  try {
    return await connect(uri);
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(uri: string): Promise<PoolState> {
  mongoose.set('strictQuery', true);
  let pool: PoolState;
  try {
    const connecting = mongoose.connect(uri, {
      // A database named in the address wins, as with every MongoDB tool.
      ...(namesDatabase(uri) ? {} : { dbName: DATABASE_NAME }),
      serverSelectionTimeoutMS: SERVER_SELECTION_MILLISECONDS,
      autoIndex: false,
      autoCreate: false,
    });
    // The client is there at once; its first connection is not.
    pool = watchPool(mongoose.connection.getClient());
    await connecting;
  } catch (error) {
    const where = describeHosts(uri);
    throw new BootError(`Cannot reach the database at ${where}: ${reasonOf(error)}`, error);
  }
  return pool;
}

async function startEngine(
  dataDir: string,
  { isProduction }: Pick<Config, 'isProduction'>,
): Promise<{ uri: string; stop(): Promise<void> }> {
  // Loaded only when it is used: a deployment with its own MongoDB needs no storage engine.
  const { startEmbeddedMongoDB } = await import('embedded-mongodb');
  try {
    // Fail points let whoever reaches the engine make it fail: MongoDB's enableTestCommands, too, is
    // "for testing only".
    return await startEmbeddedMongoDB({ dataDir, testCommands: !isProduction });
  } catch (error) {
    const reason = reasonOf(error);
    throw new BootError(`Cannot open the embedded database in ${dataDir}: ${reason}`, error);
  }
}

async function ping(): Promise<void> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected to the database');
  await db.command({ ping: 1 }, { timeoutMS: 2_000 });
}

function namesDatabase(uri: string): boolean {
  return /^mongodb(\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);
}

/** The hosts of a connection string, without the credentials before the @. */
function describeHosts(uri: string): string {
  return uri
    .replace(/^mongodb(\+srv)?:\/\//, '')
    .replace(/^[^/]*@/, '')
    .replace(/[/?].*$/, '');
}
