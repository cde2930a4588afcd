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
import { runScript, say, UsageError, type ScriptManual } from './run-script';

/** `npm run migrate`: brings the database of an older version up to date. */
const MANUAL: ScriptManual = {
  usage: 'npm run migrate -- [--list|--up]',
  about: `Brings the database of an older version up to date. Exits with 0 when nothing is pending,
with 1 when something is, and with 2 when it could not run.

  --list  only says what is pending; so does no option at all
  --up    does it`,
};

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
  if (values.list && values.up) throw new UsageError(MANUAL);
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

runScript({ manual: MANUAL, task: 'migrate', couldNotRun: COULD_NOT_RUN, run: main });
