import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOCK_FILE = 'engine.lock';
/** A killed process may still be ending a write: so long do we wait for its last thread. */
const LONGEST_DEATH_MILLISECONDS = 10_000;
const LOOK_AGAIN_MILLISECONDS = 20;
/** What a lock that a power cut left without its content says: no living process wrote it. */
const NOBODY: LockOwner = { pid: 0, token: '' };

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
  try {
    await writeFile(prepared, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
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
    return (JSON.parse(await readFile(path, 'utf8')) as LockOwner | null) ?? NOBODY;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (error instanceof SyntaxError) return NOBODY;
    throw error;
  }
}

async function isAlive(owner: LockOwner): Promise<boolean> {
  const patience = Date.now() + LONGEST_DEATH_MILLISECONDS;
  for (;;) {
    if (!isKnown(owner.pid)) return false;
    const found = await readProcess(owner.pid);
    if (!found) return isKnown(owner.pid);
    const reused = owner.startedAt !== undefined && found.startedAt !== owner.startedAt;
    if (reused || found.life === 'over') return false;
    if (found.life === 'running' || Date.now() > patience) return true;
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
}

/** Whether the system has a process of this number, dead or alive. */
function isKnown(pid: number): boolean {
  // Zero and below mean groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

async function processStart(pid: number): Promise<string | undefined> {
  return (await readProcess(pid))?.startedAt;
}

interface ProcessState {
  startedAt: string | undefined;
  /**
   * A killed process keeps its number until its parent asks how it ended, which some never do. Its
   * files are closed once its last thread is gone; until then it is `ending`.
   */
  life: 'running' | 'ending' | 'over';
}

/**
 * Fields 3 (state), 20 (threads) and 22 (start) of /proc/<pid>/stat on Linux, see proc(5); undefined
 * elsewhere. The name before them may hold blanks.
 */
async function readProcess(pid: number): Promise<ProcessState | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    const ended = Number(fields[17]) > 1 ? 'ending' : 'over';
    return { startedAt: fields[19], life: hasEnded ? ended : 'running' };
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
