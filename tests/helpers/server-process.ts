import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';

const ENTRY = path.join(__dirname, '..', '..', 'dist', 'index.js');

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Everything written so far. */
  output(): { stdout: string; stderr: string };
  /** Resolves with the address once the server says that it serves. */
  ready(): Promise<string>;
  /** Resolves with how the process ended. */
  exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * Starts the built server as a process of its own with these variables.
 * @param shell put a shell in between, as npm does; `child` is then the shell, and `exited` waits
 * for the server behind it too
 */
export function startServerProcess(
  environment: Readonly<Record<string, string>>,
  { shell = false } = {},
): ServerProcess {
  const [command, ...parameters] = shell
    ? // The second command keeps the shell from replacing itself by the first.
      ['sh', '-c', '"$0" "$1"; exit $?', process.execPath, ENTRY]
    : [process.execPath, ENTRY];
  const child = spawn(command, parameters, {
    // Nothing of the test's own environment may configure the server, and no .env file either.
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...environment },
    cwd: os.tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  let stdout = '';
  let stderr = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const url = /"url":"([^"]+)"/.exec(stdout)?.[1];
      if (url) resolve(url);
    });
    void ended.then(() => reject(new Error(`the server ended early: ${stdout}${stderr}`)));
  });
  // Tests that expect a failure never wait for readiness.
  ready.catch(() => undefined);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { child, output: () => ({ stdout, stderr }), ready: () => ready, exited: () => ended };
}
