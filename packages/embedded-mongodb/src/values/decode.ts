import { isUtf8 } from 'node:buffer';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  Timestamp,
} from 'bson';
import { MongoServerError } from '../errors';
import { BSON_TYPE } from './bson-types';
import { NameCache } from './name-cache';
import { readObjectId } from './object-id';
import type { BsonDocument, Value } from './types';

/** MongoDB refuses BSON nested deeper than this (BSONDepth::kDefaultMaxAllowableDepth). */
export const MAX_DEPTH = 200;
export const MAX_DATE_MILLISECONDS = 8.64e15;

const DOUBLE = new Float64Array(1);
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer);
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const names = new NameCache();

/** 22 InvalidBSON. */
export function invalidBson(reason: string): MongoServerError {
  return new MongoServerError('InvalidBSON', reason);
}

/** More levels than MAX_DEPTH. */
export function tooDeep(): MongoServerError {
  return new MongoServerError(
    'Overflow',
    `BSONObj exceeded maximum nested object depth: ${MAX_DEPTH}`,
  );
}

/** Throws 22 for options that the engine cannot hold. */
export function assertRegexOptions(options: string): void {
  if (/^[imxlsu]*$/.test(options)) return;
  throw invalidBson(`regular expression options '${options}' are not supported`);
}

/**
 * Decodes one BSON document that starts at `offset` (default 0). All bytes are copied, so the
 * input may be reused.
 * @throws MongoServerError 22 InvalidBSON on anything malformed, deprecated (undefined, DBPointer),
 * nested deeper than 200, or outside what the engine can hold (dates beyond ±8.64e15 ms)
 */
export function decodeDocument(bytes: Uint8Array, offset = 0): BsonDocument {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Decoder(buffer, offset).document(0);
}

/** Decodes the document at `offset` and says where it ends: for several documents in one buffer. */
export function decodeDocumentAt(
  bytes: Buffer,
  offset: number,
): { document: BsonDocument; end: number } {
  const decoder = new Decoder(bytes, offset);
  const document = decoder.document(0);
  return { document, end: decoder.position };
}

