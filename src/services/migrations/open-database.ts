import type { Logger } from 'pino';
import type { Config } from '../../config';
import { connectDatabase, type DatabaseHandle, type DatabaseUser } from '../../db/connect-database';
import { listMigrations, migrate } from './migrate.service';

/** For so long a look at what is pending is believed. */
const TRUST_MILLISECONDS = 5_000;

export interface OpenDatabase extends DatabaseHandle {
  /** Rejects while migrations are pending, which is so with AUTO_MIGRATE=off alone. */
  checkMigrations(): Promise<void>;
}

/**
 * Connects, and makes what the database lacks, so that no request meets a missing index. A script makes
 * collections and indexes alone: what is in them changes when a server starts, or when it is asked for.
 * @throws BootError when the database cannot be reached, or its data do not allow an index; nothing
 *   stays open
 */
export async function openDatabase(
  config: Config,
  logger: Logger,
  user: DatabaseUser,
): Promise<OpenDatabase> {
  const database = await connectDatabase(config, logger, user);
  try {
    if (config.autoMigrate) {
      const structureOnly = user === 'script';
      await migrate({ structureOnly, report: (line) => logger.info(`migration: ${line}`) });
      return { ...database, checkMigrations: async () => undefined };
    }
    const checkMigrations = createCheck();
    if (user !== 'script') {
      await checkMigrations().catch((error: Error) => logger.warn(error.message));
    }
    return { ...database, checkMigrations };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Once nothing is pending, that stays so: whoever ships a migration starts a new process. */
function createCheck(): () => Promise<void> {
  let pending: Promise<string[]> | undefined;
  let believedUntil = 0;
  return async () => {
    if (!pending || Date.now() >= believedUntil) {
      believedUntil = Date.now() + TRUST_MILLISECONDS;
      pending = findPending();
    }
    const ids = await pending;
    if (ids.length === 0) believedUntil = Infinity;
    else throw new Error(`Migrations are pending (${ids.join(', ')}): npm run migrate -- --up`);
  };
}

async function findPending(): Promise<string[]> {
  const states = await listMigrations();
  return states.filter(({ isPending }) => isPending).map(({ id }) => id);
}
