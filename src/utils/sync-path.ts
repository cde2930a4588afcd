import { open } from 'node:fs/promises';
import { createConcurrencyLimiter } from './concurrency-limiter';

/**
 * Of the four threads that libuv has for all of this process, the database included, one stays for
 * what is done quickly: fsync keeps a thread for as long as the disk takes.
 */
const syncs = createConcurrencyLimiter(3, Number.MAX_SAFE_INTEGER);

/** The next fsync of each path that is in line but has not begun. */
const upcoming = new Map<string, Promise<void>>();

/**
 * fsync of a file or a folder: after it, a power cut cannot take its content back. One serves all
 * who ask for it before it begins, as many do of a folder that they put files into at once.
 */
export function syncPath(fileOrFolder: string): Promise<void> {
  const joined = upcoming.get(fileOrFolder);
  if (joined) return joined;
  const sync = whenDiskIsFree(async () => {
    upcoming.delete(fileOrFolder);
    const handle = await open(fileOrFolder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  upcoming.set(fileOrFolder, sync);
  return sync;
}

/** Runs what waits for the disk, a few at a time. */
export function whenDiskIsFree(sync: () => Promise<void>): Promise<void> {
  return syncs.run(sync);
}
