import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import type { FfmpegConfig } from '../../../config';

export interface FfmpegRun {
  /** Where relative names among the parameters lead; absent: nowhere in particular. */
  folder?: string;
  timeLimitSeconds: number;
  /** Somebody waits for it: at the priority of requests. */
  isUrgent?: boolean;
  signal?: AbortSignal | undefined;
}

/** ffmpeg has ended without doing what it was told. */
export class FfmpegError extends Error {
  /**
   * @param exitCode undefined when a signal ended it that was not ours
   * @param report the last words of ffmpeg: for the log alone, as they hold paths of ours
   */
  constructor(
    readonly exitCode: number | undefined,
    readonly report: string,
  ) {
    super(`ffmpeg ended ${exitCode === undefined ? 'by a signal' : `with ${exitCode}`}: ${report}`);
    this.name = 'FfmpegError';
  }
}

const REPORT_BYTES = 4096;
/** Its work can wait; requests cannot. */
const LOWEST_PRIORITY = 19;
/** Three weeks and a half: a timer set for longer fires at once. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/**
 * Runs ffmpeg to its end: without a shell, without our environment and its secrets, without our
 * input, and at the lowest priority unless somebody waits. Once this settles, no process is left.
 * @returns what it printed
 * @throws FfmpegError; the reason of `signal`; TimeoutError (a DOMException) after the time limit
 */
export async function runFfmpeg(
  { command, searchPath }: FfmpegConfig,
  parameters: readonly string[],
  { folder, timeLimitSeconds, isUrgent = false, signal }: FfmpegRun,
): Promise<string> {
  signal?.throwIfAborted();
  const stop = AbortSignal.any([
    AbortSignal.timeout(wholeMilliseconds(timeLimitSeconds)),
    ...(signal ? [signal] : []),
  ]);
  const child = spawn(command, ['-nostdin', '-hide_banner', ...parameters], {
    cwd: folder,
    env: { PATH: searchPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (!isUrgent) lowerPriority(child);
  const kill = (): void => void child.kill('SIGKILL');
  stop.addEventListener('abort', kill);
  let output = '';
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    report = (report + text).slice(-REPORT_BYTES);
  });
  try {
    const exitCode = await ended(child);
    stop.throwIfAborted();
    if (exitCode !== 0) throw new FfmpegError(exitCode, report.trim());
    return output;
  } finally {
    stop.removeEventListener('abort', kill);
  }
}

/** What a timer takes: the lengths of videos make no whole numbers, and files may claim any length. */
function wholeMilliseconds(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), LONGEST_TIMER_MILLISECONDS);
}

/** @returns the exit code. @throws Error when it could not be started */
function ended(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not `exit`: only then have we heard its last words.
    child.once('close', (code) => resolve(code ?? undefined));
  });
}

function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    os.setPriority(pid, LOWEST_PRIORITY);
  } catch (error) {
    // It has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