class Decoder {
  readonly #bytes: Buffer;
  #limit: number;
  position: number;

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.#limit = bytes.length;
    this.position = offset;
  }

  /** Reads a length-prefixed, zero-terminated run of elements, narrowing the limit meanwhile. */
  #enter(depth: number): number {
    if (depth > MAX_DEPTH) throw tooDeep();
    const start = this.position;
    const size = this.#int32();
    const end = start + size;
    if (size < 5 || end > this.#limit) throw invalidBson(`invalid BSON document length: ${size}`);
    if (this.#bytes[end - 1] !== 0) throw invalidBson('BSON document is not terminated');
    const outerLimit = this.#limit;
    this.#limit = end - 1;
    return outerLimit;
  }

  #leave(outerLimit: number): void {
    if (this.position !== this.#limit) throw invalidBson('BSON document ends before its length');
    this.position++;
    this.#limit = outerLimit;
  }

  document(depth: number): BsonDocument {
    const outerLimit = this.#enter(depth);
    const document: BsonDocument = new Map();
    const bytes = this.#bytes;
    while (this.position < this.#limit) {
      const type = bytes[this.position++] ?? 0;
      const name = this.#name();
      // MongoDB reads the first of two equal names; so does the engine, in every place.
      const value = this.#value(type, depth);
      if (!document.has(name)) document.set(name, value);
    }
    this.#leave(outerLimit);
    return document;
  }

  #array(depth: number): Value[] {
    const outerLimit = this.#enter(depth);
    const array: Value[] = [];
    const bytes = this.#bytes;
    while (this.position < this.#limit) {
      const type = bytes[this.position++] ?? 0;
      this.#skipName();
      array.push(this.#value(type, depth));
    }
    this.#leave(outerLimit);
    return array;
  }

  #name(): string {
    const start = this.position;
    const end = this.#nameEnd();
    return names.get(this.#bytes, start, end) ?? this.#utf8(start, end);
  }

  #skipName(): void {
    this.#nameEnd();
  }

  #nameEnd(): number {
    const bytes = this.#bytes;
    let end = this.position;
    while (bytes[end] !== 0) end++;
    // A zero byte always exists at the limit: it is the document's own terminator.
    if (end >= this.#limit) throw invalidBson('unterminated BSON name');
    this.position = end + 1;
    return end;
  }

  #value(type: number, depth: number): Value {
    switch (type) {
      case BSON_TYPE.OBJECT_ID:
        return readObjectId(this.#bytes, this.#take(12));
      case BSON_TYPE.STRING:
        return this.#string();
      case BSON_TYPE.INT:
        return new Int32(this.#int32());
      case BSON_TYPE.DATE:
        return this.#date();
      case BSON_TYPE.BOOLEAN:
        return this.#boolean();
      case BSON_TYPE.DOUBLE:
        return new Double(this.#double());
      case BSON_TYPE.OBJECT:
        return this.document(depth + 1);
      case BSON_TYPE.ARRAY:
        return this.#array(depth + 1);
      case BSON_TYPE.NULL:
        return null;
      case BSON_TYPE.LONG: {
        const low = this.#int32();
        return new Long(low, this.#int32());
      }
      default:
        return this.#rareValue(type, depth);
    }
  }

  #rareValue(type: number, depth: number): Value {
    switch (type) {
      case BSON_TYPE.BINARY:
        return this.#binary();
      case BSON_TYPE.DECIMAL: {
        const start = this.#take(16);
        return new Decimal128(Uint8Array.prototype.slice.call(this.#bytes, start, start + 16));
      }
      case BSON_TYPE.REGEX: {
        const pattern = this.#cString();
        const options = this.#cString();
        assertRegexOptions(options);
        return new BSONRegExp(pattern, options);
      }
      case BSON_TYPE.TIMESTAMP: {
        // Both are unsigned: as signed numbers, bson refuses times after January 2038.
        const increment = this.#int32() >>> 0;
        return new Timestamp({ t: this.#int32() >>> 0, i: increment });
      }
      case BSON_TYPE.CODE:
        return new Code(this.#string());
      case BSON_TYPE.SYMBOL:
        return new BSONSymbol(this.#string());
      case BSON_TYPE.CODE_WITH_SCOPE:
        return this.#codeWithScope(depth);
      case 0xff:
        return new MinKey();
      case BSON_TYPE.MAX_KEY:
        return new MaxKey();
      default:
        throw invalidBson(`unrecognized or unsupported BSON type ${type}`);
    }
  }

  /** Claims `size` bytes and answers where they start. */
  #take(size: number): number {
    const start = this.position;
    const end = start + size;
    if (end > this.#limit) throw invalidBson('BSON value runs past its document');
    this.position = end;
    return start;
  }

  #int32(): number {
    const start = this.#take(4);
    const bytes = this.#bytes;
    return (
      (bytes[start] ?? 0) |
      ((bytes[start + 1] ?? 0) << 8) |
      ((bytes[start + 2] ?? 0) << 16) |
      ((bytes[start + 3] ?? 0) << 24)
    );
  }

  #double(): number {
    const start = this.#take(8);
    const bytes = this.#bytes;
    for (let index = 0; index < 8; index++) {
      DOUBLE_BYTES[LITTLE_ENDIAN ? index : 7 - index] = bytes[start + index] ?? 0;
    }
    return DOUBLE[0] ?? 0;
  }

  #boolean(): boolean {
    const byte = this.#bytes[this.#take(1)];
    if (byte !== 0 && byte !== 1) throw invalidBson('BSON boolean is neither 0 nor 1');
    return byte === 1;
  }

  #date(): Date {
    const low = this.#int32();
    const milliseconds = this.#int32() * 4294967296 + (low >>> 0);
    if (Math.abs(milliseconds) > MAX_DATE_MILLISECONDS) {
      throw invalidBson('dates beyond ±8.64e15 milliseconds from 1970 are not supported');
    }
    return new Date(milliseconds);
  }

  #string(): string {
    const size = this.#int32();
    if (size < 1) throw invalidBson('invalid BSON string length');
    const start = this.#take(size);
    const end = start + size - 1;
    if (this.#bytes[end] !== 0) throw invalidBson('BSON string is not terminated');
    return this.#utf8(start, end);
  }

  #cString(): string {
    const start = this.position;
    return this.#utf8(start, this.#nameEnd());
  }

  #utf8(start: number, end: number): string {
    const text = this.#bytes.toString('utf8', start, end);
    // Malformed input shows as U+FFFD, which well-formed input may also contain: only then look twice.
    if (text.includes('\uFFFD') && !isUtf8(this.#bytes.subarray(start, end))) {
      throw invalidBson('invalid UTF-8 in BSON string');
    }
    return text;
  }

  #binary(): Binary {
    const size = this.#int32();
    const subtype = this.#bytes[this.#take(1)] ?? 0;
    if (size < 0) throw invalidBson('invalid BSON binary length');
    let start = this.#take(size);
    const end = start + size;
    if (subtype === Binary.SUBTYPE_BYTE_ARRAY) {
      // The old binary subtype repeats its length inside; bson hides that inner length likewise.
      this.position = start;
      if (this.#int32() !== size - 4) throw invalidBson('invalid length of an old BSON binary');
      start += 4;
      this.position = end;
    }
    return new Binary(Uint8Array.prototype.slice.call(this.#bytes, start, end), subtype);
  }

  #codeWithScope(depth: number): Code {
    const start = this.position;
    const size = this.#int32();
    const code = this.#string();
    const scope = this.document(depth + 1);
    if (this.position !== start + size) throw invalidBson('invalid length of BSON code with scope');
    return new Code(code, scope);
  }
}
