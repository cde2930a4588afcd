import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig, type Config } from '../config';
import { isSameDatabase, openCourseDatabase } from '../services/import/course-database';
import { describeStep } from '../services/import/import-report';
import { importCourseDatabase, type ImportSummary } from '../services/import/import.service';
import { openDatabase } from '../services/migrations/open-database';
import { createLogger } from '../utils/logger';
import { runScript, say, UsageError, type ScriptManual } from './run-script';

/** `npm run import -- --from <mongodb-uri>`: takes over the database of a course backend. */
const MANUAL: ScriptManual = {
  usage: 'npm run import -- --from <mongodb-uri> [--dry-run] [--own-cloudinary]',
  about: `Takes over the database of a course backend. Exits with 0 when all was taken over, with 1 when
something was left out, and with 2 when it could not run.

  --from            the database of the course backend
  --dry-run         says what would come of it, in a database that is thrown away
  --own-cloudinary  its files on the Cloudinary account of CLOUDINARY_* become ours`,
};

/** Exit codes: 0 all was taken over, 1 something was left out, 2 it could not run. */
const LEFT_OUT = 1;
const COULD_NOT_RUN = 2;

dotenv.config({ quiet: true });

interface Orders {
  from: string;
  dryRun: boolean;
  ownCloudName?: string;
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const orders = readOrders(config);
  const summary = orders.dryRun ? await rehearse(config, orders) : await carryOut(config, orders);
  say(describeSummary(summary, orders));
  if (summary.leftOut > 0) process.exitCode = LEFT_OUT;
}

function readOrders({ cloudinary }: Config): Orders {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      'own-cloudinary': { type: 'boolean', default: false },
    },
  });
  const { from, 'dry-run': dryRun, 'own-cloudinary': ownsFiles } = values;
  if (from === undefined) throw new UsageError(MANUAL);
  if (ownsFiles && !cloudinary) {
    throw new Error('--own-cloudinary needs the CLOUDINARY_* variables of the account');
  }
  return { from, dryRun, ...(ownsFiles && { ownCloudName: cloudinary?.cloudName }) };
}

/** A whole import into a database of its own, which is thrown away: what it says is exact. */
async function rehearse(config: Config, orders: Orders): Promise<ImportSummary> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-import-'));
  try {
    return await carryOut({ ...config, mongodbUri: undefined, dataDir }, orders);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function carryOut(config: Config, { from, ...media }: Orders): Promise<ImportSummary> {
  if (config.mongodbUri !== undefined && isSameDatabase(from, config.mongodbUri)) {
    throw new Error('--from is the very database to import into; give ours another name');
  }
  const source = await openCourseDatabase(from);
  try {
    const database = await openDatabase(config, createLogger({ logLevel: 'warn' }), 'script');
    try {
      return await importCourseDatabase(source.db, media, (report) => {
        for (const line of describeStep(report)) say(line);
      });
    } finally {
      await database.close();
    }
  } finally {
    await source.close();
  }
}

function describeSummary({ leftOut, counted }: ImportSummary, { dryRun }: Orders): string {
  const left = leftOut === 0 ? 'nothing was left out' : `${leftOut} documents were left out`;
  const outcome = `${left}; ${counted} counters were set`;
  return dryRun ? `${outcome}. This was a rehearsal: nothing is kept` : `${outcome}. Done`;
}

runScript({ manual: MANUAL, task: 'import', couldNotRun: COULD_NOT_RUN, run: main });
