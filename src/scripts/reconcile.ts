import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { loadConfig, type Config } from '../config';
import { createMediaStore } from '../services/media/create-media-store';
import { openDatabase } from '../services/migrations/open-database';
import {
  reconcileMedia,
  type MediaFinding,
  type MediaReport,
} from '../services/reconcile/reconcile-media.service';
import {
  reconcileCounters,
  type Drift,
  type ReconcileReport,
} from '../services/reconcile/reconcile.service';
import { createLogger } from '../utils/logger';
import { runScript, say, type ScriptManual } from './run-script';

const DEFAULT_AGE_MINUTES = 60;

/** `npm run reconcile`: what is stored twice, compared. */
const MANUAL: ScriptManual = {
  usage: 'npm run reconcile -- [--fix] [--media [--older-than 60] [--allow-most]]',
  about: `Recounts every stored counter, or compares the stored files with the database, and lists what
is wrong. Exits with 0 when all is right, with 1 when something was left wrong, and with 2 when it
could not run.

  --fix         mends what it lists
  --media       files instead of counters
  --older-than  of files that nothing refers to, only those so many minutes old (${DEFAULT_AGE_MINUTES})
  --allow-most  removes them even if they are most of what is stored`,
};

/** Exit codes: 0 all is right, 1 something is wrong and was left so, 2 it could not run. */
const LEFT_WRONG = 1;
const COULD_NOT_RUN = 2;

const MINUTE_MILLISECONDS = 60_000;

const logger = createLogger({ logLevel: 'warn' });

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const options = readOptions();
  const config = loadConfig(process.env);
  const database = await openDatabase(config, logger, 'script');
  try {
    const isRight = options.media ? await media(config, options) : await counters(options);
    if (!isRight) process.exitCode = LEFT_WRONG;
  } finally {
    await database.close();
  }
}

interface Options {
  /** Files instead of counters. */
  media: boolean;
  fix: boolean;
  /** In minutes; younger files are let be. */
  olderThan: number;
  allowMost: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      media: { type: 'boolean', default: false },
      fix: { type: 'boolean', default: false },
      'older-than': { type: 'string', default: String(DEFAULT_AGE_MINUTES) },
      'allow-most': { type: 'boolean', default: false },
    },
  });
  const { media, fix, 'allow-most': allowMost, 'older-than': age } = values;
  if (!/^\d{1,6}$/.test(age)) throw new Error('--older-than must be a number of minutes');
  return { media, fix, allowMost, olderThan: Number(age) };
}

async function counters({ fix }: Options): Promise<boolean> {
  const report = await reconcileCounters({ fix }, (drift) => say(describeDrift(drift)));
  say(describeCounters(report, fix));
  return fix || report.drifted === 0;
}

function describeDrift({ counter, id, stored, counted }: Drift): string {
  return `${counter} of ${id.toString()}: stored ${stored}, counted ${counted}`;
}

function describeCounters({ checked, drifted }: ReconcileReport, fixed: boolean): string {
  const what = Object.entries(checked).map(([name, count]) => `${count} ${name}`);
  const outcome =
    drifted === 0
      ? 'every counter is right'
      : `${drifted} had drifted${fixed ? ' and are right again' : '; --fix corrects them'}`;
  return `Checked ${what.join(', ')}: ${outcome}`;
}

async function media(config: Config, { fix, olderThan, allowMost }: Options): Promise<boolean> {
  const mediaStore = await createMediaStore(config, logger);
  const time = new Date(Date.now() - olderThan * MINUTE_MILLISECONDS);
  const options = { config, mediaStore, fix, allowMost, olderThan: time };
  const report = await reconcileMedia(options, (finding) => say(describeFinding(finding)));
  say(describeMedia(report, fix));
  return report.missing === 0 && (fix || report.leftOver === 0);
}

function describeFinding(finding: MediaFinding): string {
  switch (finding.what) {
    case 'stored file':
      return `stored file ${finding.publicId}: nothing refers to it (${finding.bytes} bytes, of ${finding.createdAt.toISOString()})`;
    case 'temporary file':
      return `temporary file ${finding.name}: no job and no process owns it`;
    case 'resumable upload':
      return `resumable upload ${finding.name}: nobody is sending it`;
    case 'missing file':
      return `missing file ${finding.publicId}: ${finding.place} refers to it`;
  }
}

function describeMedia(
  { stored, references, leftOver, missing }: MediaReport,
  fixed: boolean,
): string {
  const removed = fixed ? ' and removed' : '; --fix removes them';
  const outcomes = [
    ...(leftOver > 0 ? [`${leftOver} left over${removed}`] : []),
    ...(missing > 0 ? [`${missing} missing`] : []),
  ];
  const outcome = outcomes.join(', ') || 'nothing is left over, and nothing is missing';
  return `Checked ${stored} stored files and ${references} references: ${outcome}`;
}

runScript({ manual: MANUAL, task: 'reconcile', couldNotRun: COULD_NOT_RUN, run: main });
