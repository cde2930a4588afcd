import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoServerError } from '../errors';

const FOLDER = 'scratch';

/** Where results lie for a while that are too large for memory: a folder inside the data directory. */
export class ScratchFolder {
  private readonly path: string;
  private created = 0;

  constructor(dataDir: string) {
    this.path = join(dataDir, FOLDER);
  }

  /** Removes what a killed process left behind. To be called before the first file is made. */
  async clear(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** @throws MongoServerError 14031 OutOfDiskSpace when the disk is full */
  create(): ScratchFile {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    this.created += 1;
    return new ScratchFile(join(this.path, `${process.pid}-${this.created}`));
  }
}

/**
 * A file that is written once, read once and removed. Reads and writes are of one block and happen in
 * place: like those of the store they mostly meet the page cache, and give way between two blocks.
 */
export class ScratchFile {
  private readonly descriptor: number;
  private isOpen = true;
  size = 0;

  constructor(private readonly path: string) {
    this.descriptor = onDisk(() => openSync(path, 'wx+', 0o600));
  }

  append(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      const { length } = rest;
      const written = onDisk(() => writeSync(this.descriptor, rest, 0, length, this.size));
      this.size += written;
      rest = rest.subarray(written);
    }
  }

  /** The bytes from `start` on, at most `length` of them. */
  read(start: number, length: number): Buffer {
    const block = Buffer.allocUnsafe(Math.min(length, this.size - start));
    let filled = 0;
    while (filled < block.length) {
      const count = readSync(this.descriptor, block, filled, block.length - filled, start + filled);
      if (count === 0) throw new Error(`${this.path} is shorter than what was written to it`);
      filled += count;
    }
    return block;
  }

  /** Closes and removes the file; a second call does nothing. */
  remove(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
  }
}

function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error;
    throw new MongoServerError('OutOfDiskSpace', 'No space left for the files of this operation');
  }
}
