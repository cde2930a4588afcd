import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LOCK_FILE = 'engine.lock';

export interface DirectoryLock {
  release(): Promise<void>;
}

interface LockOwner {
  pid: number;
  /** Start of the process in clock ticks since boot, where the system tells: process ids are reused. */
  startedAt?: string;
  token: string;
}

/**
 * Takes the data directory for this process. The lock is a file that names its owner; the file of an
 * owner that no longer lives (kill -9, power loss) is taken over.
 * Throws an Error for people when a living process has the directory.
 */
export async function acquireDirectoryLock(dataDir: string): Promise<DirectoryLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, LOCK_FILE);
  const owner: LockOwner = {
    pid: process.pid,
    startedAt: await processStart(process.pid),
    token: randomUUID(),
  };
  const prepared = join(dataDir, `${LOCK_FILE}.${owner.token}`);
  await writeFile(prepared, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
  try {
    // `link` makes the finished file appear at once or fails because there is one.
    while (!(await linked(prepared, path))) await removeIfStale(dataDir, path, owner.token);
  } finally {
    await rm(prepared, { force: true });
  }
  return { release: () => releaseLock(path, owner.token) };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function removeIfStale(dataDir: string, path: string, token: string): Promise<void> {
  const current = await readOwner(path);
  if (current === undefined) return;
  if (await isAlive(current)) {
    throw new Error(
      `${dataDir} is in use by another engine (process ${current.pid}); ` +
        'stop it first, or choose another data directory',
    );
  }
  const aside = join(dataDir, `${LOCK_FILE}.stale.${token}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  // Somebody else may have taken over between the look and the rename: then it is theirs again.
  const moved = await readOwner(aside);
  if (moved && moved.token !== current.token) await linked(aside, path);
  await rm(aside, { force: true });
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockOwner;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function isAlive(owner: LockOwner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  const startedAt = await processStart(owner.pid);
  return startedAt === undefined || owner.startedAt === undefined || startedAt === owner.startedAt;
}

/** Field 22 of /proc/<pid>/stat on Linux; undefined elsewhere. The name before it may hold blanks. */
async function processStart(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH') || hasCode(error, 'EACCES')) {
      return undefined;
    }
    throw error;
  }
}

async function releaseLock(path: string, token: string): Promise<void> {
  const owner = await readOwner(path);
  if (owner?.token === token) await rm(path, { force: true });
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}
