/**
 * Two ways to write whole numbers in few bytes whose byte order is the order of the numbers.
 *
 * The id of a collection or index: up to 247 the number itself in one byte; else 247 + n, and n bytes.
 *
 * A record id: its class in the upper two bits, the number, and its class again in the lower two bits, so
 * that it can be read from the front of a value and from the end of a key alike. Ids of one collection
 * only grow; a new one begins with the shortest.
 *
 *   class  bytes  numbers below
 *   0      3      2^20
 *   1      4      2^28
 *   2      5      2^36
 *   3      6      2^44
 */
const LARGEST_BYTE_ID = 247;
const RECORD_ID_LENGTHS = [3, 4, 5, 6] as const;
type SizeClass = 0 | 1 | 2 | 3;
/** What the class in the upper two bits is worth, for one of the class. */
const UPPER_BITS = [2 ** 22, 2 ** 30, 2 ** 38, 2 ** 46] as const;

/** Bytes of the id of a collection or index. */
export function idLength(id: number): number {
  if (id <= LARGEST_BYTE_ID) return 1;
  if (id < 0x1_0000) return id < 0x100 ? 2 : 3;
  return id < 0x100_0000 ? 4 : 5;
}

export function setId(bytes: Buffer, offset: number, id: number): void {
  if (id <= LARGEST_BYTE_ID) {
    bytes[offset] = id;
    return;
  }
  const length = idLength(id) - 1;
  bytes[offset] = LARGEST_BYTE_ID + length;
  bytes.writeUIntBE(id, offset + 1, length);
}

export function readId(bytes: Buffer, offset: number): number {
  const first = bytes[offset] ?? 0;
  return first <= LARGEST_BYTE_ID ? first : bytes.readUIntBE(offset + 1, first - LARGEST_BYTE_ID);
}

/** Bytes of a record id. */
export function recordIdLength(recordId: number): number {
  return RECORD_ID_LENGTHS[classOf(recordId)];
}

/** Bytes of the record id that a key ends with. */
export function lastRecordIdLength(key: Buffer): number {
  return RECORD_ID_LENGTHS[((key[key.length - 1] ?? 0) & 0b11) as SizeClass];
}

export function recordIdBytes(recordId: number): Buffer {
  const bytes = Buffer.allocUnsafe(recordIdLength(recordId));
  setRecordId(bytes, 0, recordId);
  return bytes;
}

export function setRecordId(bytes: Buffer, offset: number, recordId: number): void {
  const sizeClass = classOf(recordId);
  // Not shifted: it may be more than 32 bits.
  const number = UPPER_BITS[sizeClass] * sizeClass + recordId * 4 + sizeClass;
  bytes.writeUIntBE(number, offset, RECORD_ID_LENGTHS[sizeClass]);
}

export function readRecordId(bytes: Buffer, offset: number): number {
  const sizeClass = ((bytes[offset] ?? 0) >>> 6) as SizeClass;
  const number = bytes.readUIntBE(offset, RECORD_ID_LENGTHS[sizeClass]);
  return (number - UPPER_BITS[sizeClass] * sizeClass - sizeClass) / 4;
}

function classOf(recordId: number): SizeClass {
  if (recordId < 2 ** 20) return 0;
  if (recordId < 2 ** 28) return 1;
  return recordId < 2 ** 36 ? 2 : 3;
}
