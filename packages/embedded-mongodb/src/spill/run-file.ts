import type { ScratchFile } from './scratch-folder';

const BLOCK_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const HEADER_BYTES = 2 * LENGTH_BYTES;

/** A sort key and the bytes of what it belongs to. */
export interface RunRecord {
  readonly key: Buffer;
  readonly item: Uint8Array;
}

/** Writes records one after the other, each as two lengths (uint32, little-endian), key and item. */
export class RunWriter {
  private parts: Uint8Array[] = [];
  private pendingBytes = 0;

  constructor(private readonly file: ScratchFile) {}

  /** Answers the bytes that the record takes. */
  write({ key, item }: RunRecord): number {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(key.length, 0);
    header.writeUInt32LE(item.length, LENGTH_BYTES);
    this.parts.push(header, key, item);
    const size = HEADER_BYTES + key.length + item.length;
    this.pendingBytes += size;
    if (this.pendingBytes >= BLOCK_BYTES) this.flush();
    return size;
  }

  flush(): void {
    this.file.append(Buffer.concat(this.parts));
    this.parts = [];
    this.pendingBytes = 0;
  }
}

/** Reads the records of a file in the order in which they were written, a block at a time. */
export class RunReader {
  private block: Buffer = Buffer.alloc(0);
  private blockStart = 0;
  private position = 0;

  constructor(private readonly file: ScratchFile) {}

  /** The next record, or undefined at the end. */
  next(): { key: Buffer; item: Buffer } | undefined {
    if (this.blockStart + this.position >= this.file.size) return undefined;
    this.require(HEADER_BYTES);
    const keyLength = this.block.readUInt32LE(this.position);
    const itemLength = this.block.readUInt32LE(this.position + LENGTH_BYTES);
    this.require(HEADER_BYTES + keyLength + itemLength);
    const keyStart = this.position + HEADER_BYTES;
    const itemStart = keyStart + keyLength;
    this.position = itemStart + itemLength;
    return {
      key: this.block.subarray(keyStart, itemStart),
      item: this.block.subarray(itemStart, this.position),
    };
  }

  /** Reads on from the present position unless so many bytes of it are there. */
  private require(bytes: number): void {
    if (this.block.length - this.position >= bytes) return;
    this.blockStart += this.position;
    this.position = 0;
    this.block = this.file.read(this.blockStart, Math.max(bytes, BLOCK_BYTES));
  }
}
