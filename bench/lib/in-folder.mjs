import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stopAll } from './processes.mjs';

/**
 * Runs a benchmark in a folder for its data; afterwards, also after a failure or an interruption, no
 * server of it is left.
 * @param measure called with the folder's absolute path
 * @param kept a folder that stays as the benchmark leaves it; without one, it is new and then deleted
 */
export async function inFolder(measure, kept) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void stopAll().finally(() => process.exit(1)));
  }
  if (kept !== undefined) await mkdir(kept, { recursive: true });
  const folder = kept
    ? path.resolve(kept)
    : await mkdtemp(path.join(os.tmpdir(), 'videotube-bench-'));
  try {
    await measure(folder);
  } finally {
    await stopAll();
    if (kept === undefined) await rm(folder, { recursive: true, force: true });
  }
}
