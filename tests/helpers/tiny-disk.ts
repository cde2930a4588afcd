import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface TinyDisk {
  readonly folder: string;
  remove(): void;
}

/**
 * A disk that fills up for real, in memory. Only root may mount one.
 * @returns undefined, with a word on what is not tested then, where that is not to be had
 */
export function mountTinyDisk(bytes: number, whatIsSkipped: string): TinyDisk | undefined {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'videotube-tiny-'));
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  if (mount.status === 0) {
    const remove = (): void => {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    };
    return { folder, remove };
  }
  rmSync(folder, { recursive: true });
  process.stderr.write(`${whatIsSkipped}: skipped, no disk can be mounted here\n`);
  return undefined;
}
