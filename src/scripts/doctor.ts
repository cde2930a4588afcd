import path from 'node:path';
import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { examine } from '../services/doctor/doctor.service';
import type { Finding, FindingState } from '../services/doctor/finding';
import { createLogger } from '../utils/logger';
import { runScript, say, type ScriptManual } from './run-script';

/** `npm run doctor`: what is wrong with this installation, and what to do. */
const MANUAL: ScriptManual = {
  usage: 'npm run doctor -- [--json]',
  about: `Looks at the configuration, the database, the media store, the clock, the disk and ffmpeg,
and says what is wrong and what to do. Exits with 1 if anything is.

  --json  the findings as JSON`,
};

const MARKS: Readonly<Record<FindingState, string>> = {
  ok: 'ok     ',
  warning: 'warning',
  failed: 'failed ',
};
const NAME_WIDTH = 20;

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const logger = createLogger({ logLevel: 'silent' });
  const findings = await examine(process.env, path.resolve('.env'), logger);
  const failures = findings.filter(({ state }) => state === 'failed').length;
  if (values.json) say(JSON.stringify({ ok: failures === 0, findings }, undefined, 2));
  else print(findings, failures);
  if (failures > 0) process.exitCode = 1;
}

function print(findings: readonly Finding[], failures: number): void {
  for (const { what, state, says, advice } of findings) {
    say(`${MARKS[state]}  ${what.padEnd(NAME_WIDTH)}  ${says}`);
    if (advice !== undefined) say(`${' '.repeat(MARKS.ok.length + NAME_WIDTH + 4)}-> ${advice}`);
  }
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  const outcome = failures > 0 ? 'The server would not run well' : 'The server can run';
  say(`\n${outcome}: ${failures} failed, ${plural(warnings, 'warning')}`);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

runScript({ manual: MANUAL, task: 'examine', run: main });
