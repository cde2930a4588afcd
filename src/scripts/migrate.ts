import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig } from '../config';
import { connectDatabase } from '../db/connect-database';
import {
  listMigrations,
  migrate,
  type MigrationState,
} from '../services/migrations/migrate.service';
import { createLogger } from '../utils/logger';

/** `npm run migrate`: brings the database of an older version up to date. */
const USAGE = 'npm run migrate -- --list|--up';

/** Exit codes: 0 nothing is pending, 1 something is, 2 it could not run. */
const PENDING = 1;
const COULD_NOT_RUN = 2;

/** A new database lacks everything. */
const SHOWN_GAPS = 5;

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const { up } = readOptions();
  const config = loadConfig(process.env, undefined, { mayGenerate: false });
  const database = await connectDatabase(config, createLogger({ logLevel: 'warn' }), 'script');
  try {
    if (up) await bringUp();
    else await list();
  } finally {
    await database.close();
  }
}

function readOptions(): { up: boolean } {
  const { values } = parseArgs({
    options: {
      list: { type: 'boolean', default: false },
      up: { type: 'boolean', default: false },
    },
  });
  if (values.list && values.up) throw new Error(`use it as ${USAGE}`);
  return { up: values.up };
}

async function list(): Promise<void> {
  const states = await listMigrations();
  for (const state of states) say(describe(state));
  const pending = states.filter(({ isPending }) => isPending).length;
  if (pending === 0) {
    say('Nothing is pending');
    return;
  }
  say(`${pending} of ${states.length} are pending; npm run migrate -- --up does them`);
  process.exitCode = PENDING;
}

function describe({ id, description, isPending, appliedAt, missing }: MigrationState): string {
  const state = isPending ? 'pending' : `done ${appliedAt?.toISOString()}`;
  const more = missing.length - SHOWN_GAPS;
  const gaps = [...missing.slice(0, SHOWN_GAPS), ...(more > 0 ? [`and ${more} more`] : [])];
  const lines = gaps.map((gap) => `\n    missing: ${gap}`);
  return `${id}  ${state}\n    ${description}${lines.join('')}`;
}

async function bringUp(): Promise<void> {
  const done = await migrate({ report: say });
  say(done.length === 0 ? 'Nothing was pending' : `Done: ${done.join(', ')}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot migrate: ${reason}\n`);
  process.exitCode = COULD_NOT_RUN;
});
