import type { ReadBytes } from './read-bytes';

/** RFC 9559 (Matroska): element ids as they stand in the file. */
const CLUSTER_ID = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);
const TIMESTAMP_ID = 0xe7;
const TIMESTAMP_SCALE_ID = Buffer.from([0x2a, 0xd7, 0xb1]);
const SIMPLE_BLOCK_ID = 0xa3;
const DEFAULT_NANOSECONDS_PER_TICK = 1_000_000;

const HEAD_BYTES = 64 * 1024;
/** A recorder closes a cluster every few seconds; the last one lies within this much of the end. */
const TAIL_BYTES = 8 * 1024 * 1024;

/** A number read from a buffer, and the position after it. */
interface Reading {
  value: number;
  end: number;
}

/**
 * The length of a WebM that states none, which is what a browser's MediaRecorder writes (it
 * streams and never goes back to the header). Found from the last block of the last cluster.
 * @returns seconds, or undefined when the tail holds no cluster
 */
export function matroskaDurationSeconds(read: ReadBytes, size: number): number | undefined {
  const tail = read(Math.min(size, TAIL_BYTES), Math.max(0, size - TAIL_BYTES));
  const timestamp = lastClusterTimestamp(tail);
  if (timestamp === undefined) return undefined;
  const ticks = timestamp.value + lastBlockTicks(tail, timestamp.end);
  const head = read(Math.min(size, HEAD_BYTES), 0);
  return (ticks * nanosecondsPerTick(head)) / 1e9;
}

function lastClusterTimestamp(tail: Buffer): Reading | undefined {
  let cluster = tail.lastIndexOf(CLUSTER_ID);
  while (cluster >= 0) {
    const body = readVariableInteger(tail, cluster + CLUSTER_ID.length)?.end;
    // Its timestamp is a cluster's first child; without it, these were just bytes of a picture.
    if (body !== undefined && tail[body] === TIMESTAMP_ID) return readUnsigned(tail, body + 1);
    cluster = cluster === 0 ? -1 : tail.lastIndexOf(CLUSTER_ID, cluster - 1);
  }
  return undefined;
}

/** Walks the cluster's children and answers the largest offset of a simple block, in ticks. */
function lastBlockTicks(cluster: Buffer, start: number): number {
  let largest = 0;
  let position = start;
  while (position < cluster.length) {
    const id = cluster[position];
    const size = readVariableInteger(cluster, position + 1);
    // Children of a cluster that we can meet have one-byte ids (0xA0 to 0xEF).
    if (id === undefined || id < 0xa0 || size === undefined) break;
    if (id === SIMPLE_BLOCK_ID && size.end + 3 <= cluster.length) {
      // Track number in one byte (tracks 1 to 126), then the signed offset from the cluster.
      largest = Math.max(largest, cluster.readInt16BE(size.end + 1));
    }
    position = size.end + size.value;
  }
  return largest;
}

function nanosecondsPerTick(head: Buffer): number {
  const at = head.indexOf(TIMESTAMP_SCALE_ID);
  const scale = at < 0 ? undefined : readUnsigned(head, at + TIMESTAMP_SCALE_ID.length);
  return scale?.value || DEFAULT_NANOSECONDS_PER_TICK;
}

function readUnsigned(buffer: Buffer, position: number): Reading | undefined {
  const size = readVariableInteger(buffer, position);
  if (!size || size.value < 1 || size.value > 6 || size.end + size.value > buffer.length) {
    return undefined;
  }
  return { value: buffer.readUIntBE(size.end, size.value), end: size.end + size.value };
}

/** EBML variable-size integer (RFC 8794, section 4): leading zeros say how many bytes follow. */
function readVariableInteger(buffer: Buffer, position: number): Reading | undefined {
  const first = buffer[position];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (position + length > buffer.length) return undefined;
  let value = first & (0xff >> length);
  for (let index = 1; index < length; index += 1) {
    value = value * 256 + (buffer[position + index] ?? 0);
  }
  return { value, end: position + length };
}
