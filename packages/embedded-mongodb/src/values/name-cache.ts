const SLOTS = 4096;
const MAX_LENGTH = 32;

/**
 * Field names repeat in every document of a collection. The cache turns the bytes of a short ASCII
 * name into the one string object seen before: no decoding, and its hash is already computed when
 * it becomes a Map key. Bounded: a new name replaces the one in its slot.
 */
export class NameCache {
  readonly #names = new Array<string>(SLOTS).fill('');

  /** The name in bytes [start, end); undefined when it is long or not ASCII. */
  get(bytes: Buffer, start: number, end: number): string | undefined {
    const length = end - start;
    if (length > MAX_LENGTH) return undefined;
    let hash = length;
    let union = 0;
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      union |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (union > 0x7f) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#names[slot] ?? '';
    if (known.length === length && sameBytes(known, bytes, start)) return known;
    const name = bytes.toString('latin1', start, end);
    this.#names[slot] = name;
    return name;
  }
}

function sameBytes(name: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
