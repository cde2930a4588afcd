import type { ReadBytes } from './read-bytes';

/** ISO/IEC 13818-7, table 35: by the index in a frame's header. */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
];
const SAMPLES_PER_BLOCK = 1024;
const HEADER_BYTES = 7;
const CHUNK_BYTES = 1024 * 1024;

interface Frame {
  bytes: number;
  seconds: number;
}

/**
 * The length of bare AAC (ADTS), which states none anywhere: its frames are counted, header by
 * header.
 * @returns seconds until the first that is no frame, such as a tag at the end
 */
export function adtsDurationSeconds(read: ReadBytes, size: number): number {
  let seconds = 0;
  let position = 0;
  while (position + HEADER_BYTES <= size) {
    const chunk = read(CHUNK_BYTES, position);
    let at = 0;
    while (at + HEADER_BYTES <= chunk.length) {
      const frame = readFrame(chunk, at);
      if (!frame) return seconds;
      seconds += frame.seconds;
      at += frame.bytes;
    }
    if (at === 0) return seconds;
    position += at;
  }
  return seconds;
}

/** ISO/IEC 13818-7, section 6.2.1. */
function readFrame(buffer: Buffer, at: number): Frame | undefined {
  const sync = buffer.readUInt16BE(at);
  // Twelve ones, and a layer of zero.
  if ((sync & 0xfff6) !== 0xfff0) return undefined;
  const rate = SAMPLE_RATES[(buffer.readUInt8(at + 2) >> 2) & 0x0f];
  const bytes = (buffer.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
  if (rate === undefined || bytes < HEADER_BYTES) return undefined;
  const blocks = (buffer.readUInt8(at + 6) & 0x03) + 1;
  return { bytes, seconds: (blocks * SAMPLES_PER_BLOCK) / rate };
}
