import { MongoServerError } from '../errors';

const DOUBLE = new Float64Array(1);
const DOUBLE_WORDS = new Uint32Array(DOUBLE.buffer);
const [LOW_WORD, HIGH_WORD] = (() => {
  DOUBLE[0] = 1;
  return DOUBLE_WORDS[1] === 0 ? ([1, 0] as const) : ([0, 1] as const);
})();

/** Far above that of any document; only a computed value that repeats its own parts passes it. */
const LONGEST_KEY = 128 * 1024 * 1024;

/** Up to so many bytes are copied faster by a loop than by a call out of JavaScript. */
const LONGEST_LOOP = 64;

/** A growing byte buffer that is reused from key to key, so that encoding allocates only its result. */
export class KeyWriter {
  #buffer = Buffer.allocUnsafeSlow(4096);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  /** Makes room for `size` bytes, counts them as written, and returns the buffer to write them in. */
  reserve(size: number): Buffer {
    const needed = this.length + size;
    if (needed > this.#buffer.length) {
      if (needed > LONGEST_KEY) {
        throw new MongoServerError('BSONObjectTooLarge', `a key of ${needed} bytes is too large`);
      }
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.length);
      this.#buffer = grown;
    }
    this.length = needed;
    return this.#buffer;
  }

  byte(value: number): void {
    const offset = this.length;
    this.reserve(1)[offset] = value;
  }

  uint32(value: number): void {
    const offset = this.length;
    const buffer = this.reserve(4);
    buffer[offset] = value >>> 24;
    buffer[offset + 1] = value >>> 16;
    buffer[offset + 2] = value >>> 8;
    buffer[offset + 3] = value;
  }

  bytes(value: Uint8Array): void {
    const offset = this.length;
    this.reserve(value.length).set(value, offset);
  }

  /** A double such that byte order is numeric order; NaN lowest, -0 as 0. */
  orderedDouble(value: number): void {
    if (value !== value) {
      this.uint32(0);
      this.uint32(0);
      return;
    }
    DOUBLE[0] = value + 0;
    const high = DOUBLE_WORDS[HIGH_WORD] ?? 0;
    const low = DOUBLE_WORDS[LOW_WORD] ?? 0;
    const negative = high >>> 31 === 1;
    this.uint32(negative ? ~high : high | 0x80000000);
    this.uint32(negative ? ~low : low);
  }

  /** UTF-8 in which every 0x00 is followed by `escape`. */
  escapedUtf8(value: string, escape: number): void {
    const start = this.length;
    const buffer = this.reserve(value.length * 3);
    const length = value.length;
    let offset = start;
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      if (unit === 0 || unit > 0x7f) {
        this.length = start;
        this.#escapedUtf8Slowly(value, escape);
        return;
      }
      buffer[offset++] = unit;
    }
    this.length = offset;
  }

  #escapedUtf8Slowly(value: string, escape: number): void {
    for (const byte of Buffer.from(value, 'utf8')) {
      this.byte(byte);
      if (byte === 0) this.byte(escape);
    }
  }

  invertFrom(start: number): void {
    const buffer = this.#buffer;
    for (let index = start; index < this.length; index++) {
      buffer[index] = ~(buffer[index] ?? 0);
    }
  }

  toBuffer(): Buffer {
    const { length } = this;
    const result = Buffer.allocUnsafe(length);
    if (length > LONGEST_LOOP) {
      this.#buffer.copy(result, 0, 0, length);
      return result;
    }
    const buffer = this.#buffer;
    for (let index = 0; index < length; index++) result[index] = buffer[index] ?? 0;
    return result;
  }

  toBinaryString(): string {
    return this.#buffer.toString('latin1', 0, this.length);
  }
}
