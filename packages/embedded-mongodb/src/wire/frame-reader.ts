import { HEADER_BYTES, MAX_MESSAGE_BYTES, WireProtocolError } from './protocol';

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a byte stream into whole wire messages, whatever the chunk borders are. A message that
 * arrives in one chunk is handed out without copying. A longer one is gathered in a buffer that
 * doubles as bytes really arrive, so that neither a large claimed length nor one-byte chunks cost
 * more memory than what was sent.
 */
export class FrameReader {
  /** Unread bytes are `buffer[start, end)`; only a gathering buffer has capacity after `end`. */
  private buffer: Buffer = EMPTY;
  private start = 0;
  private end = 0;
  private growable = false;

  /** Bytes that are held and not yet handed out. */
  get size(): number {
    return this.end - this.start;
  }

  push(chunk: Buffer): void {
    if (this.size === 0) {
      this.adopt(chunk, false);
      return;
    }
    const needed = this.size + chunk.length;
    if (!this.growable || this.start + needed > this.buffer.length) this.grow(needed);
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  /**
   * The next whole message including its header, or undefined while it is incomplete.
   * @throws WireProtocolError when the length in the header is impossible.
   */
  next(): Buffer | undefined {
    if (this.size < 4) return undefined;
    const length = this.buffer.readInt32LE(this.start);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
      throw new WireProtocolError(
        `recv(): message msgLen ${length} is invalid. Min ${HEADER_BYTES} Max: ${MAX_MESSAGE_BYTES}`,
      );
    }
    if (this.size < length) return undefined;
    const frame = this.buffer.subarray(this.start, this.start + length);
    this.start += length;
    if (this.size === 0) this.adopt(EMPTY, false);
    return frame;
  }

  /** Moves the unread bytes to the front of a new buffer; handed-out frames keep the old one. */
  private grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.size, 1024));
    this.buffer.copy(grown, 0, this.start, this.end);
    const size = this.size;
    this.adopt(grown, true);
    this.end = size;
  }

  private adopt(buffer: Buffer, growable: boolean): void {
    this.buffer = buffer;
    this.start = 0;
    this.end = growable ? 0 : buffer.length;
    this.growable = growable;
  }
}
