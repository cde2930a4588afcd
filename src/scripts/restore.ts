import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig, type Config } from '../config';
import { connectDatabase } from '../db/connect-database';
import { findAnnouncedDatabase } from '../db/database-address';
import { restore } from '../services/backup/restore.service';
import { createLogger } from '../utils/logger';
import { runScript, say, UsageError, type ScriptManual } from './run-script';

/** `npm run restore -- --from <folder>`: what `npm run backup` has written, with the server stopped. */
const MANUAL: ScriptManual = {
  usage: 'npm run restore -- --from <folder> [--force]',
  about: `Puts in place what npm run backup has written. The server must be stopped.

  --from   the folder of the backup
  --force  replaces all that a database that is not empty holds`,
};

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, force: { type: 'boolean', default: false } },
  });
  const { from, force } = values;
  if (from === undefined || from === '') throw new UsageError(MANUAL);
  const config = loadConfig(process.env, undefined, { mayGenerate: false });
  await requireNoServer(config);
  const database = await connectDatabase(config, createLogger({ logLevel: 'warn' }), 'script');
  try {
    const searchPath = process.env.PATH ?? '';
    const { createdAt } = await restore({ config, database, from, force, searchPath, report: say });
    say(
      `Restored as of ${createdAt}. Start the server; npm run reconcile -- --media compares files`,
    );
  } finally {
    await database.close();
  }
}

/** Of a MongoDB nobody can know: there it is for the operator to stop all instances. */
async function requireNoServer({ mongodbUri, dataDir }: Config): Promise<void> {
  if (mongodbUri !== undefined || (await findAnnouncedDatabase(dataDir)) === undefined) return;
  throw new Error(`a server works on ${dataDir}; stop it first`);
}

runScript({ manual: MANUAL, task: 'restore', run: main });
