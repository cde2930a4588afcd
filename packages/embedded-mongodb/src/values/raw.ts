import { isUtf8 } from 'node:buffer';
import { Binary } from 'bson';
import { BSON_TYPE } from './bson-types';
import {
  MAX_DATE_MILLISECONDS,
  MAX_DEPTH,
  assertRegexOptions,
  invalidBson,
  tooDeep,
} from './decode';

const MIN_KEY_TYPE = 0xff;

/**
 * Checks that `decodeDocument` can read these bytes, in a fraction of its time.
 * @throws MongoServerError 22 InvalidBSON, as `decodeDocument` does
 */
export function assertValidBson(bytes: Uint8Array): void {
  new Validator(asBuffer(bytes)).document(0);
}

/** Where a field of the top level lies: from its type byte to the end of its value. */
export interface FieldPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the first field of this name at the top level of a BSON document.
 * @returns its place, undefined when there is none, and the number of all fields, equal names included
 * @throws MongoServerError 22 InvalidBSON
 */
export function findField(
  bytes: Buffer,
  name: string,
): { place: FieldPlace | undefined; fields: number } {
  const validator = new Validator(bytes);
  let place: FieldPlace | undefined;
  let fields = 0;
  validator.document(0, (start, end) => {
    fields += 1;
    if (place === undefined && isNamed(bytes, start + 1, name)) place = { start, end };
  });
  return { place, fields };
}

/** The bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isNamed(bytes: Buffer, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  }
  return bytes[start + name.length] === 0;
}

/** Walks over BSON with the checks of the decoder, and makes nothing of it. */
class Validator {
  readonly #bytes: Buffer;
  #limit: number;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#limit = bytes.length;
  }

  /** @param onField called after each field of this document, but not of those in it */
  document(depth: number, onField?: (start: number, end: number) => void): void {
    const outerLimit = this.#enter(depth);
    while (this.#position < this.#limit) {
      const start = this.#position;
      const type = this.#bytes[this.#position++] ?? 0;
      this.#cString();
      this.#value(type, depth);
      onField?.(start, this.#position);
    }
    this.#leave(outerLimit);
  }

  #array(depth: number): void {
    const outerLimit = this.#enter(depth);
    while (this.#position < this.#limit) {
      const type = this.#bytes[this.#position++] ?? 0;
      // The names of array elements are not looked at.
      this.#nameEnd();
      this.#value(type, depth);
    }
    this.#leave(outerLimit);
  }

  #enter(depth: number): number {
    if (depth > MAX_DEPTH) throw tooDeep();
    const start = this.#position;
    const size = this.#int32();
    const end = start + size;
    if (size < 5 || end > this.#limit) throw invalidBson(`invalid BSON document length: ${size}`);
    if (this.#bytes[end - 1] !== 0) throw invalidBson('BSON document is not terminated');
    const outerLimit = this.#limit;
    this.#limit = end - 1;
    return outerLimit;
  }

  #leave(outerLimit: number): void {
    if (this.#position !== this.#limit) throw invalidBson('BSON document ends before its length');
    this.#position += 1;
    this.#limit = outerLimit;
  }

  #value(type: number, depth: number): void {
    switch (type) {
      case BSON_TYPE.OBJECT_ID:
        return this.#skip(12);
      case BSON_TYPE.STRING:
      case BSON_TYPE.CODE:
      case BSON_TYPE.SYMBOL:
        return this.#string();
      case BSON_TYPE.INT:
        return this.#skip(4);
      case BSON_TYPE.DATE:
        return this.#date();
      case BSON_TYPE.BOOLEAN:
        return this.#boolean();
      case BSON_TYPE.DOUBLE:
      case BSON_TYPE.LONG:
      case BSON_TYPE.TIMESTAMP:
        return this.#skip(8);
      case BSON_TYPE.OBJECT:
        return this.document(depth + 1);
      case BSON_TYPE.ARRAY:
        return this.#array(depth + 1);
      default:
        return this.#rareValue(type, depth);
    }
  }

  #rareValue(type: number, depth: number): void {
    switch (type) {
      case BSON_TYPE.NULL:
      case BSON_TYPE.MAX_KEY:
      case MIN_KEY_TYPE:
        return;
      case BSON_TYPE.BINARY:
        return this.#binary();
      case BSON_TYPE.DECIMAL:
        return this.#skip(16);
      case BSON_TYPE.REGEX:
        this.#cString();
        return this.#regexOptions();
      case BSON_TYPE.CODE_WITH_SCOPE:
        return this.#codeWithScope(depth);
      default:
        throw invalidBson(`unrecognized or unsupported BSON type ${type}`);
    }
  }

  #skip(size: number): void {
    const end = this.#position + size;
    if (end > this.#limit) throw invalidBson('BSON value runs past its document');
    this.#position = end;
  }

  #int32(): number {
    this.#skip(4);
    return this.#bytes.readInt32LE(this.#position - 4);
  }

  #boolean(): void {
    this.#skip(1);
    const byte = this.#bytes[this.#position - 1];
    if (byte !== 0 && byte !== 1) throw invalidBson('BSON boolean is neither 0 nor 1');
  }

  #date(): void {
    const low = this.#int32();
    const milliseconds = this.#int32() * 4294967296 + (low >>> 0);
    if (Math.abs(milliseconds) > MAX_DATE_MILLISECONDS) {
      throw invalidBson('dates beyond ±8.64e15 milliseconds from 1970 are not supported');
    }
  }

  #string(): void {
    const size = this.#int32();
    if (size < 1) throw invalidBson('invalid BSON string length');
    const start = this.#position;
    this.#skip(size);
    const end = start + size - 1;
    if (this.#bytes[end] !== 0) throw invalidBson('BSON string is not terminated');
    this.#utf8(start, end);
  }

  #cString(): void {
    const start = this.#position;
    this.#utf8(start, this.#nameEnd());
  }

  #regexOptions(): void {
    const start = this.#position;
    this.#cString();
    assertRegexOptions(this.#bytes.toString('utf8', start, this.#position - 1));
  }

  /** Where the zero byte is that ends a name; the position moves behind it. */
  #nameEnd(): number {
    const bytes = this.#bytes;
    let end = this.#position;
    while (bytes[end] !== 0) end += 1;
    // A zero byte always exists at the limit: it is the document's own terminator.
    if (end >= this.#limit) throw invalidBson('unterminated BSON name');
    this.#position = end + 1;
    return end;
  }

  #utf8(start: number, end: number): void {
    const bytes = this.#bytes;
    let position = start;
    while (position < end && (bytes[position] ?? 0) < 0x80) position += 1;
    if (position < end && !isUtf8(bytes.subarray(position, end))) {
      throw invalidBson('invalid UTF-8 in BSON string');
    }
  }

  #binary(): void {
    const size = this.#int32();
    this.#skip(1);
    const subtype = this.#bytes[this.#position - 1];
    if (size < 0) throw invalidBson('invalid BSON binary length');
    const start = this.#position;
    this.#skip(size);
    if (subtype !== Binary.SUBTYPE_BYTE_ARRAY) return;
    const end = this.#position;
    this.#position = start;
    if (this.#int32() !== size - 4) throw invalidBson('invalid length of an old BSON binary');
    this.#position = end;
  }

  #codeWithScope(depth: number): void {
    const start = this.#position;
    const size = this.#int32();
    this.#string();
    this.document(depth + 1);
    if (this.#position !== start + size) {
      throw invalidBson('invalid length of BSON code with scope');
    }
  }
}
