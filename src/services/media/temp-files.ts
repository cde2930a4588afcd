import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { ApiError } from '../../utils/api-error';
import { syncPath } from '../../utils/sync-path';
import { unlinkIfPresent } from '../../utils/unlink-if-present';

/** Files that requests and jobs of this process are using right now. */
const inUse = new Set<string>();

/** Process numbers mean something on one host alone; containers all count from one. */
const HOST = createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);

/** The name says whose file it is, so that a later process can tell the left-overs of dead ones. */
const UPLOAD_NAME = /^upload-(?<pid>\d+)-(?<host>[0-9a-f]{8})-[0-9a-f-]{36}$/;
/** Of a file that a job owns: also says in whose database the job is. */
const JOB_NAME = /^job-(?<pid>\d+)-(?<host>[0-9a-f]{8})-(?<spool>[0-9a-f]{32})-[0-9a-f-]{36}$/;
/** Nothing is written for a day: its process is gone, wherever it ran. */
const ABANDONED_AFTER_MILLISECONDS = 24 * 60 * 60 * 1000;

/** A new, unguessable file name for an upload in `tempDir`; the client has no say in it. */
export function claimTempName(tempDir: string): string {
  const name = `upload-${process.pid}-${HOST}-${randomUUID()}`;
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
 * Takes a claimed file over from its request, which will find nothing to delete any more. Once this
 * resolves, a power cut cannot take the file back.
 * @param spool whose job the file is for, see `spool.ts`
 * @returns the file's new path
 * @throws ApiError 400 when the client is gone, and the file with it
 */
export async function adoptTempFile(file: string, spool: string): Promise<string> {
  const folder = path.dirname(file);
  const adopted = path.join(folder, `job-${process.pid}-${HOST}-${spool}-${randomUUID()}`);
  inUse.add(adopted);
  try {
    await rename(file, adopted);
    // In this order, the disk has little left to do for the folder: both are one journal entry.
    await syncPath(adopted);
    await syncPath(folder);
  } catch (error) {
    await unlinkIfPresent(adopted);
    inUse.delete(adopted);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw ApiError.badRequest('The request was aborted', {
      code: 'REQUEST_ABORTED',
      cause: error,
    });
  }
  inUse.delete(file);
  return adopted;
}

export interface SweepOptions {
  /** Whose jobs `neededNames` knows; files of other spools stay. */
  spool: string;
  /** Which of these names a job still needs. */
  neededNames: (names: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * Makes the folder and deletes what crashed processes left in it. Call at boot, before listening.
 * Files of running processes and of open jobs, fresh ones of other hosts that share the folder, and
 * whatever is not ours (.gitkeep), stay.
 * @returns how many files were deleted
 */
export async function sweepTempDir(
  tempDir: string,
  logger: Logger,
  options: SweepOptions,
): Promise<number> {
  await mkdir(tempDir, { recursive: true });
  const swept = await findLeftOvers(tempDir, options);
  for (const name of swept) await unlinkIfPresent(path.join(tempDir, name));
  if (swept.length > 0) {
    logger.info({ swept: swept.length }, 'deleted temporary uploads of an earlier run');
  }
  return swept.length;
}

/** The names of the files that no running process and no open job needs. */
export async function findLeftOvers(
  tempDir: string,
  { spool, neededNames }: SweepOptions,
): Promise<string[]> {
  const leftOver: string[] = [];
  for (const name of await readdir(tempDir)) {
    if (await isLeftOver(path.join(tempDir, name), name, spool)) leftOver.push(name);
  }
  // Asked last: whose process is gone can add no job any more.
  const needed = leftOver.length > 0 ? await neededNames(leftOver) : new Set();
  return leftOver.filter((name) => !needed.has(name));
}

async function isLeftOver(file: string, name: string, spool: string): Promise<boolean> {
  const owner = (JOB_NAME.exec(name) ?? UPLOAD_NAME.exec(name))?.groups;
  if (!owner || inUse.has(file)) return false;
  if (owner.spool !== undefined && owner.spool !== spool) return false;
  if (owner.host === HOST && !(await isAnotherRunning(Number(owner.pid)))) return true;
  return Date.now() - (await lastWriteOf(file)) > ABANDONED_AFTER_MILLISECONDS;
}

/** Containers give every run the same process id: an unclaimed file under our own is an old one. */
async function isAnotherRunning(processId: number): Promise<boolean> {
  return processId !== process.pid && (await isRunning(processId));
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
