import { open, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { whenDiskIsFree } from '../../utils/sync-path';
import { diskError } from './disk-space';
import { giveBlock, takeBlock } from './spool-blocks';
import { createWriteTurns } from './write-turns';

/** The disk is told to take over so much at a time, so that little is left to wait for at the end. */
const FLUSH_BYTES = 8 * 1024 * 1024;

/** Enough for a clip to be received in one go. */
const BYTES_PER_TURN = 32 * 1024 * 1024;

/**
 * Files that may have a block written at once, of all that are being received; the others let their
 * senders wait. Each of many would else fill another block meanwhile, in memory and before this
 * process looks after any other request.
 */
const writes = createWriteTurns(4, BYTES_PER_TURN);

type Done = (error?: Error | null) => void;

/**
 * A new file, written as fast as it is received. What comes in is copied into blocks, of which one
 * is filled while the other is written: so the many small buffers of the network die young, where
 * the garbage collector does not see them. And the file is on its way to the disk while it grows:
 * its final `fsync`, which is the caller's, does not have to wait for all of it. A full disk ends it
 * with an ApiError 507.
 */
export class SpoolFile extends Writable {
  bytesWritten = 0;
  private handle: FileHandle | undefined;
  private block: Buffer | undefined;
  private filled = 0;
  /** Never rejects: what went wrong is in `failure`. */
  private writing: Promise<void> = Promise.resolve();
  private flushing: Promise<void> | undefined;
  private unflushed = 0;
  private failure: Error | undefined;
  private readonly turn = writes.join();

  /**
   * @param path must not exist yet
   * @param requireRoom asked before every write; when it rejects, the file ends with that error
   */
  constructor(
    readonly path: string,
    private readonly requireRoom: (bytes: number) => Promise<void>,
  ) {
    // What waits here waits in buffers of the network: let the sender wait instead.
    super({ highWaterMark: 1, decodeStrings: true });
  }

  override _construct(done: Done): void {
    open(this.path, 'wx', 0o600).then(
      (handle) => {
        this.handle = handle;
        done();
      },
      (error: Error) => done(diskError(error)),
    );
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.block ??= takeBlock();
    const copied = chunk.copy(this.block, this.filled);
    this.filled += copied;
    if (this.filled < this.block.length) {
      done(this.failure);
      return;
    }
    this.passBlockOn().then(() => {
      if (this.failure || copied === chunk.length) done(this.failure);
      else this._write(chunk.subarray(copied), 'buffer' as BufferEncoding, done);
    }, done);
  }

  override _final(done: Done): void {
    this.passBlockOn()
      .then(() => this.writing)
      // Begun by the last write, perhaps: what the disk refuses is told once, and to this flush alone.
      .then(() => this.flushing)
      .then(() => done(this.failure), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.writing
      .then(() => this.flushing)
      .then(() => this.handle?.close())
      .then(() => done(error), done);
    if (this.block) giveBlock(this.block);
    this.block = undefined;
  }

  /** Resolves once the block before it is written, and this one is being written. */
  private async passBlockOn(): Promise<void> {
    const { block, filled } = this;
    this.block = undefined;
    this.filled = 0;
    await this.writing;
    if (!block) return;
    await new Promise<void>((begun) => {
      this.writing = this.turn
        .run(filled, () => {
          begun();
          return this.writeOut(block.subarray(0, filled));
        })
        .catch((error: Error) => {
          this.failure ??= diskError(error);
        })
        .finally(() => giveBlock(block));
    });
  }

  private async writeOut(block: Buffer): Promise<void> {
    const { handle } = this;
    // Its sender may have gone while it waited.
    if (this.failure || this.destroyed || !handle) return;
    await this.requireRoom(block.length);
    // A disk that is nearly full takes a part, and refuses the rest.
    for (let at = 0; at < block.length;) {
      const { bytesWritten } = await handle.write(block, at);
      at += bytesWritten;
      this.bytesWritten += bytesWritten;
    }
    this.unflushed += block.length;
    if (this.unflushed >= FLUSH_BYTES && !this.flushing) this.flush(handle);
  }

  private flush(handle: FileHandle): void {
    this.unflushed = 0;
    this.flushing = whenDiskIsFree(() => handle.datasync())
      .catch((error: Error) => {
        this.failure ??= diskError(error);
      })
      .finally(() => {
        this.flushing = undefined;
      });
  }
}
