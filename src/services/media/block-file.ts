import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { whenDiskIsFree } from '../../utils/sync-path';
import { BLOCK_BYTES } from './spool-blocks';

/** The disk is told to take over so much at a time, so that little is left to wait for at the end. */
const FLUSH_BYTES = 8 * 1024 * 1024;

/**
 * A new file that grows block by block, on its way to the disk all the while: the final `fsync`, which
 * is the caller's, finds little left to do. Where the system can, whole blocks go to the disk straight
 * from memory (O_DIRECT, see open(2)): a copy of a large video in the page cache would cost a second
 * round of work and push out what others are watching. Elsewhere they pass through it as usual.
 */
export class BlockFile {
  bytesWritten = 0;
  /** A second way to the same file; undefined where there is none, or not yet. */
  private direct: FileHandle | undefined;
  private mayBeDirect = Boolean(constants.O_DIRECT);
  private flushing: Promise<void> | undefined;
  private unflushed = 0;
  private flushFailure: Error | undefined;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws Error with the system's code: EEXIST when the path is taken */
  static async create(path: string): Promise<BlockFile> {
    return new BlockFile(path, await open(path, 'wx', 0o600));
  }

  /**
   * One at a time.
   * @param block of `takeBlock`, whole until the last one
   * @throws Error with the system's code, e.g. ENOSPC; also one that an earlier block has met
   */
  async append(block: Buffer): Promise<void> {
    if (this.flushFailure) throw this.flushFailure;
    const isPast = block.length === BLOCK_BYTES && (await this.appendPastCache(block));
    if (!isPast) await this.appendThroughCache(block);
  }

  /** Resolves once nothing is under way any more. @throws Error that a flush has met */
  async settle(): Promise<void> {
    await this.flushing;
    if (this.flushFailure) throw this.flushFailure;
  }

  async close(): Promise<void> {
    await this.flushing;
    try {
      await this.direct?.close();
    } finally {
      await this.handle.close();
    }
  }

  /** @returns false when this way is closed, and nothing was written */
  private async appendPastCache(block: Buffer): Promise<boolean> {
    if (!this.mayBeDirect) return false;
    const at = this.bytesWritten;
    try {
      this.direct ??= await open(this.path, constants.O_WRONLY | constants.O_DIRECT);
      const { direct } = this;
      await whenDiskIsFree(async () => {
        const { bytesWritten } = await direct.write(block, 0, block.length, at);
        this.bytesWritten += bytesWritten;
      });
    } catch (error) {
      // The file system does not know it, or wants other blocks than ours.
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
      this.mayBeDirect = false;
      return false;
    }
    // A disk that is nearly full takes a part, and refuses the rest.
    const written = this.bytesWritten - at;
    if (written < block.length) await this.appendThroughCache(block.subarray(written));
    return true;
  }

  private async appendThroughCache(block: Buffer): Promise<void> {
    for (let from = 0; from < block.length;) {
      const left = block.length - from;
      const { bytesWritten } = await this.handle.write(block, from, left, this.bytesWritten);
      from += bytesWritten;
      this.bytesWritten += bytesWritten;
    }
    this.unflushed += block.length;
    if (this.unflushed >= FLUSH_BYTES && !this.flushing) this.flush();
  }

  private flush(): void {
    this.unflushed = 0;
    this.flushing = whenDiskIsFree(() => this.handle.datasync())
      // What the disk refuses is told once, and to this flush alone.
      .catch((error: Error) => {
        this.flushFailure ??= error;
      })
      .finally(() => {
        this.flushing = undefined;
      });
  }
}
