import { ObjectId } from 'bson';

/**
 * bson keeps an ObjectId as four 24-bit words behind a byte-copying `id` getter. Reading the words
 * avoids a 12-byte allocation per comparison; should a later bson drop them, the getter is used.
 */
interface ObjectIdWords {
  readonly i0: number;
  readonly i1: number;
  readonly i2: number;
  readonly i3: number;
}

type OffsetConstructor = new (bytes: Uint8Array, offset: number) => ObjectId;

const PROBE = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

function wordsOf(id: ObjectId): ObjectIdWords {
  return id as unknown as ObjectIdWords;
}

const HAS_WORDS = typeof wordsOf(new ObjectId()).i3 === 'number';

function readsAtOffset(): boolean {
  try {
    const id = new (ObjectId as unknown as OffsetConstructor)(PROBE, 1);
    return id.toHexString() === '0102030405060708090a0b0c';
  } catch {
    return false;
  }
}

const READS_AT_OFFSET = readsAtOffset();

/** The ObjectId whose 12 bytes start at `offset`; the bytes are copied. */
export function readObjectId(bytes: Uint8Array, offset: number): ObjectId {
  return READS_AT_OFFSET
    ? new (ObjectId as unknown as OffsetConstructor)(bytes, offset)
    : new ObjectId(Uint8Array.prototype.slice.call(bytes, offset, offset + 12));
}

/** Writes the 12 bytes of `id` at `offset`. */
export function writeObjectId(id: ObjectId, target: Uint8Array, offset: number): void {
  if (!HAS_WORDS) {
    target.set(id.id, offset);
    return;
  }
  const { i0, i1, i2, i3 } = wordsOf(id);
  writeWord(target, offset, i0);
  writeWord(target, offset + 3, i1);
  writeWord(target, offset + 6, i2);
  writeWord(target, offset + 9, i3);
}

function writeWord(target: Uint8Array, offset: number, word: number): void {
  target[offset] = word >>> 16;
  target[offset + 1] = word >>> 8;
  target[offset + 2] = word;
}

/** Byte order of two ObjectIds: negative, zero or positive. */
export function compareObjectIds(a: ObjectId, b: ObjectId): number {
  if (!HAS_WORDS) return Buffer.compare(a.id, b.id);
  const left = wordsOf(a);
  const right = wordsOf(b);
  return left.i0 - right.i0 || left.i1 - right.i1 || left.i2 - right.i2 || left.i3 - right.i3;
}
