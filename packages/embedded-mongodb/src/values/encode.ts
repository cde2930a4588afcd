import type {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import { Binary as BinaryClass } from 'bson';
import { MongoServerError } from '../errors';
import { BSON_TYPE, bsonTypeNumber, scopeOf } from './bson-types';
import { writeObjectId } from './object-id';
import type { BsonDocument, Value } from './types';

/** BSONObjMaxUserSize: the largest document that a user may store. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** BSONObjMaxInternalSize: with the slack that MongoDB grants to commands and internal documents. */
export const MAX_INTERNAL_DOCUMENT_BYTES = MAX_DOCUMENT_BYTES + 16 * 1024;

const DOUBLE = new Float64Array(1);
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer);
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

let scratch = Buffer.allocUnsafeSlow(64 * 1024);
let position = 0;

/**
 * Encodes a document as BSON.
 * @returns the bytes, in a buffer of their own
 * @throws MongoServerError 10334 BSONObjectTooLarge above 16 MiB + 16 KiB
 */
export function encodeDocument(document: BsonDocument): Buffer {
  position = 0;
  writeDocument(document);
  return Buffer.from(scratch.subarray(0, position));
}

function reserve(size: number): number {
  const start = position;
  position += size;
  if (position > scratch.length) grow();
  return start;
}

function grow(): void {
  if (position > MAX_INTERNAL_DOCUMENT_BYTES) {
    throw new MongoServerError(
      'BSONObjectTooLarge',
      `BSONObj size: ${position} is invalid. Size must be between 0 and ${MAX_INTERNAL_DOCUMENT_BYTES}(16MB)`,
    );
  }
  const size = Math.min(Math.max(position, scratch.length * 2), MAX_INTERNAL_DOCUMENT_BYTES);
  const grown = Buffer.allocUnsafeSlow(size);
  scratch.copy(grown);
  scratch = grown;
}

function setInt32(offset: number, value: number): void {
  scratch[offset] = value;
  scratch[offset + 1] = value >>> 8;
  scratch[offset + 2] = value >>> 16;
  scratch[offset + 3] = value >>> 24;
}

function writeByte(value: number): void {
  const offset = reserve(1);
  scratch[offset] = value;
}

function writeInt32(value: number): void {
  setInt32(reserve(4), value);
}

function writeDocument(document: BsonDocument): void {
  const start = reserve(4);
  for (const [name, value] of document) {
    const type = bsonTypeNumber(value);
    writeByte(type);
    writeCString(name);
    writeValue(type, value);
  }
  writeByte(0);
  setInt32(start, position - start);
}

function writeArray(array: readonly Value[]): void {
  const start = reserve(4);
  for (let index = 0; index < array.length; index++) {
    const value = array[index] as Value;
    const type = bsonTypeNumber(value);
    writeByte(type);
    writeCString(index < 10 ? (DIGITS[index] as string) : String(index));
    writeValue(type, value);
  }
  writeByte(0);
  setInt32(start, position - start);
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function writeUtf8(text: string): void {
  const length = text.length;
  if (length > 64) {
    const size = Buffer.byteLength(text);
    const offset = reserve(size);
    scratch.write(text, offset);
    return;
  }
  const start = reserve(length * 3);
  let offset = start;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) {
      position = start + scratch.write(text, start);
      return;
    }
    scratch[offset++] = unit;
  }
  position = offset;
}

function writeCString(text: string): void {
  if (text.includes('\0')) {
    throw new MongoServerError(
      'BadValue',
      'a field name or regular expression may not contain a zero byte',
    );
  }
  writeUtf8(text);
  writeByte(0);
}

function writeString(text: string): void {
  const start = reserve(4);
  writeUtf8(text);
  writeByte(0);
  setInt32(start, position - start - 4);
}

function writeDouble(value: number): void {
  DOUBLE[0] = value;
  const offset = reserve(8);
  for (let index = 0; index < 8; index++) {
    scratch[offset + index] = DOUBLE_BYTES[LITTLE_ENDIAN ? index : 7 - index] ?? 0;
  }
}

function writeInt64(low: number, high: number): void {
  writeInt32(low);
  writeInt32(high);
}

function writeDate(date: Date): void {
  const milliseconds = date.getTime();
  if (Number.isNaN(milliseconds)) throw new MongoServerError('BadValue', 'invalid date');
  const high = Math.floor(milliseconds / 4294967296);
  writeInt64(milliseconds - high * 4294967296, high);
}

function writeValue(type: number, value: Value): void {
  switch (type) {
    case BSON_TYPE.OBJECT_ID: {
      const offset = reserve(12);
      return writeObjectId(value as ObjectId, scratch, offset);
    }
    case BSON_TYPE.STRING:
      return writeString(value as string);
    case BSON_TYPE.INT:
      return writeInt32((value as Int32).value);
    case BSON_TYPE.DATE:
      return writeDate(value as Date);
    case BSON_TYPE.BOOLEAN:
      return writeByte(value === true ? 1 : 0);
    case BSON_TYPE.DOUBLE:
      return writeDouble((value as Double).value);
    case BSON_TYPE.OBJECT:
      return writeDocument(value as BsonDocument);
    case BSON_TYPE.ARRAY:
      return writeArray(value as Value[]);
    case BSON_TYPE.LONG:
    case BSON_TYPE.TIMESTAMP:
      return writeInt64((value as Long | Timestamp).low, (value as Long | Timestamp).high);
    default:
      return writeRareValue(type, value);
  }
}

function writeRareValue(type: number, value: Value): void {
  switch (type) {
    case BSON_TYPE.BINARY:
      return writeBinary(value as Binary);
    case BSON_TYPE.DECIMAL: {
      const offset = reserve(16);
      scratch.set((value as Decimal128).bytes, offset);
      return;
    }
    case BSON_TYPE.REGEX:
      writeCString((value as BSONRegExp).pattern);
      return writeCString((value as BSONRegExp).options);
    case BSON_TYPE.CODE:
      return writeString((value as Code).code);
    case BSON_TYPE.SYMBOL:
      return writeString((value as BSONSymbol).value);
    case BSON_TYPE.CODE_WITH_SCOPE: {
      const start = reserve(4);
      writeString((value as Code).code);
      writeDocument(scopeOf(value as Code));
      return setInt32(start, position - start);
    }
    default:
      // null, MinKey and MaxKey have no payload.
      return;
  }
}

function writeBinary(binary: Binary): void {
  const bytes = binary.buffer.subarray(0, binary.position);
  const isOld = binary.sub_type === BinaryClass.SUBTYPE_BYTE_ARRAY;
  writeInt32(isOld ? bytes.length + 4 : bytes.length);
  writeByte(binary.sub_type);
  if (isOld) writeInt32(bytes.length);
  const offset = reserve(bytes.length);
  scratch.set(bytes, offset);
}
