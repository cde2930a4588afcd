import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { unlinkIfPresent } from '../../utils/unlink-if-present';

/** Files that requests of this process are using right now. */
const inUse = new Set<string>();

/** The name says whose file it is, so that a later process can tell the left-overs of dead ones. */
const NAME = /^upload-(\d+)-[0-9a-f-]{36}$/;
/** Nothing is written for a day: its process is gone, even if the number was given to another. */
const ABANDONED_AFTER_MILLISECONDS = 24 * 60 * 60 * 1000;

/** A new, unguessable file name for an upload in `tempDir`; the client has no say in it. */
export function claimTempName(tempDir: string): string {
  const name = `upload-${process.pid}-${randomUUID()}`;
  inUse.add(path.join(tempDir, name));
  return name;
}

/** Deletes a claimed file; one that was never written or is already gone is fine. */
export async function releaseTempFile(file: string, logger: Logger): Promise<void> {
  await unlinkIfPresent(file).catch((error: unknown) => {
    logger.error({ err: error, file: path.basename(file) }, 'could not delete a temporary upload');
  });
  inUse.delete(file);
}

/**
 * Makes the folder and deletes what crashed processes left in it. Call at boot, before listening.
 * Files of running processes, and whatever is not ours (.gitkeep), stay.
 * @returns how many files were deleted
 */
export async function sweepTempDir(tempDir: string, logger: Logger): Promise<number> {
  await mkdir(tempDir, { recursive: true });
  let swept = 0;
  for (const name of await readdir(tempDir)) {
    const file = path.join(tempDir, name);
    if (!(await isLeftOver(file, name))) continue;
    await unlinkIfPresent(file);
    swept += 1;
  }
  if (swept > 0) logger.info({ swept }, 'deleted temporary uploads of an earlier run');
  return swept;
}

async function isLeftOver(file: string, name: string): Promise<boolean> {
  const owner = Number(NAME.exec(name)?.[1]);
  if (!Number.isInteger(owner) || inUse.has(file)) return false;
  // Containers give every run the same process id: an unclaimed file under our own is an old one.
  if (owner === process.pid || !(await isRunning(owner))) return true;
  const lastWritten = await lastWriteOf(file);
  return Date.now() - lastWritten > ABANDONED_AFTER_MILLISECONDS;
}

/** Milliseconds since the epoch; "just now" when its owner has deleted it since we listed it. */
async function lastWriteOf(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Date.now();
    throw error;
  }
}

async function isRunning(processId: number): Promise<boolean> {
  try {
    process.kill(processId, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !(await isZombie(processId));
}

/** Killed, but its parent has not asked how it ended, and so its number is still taken: see proc(5). */
async function isZombie(processId: number): Promise<boolean> {
  try {
    const status = await readFile(`/proc/${processId}/stat`, 'utf8');
    // The state follows the name, which is in parentheses and may hold any of them.
    return /^ [ZX]/.test(status.slice(status.lastIndexOf(')') + 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Gone meanwhile, or a system without /proc.
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return false;
    throw error;
  }
}
