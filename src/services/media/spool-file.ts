import { Writable } from 'node:stream';
import { noteDroppedBytes } from '../../utils/garbage-collection';
import { rightOfWay } from '../../utils/right-of-way';
import { BlockFile } from './block-file';
import { diskError } from './disk-space';
import { giveBlock, takeBlock } from './spool-blocks';
import { createWriteTurns } from './write-turns';

/** Enough for a clip to be received in one go. */
const BYTES_PER_TURN = 32 * 1024 * 1024;

/**
 * Files that may have a block written at once, of all that are being received; the others let their
 * senders wait. Each of many would else fill another block meanwhile, in memory and before this
 * process looks after any other request.
 */
const writes = createWriteTurns(2, BYTES_PER_TURN);

type Done = (error?: Error | null) => void;

/**
 * A new file, written as fast as it is received. What comes in is copied into blocks, of which one
 * is filled while the other is written: so the many small buffers of the network die young, where
 * the garbage collector does not see them. Between blocks, it gives way to quick requests. A full disk
 * ends it with an ApiError 507.
 */
export class SpoolFile extends Writable {
  private file: BlockFile | undefined;
  private block: Buffer | undefined;
  private filled = 0;
  /** Never rejects: what went wrong is in `failure`. */
  private writing: Promise<void> = Promise.resolve();
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

  get bytesWritten(): number {
    return this.file?.bytesWritten ?? 0;
  }

  override _construct(done: Done): void {
    BlockFile.create(this.path).then(
      (file) => {
        this.file = file;
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
      .then(() => this.file?.settle())
      .then(
        () => done(this.failure),
        (error: Error) => done(diskError(error)),
      );
  }

  override _destroy(error: Error | null, done: Done): void {
    this.writing.then(() => this.file?.close()).then(() => done(error), done);
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
        .run(filled, async () => {
          await rightOfWay.give();
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
    const { file } = this;
    // Its sender may have gone while it waited.
    if (this.failure || this.destroyed || !file) return;
    await this.requireRoom(block.length);
    await file.append(block);
    noteDroppedBytes(block.length);
  }
}
