import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig } from '../config';
import { connectDatabase } from '../db/connect-database';
import {
  reconcileCounters,
  type Drift,
  type ReconcileReport,
} from '../services/reconcile/reconcile.service';
import { createLogger } from '../utils/logger';

/** Exit codes: 0 all counters are right, 1 some had drifted and were left so, 2 it could not run. */
const LEFT_DRIFTED = 1;
const COULD_NOT_RUN = 2;

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fix: { type: 'boolean', default: false } } });
  const config = loadConfig(process.env);
  const database = await connectDatabase(config, createLogger({ logLevel: 'warn' }));
  try {
    const report = await reconcileCounters(values, (drift) => say(describeDrift(drift)));
    say(describeReport(report, values.fix));
    if (report.drifted > 0 && !values.fix) process.exitCode = LEFT_DRIFTED;
  } finally {
    await database.close();
  }
}

function describeDrift({ counter, id, stored, counted }: Drift): string {
  return `${counter} of ${id.toString()}: stored ${stored}, counted ${counted}`;
}

function describeReport({ checked, drifted }: ReconcileReport, fixed: boolean): string {
  const what = Object.entries(checked).map(([name, count]) => `${count} ${name}`);
  const outcome =
    drifted === 0
      ? 'every counter is right'
      : `${drifted} had drifted${fixed ? ' and are right again' : '; --fix corrects them'}`;
  return `Checked ${what.join(', ')}: ${outcome}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot reconcile: ${reason}\n`);
  process.exitCode = COULD_NOT_RUN;
});
