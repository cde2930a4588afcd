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

/** `releaseTempFile` for whoever claimed the file, unless a job has adopted it since. */
export async function releaseClaimedFile(file: string, logger: Logger): Promise<void> {
  if (inUse.has(file)) await releaseTempFile(file, logger);
}

/**
 * Takes claimed files over from their request, which will find nothing to delete any more. Once this
 * resolves, a power cut cannot take the files back.
 * @param spool whose job the files are for, see `spool.ts`
 * @returns the files under their new paths
 * @throws ApiError 400 when the client is gone, and a file with it; then all are deleted
 */
export async function adoptTempFiles<File extends { path: string }>(
  files: readonly File[],
  spool: string,
): Promise<File[]> {
  const adopted = files.map((file) => {
    const name = `job-${process.pid}-${HOST}-${spool}-${randomUUID()}`;
    return { ...file, path: path.join(path.dirname(file.path), name), claimed: file.path };
  });
  for (const file of adopted) inUse.add(file.path);
  try {
    for (const file of adopted) await rename(file.claimed, file.path);
    // In this order, the disk has little left to do for the folder: both are one journal entry.
    await Promise.all(adopted.map((file) => syncPath(file.path)));
    const folders = new Set(adopted.map((file) => path.dirname(file.path)));
    for (const folder of folders) await syncPath(folder);
  } catch (error) {
    for (const file of adopted) {
      await unlinkIfPresent(file.path);
      inUse.delete(file.path);
    }
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw ApiError.badRequest('The request was aborted', {
      code: 'REQUEST_ABORTED',
      cause: error,
    });
  }
  for (const { claimed } of adopted) inUse.delete(claimed);
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
