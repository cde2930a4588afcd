import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig } from '../config';
import { connectDatabase } from '../db/connect-database';
import { isEmbeddedDatabaseThere } from '../db/embedded-database';
import type { BackupManifest } from '../services/backup/backup-manifest';
import { backUp } from '../services/backup/backup.service';
import { createLogger } from '../utils/logger';
import { runScript, say, UsageError, type ScriptManual } from './run-script';

/** `npm run backup -- --to <folder>`: database, local media and generated secrets. */
const MANUAL: ScriptManual = {
  usage: 'npm run backup -- --to <folder> [--quick]',
  about: `Copies the database, the stored media and the generated secrets, also beside a running server.

  --to     a folder that is not there yet, or empty
  --quick  copies the media without a hash of each file`,
};

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const { to, quick } = values;
  if (to === undefined || to === '') throw new UsageError(MANUAL);
  const config = loadConfig(process.env, undefined, { mayGenerate: false });
  const { mongodbUri, dataDir } = config;
  if (mongodbUri === undefined && !(await isEmbeddedDatabaseThere(dataDir))) {
    throw new Error(`there is no database in ${dataDir}; is DATA_DIR right?`);
  }
  const database = await connectDatabase(config, createLogger({ logLevel: 'warn' }), 'script');
  try {
    const searchPath = process.env.PATH ?? '';
    const manifest = await backUp({ config, database, to, quick, searchPath, report: say });
    say(`${to} holds ${describe(manifest)}`);
    if (manifest.media.kind === 'cloudinary') say('Media are at Cloudinary, and not in it');
    if (manifest.secrets.length === 0) say('Keep ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET too');
  } finally {
    await database.close();
  }
}

function describe({ database, media, secrets }: BackupManifest): string {
  const counts = Object.values(database.collections);
  const documents = counts.reduce((sum, count) => sum + count, 0);
  const files = `${media.files} media files of ${media.bytes} bytes`;
  const kept = secrets.length > 0 ? `, ${secrets.length} secrets` : '';
  return `${documents} documents of ${counts.length} collections, ${files}${kept}`;
}

runScript({ manual: MANUAL, task: 'back up', run: main });
