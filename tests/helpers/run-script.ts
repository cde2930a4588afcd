import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';

const SCRIPTS = path.join(__dirname, '..', '..', 'dist', 'scripts');

/** How a script ended, and what it said. */
export interface ScriptOutcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a built script as `npm run <name> -- …` does.
 * @param environment its variables; nothing of the test's own may configure it
 */
export function runScript(
  name: string,
  environment: Readonly<Record<string, string>>,
  ...parameters: readonly string[]
): Promise<ScriptOutcome> {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(SCRIPTS, `${name}.js`), ...parameters],
      { env, cwd: os.tmpdir() },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}
