import type { Binary, BSONRegExp, BSONSymbol, Code, ObjectId, Timestamp } from 'bson';
import { BSON_TYPE, bsonTypeNumber, isNumeric, scopeOf } from './bson-types';
import { CANONICAL_TYPE, canonicalTypeOf } from './compare';
import { compareParts, exactPartsOfDouble, normalizeParts, type DecimalParts } from './decimal';
import { KeyWriter } from './key-writer';
import { exactDouble, numberParts } from './number-order';
import { partsToDouble } from './decimal';
import { writeObjectId } from './object-id';
import type { BsonDocument, MaybeValue, NumericValue, Value } from './types';

/**
 * Order-preserving key encoding. Per component: a tag byte (the sort bracket), then a payload that
 * orders as compareValues does and is no prefix of another. A descending component has every byte
 * inverted. Tags are 0x01..0x7f, so that neither 0x00 nor 0xff starts a component in any direction.
 */

const END = 0x00;
const ESCAPE = 0xff;
const TERMINATOR = 0x01;

/** The tag byte of a sort bracket (from canonicalType). */
export function keyTag(bracket: number): number {
  // MinKey (-1) must stay above END and MaxKey (127) below 0xff, whichever the direction.
  if (bracket === CANONICAL_TYPE.MIN_KEY) return 0x01;
  return bracket === CANONICAL_TYPE.MAX_KEY ? 0x7f : bracket + 2;
}

/** The keys between which every value of one sort bracket lies, ascending: lower inclusive, upper exclusive. */
export function keyBracketBounds(bracket: number): { lower: Buffer; upper: Buffer } {
  const tag = keyTag(bracket);
  return { lower: Buffer.from([tag]), upper: Buffer.from([tag + 1]) };
}

const writer = new KeyWriter();

/** Bytes to leave free before and after a key, for a caller that stores it inside a longer one. */
export interface Room {
  readonly before: number;
  readonly after: number;
}

const NO_ROOM: Room = { before: 0, after: 0 };

/**
 * Encodes a compound key. Buffers order by memcmp as the components order by compareValues
 * (reversed where the direction is -1); equal keys mean equal values.
 * @param values components; undefined encodes BSON undefined, the index key of an empty array
 * @param room what those bytes hold is undefined
 */
export function encodeKey(
  values: readonly MaybeValue[],
  directions?: readonly (1 | -1)[],
  room = NO_ROOM,
): Buffer {
  writer.reset();
  writer.reserve(room.before);
  for (let index = 0; index < values.length; index++) {
    const start = writer.length;
    writeComponent(values[index]);
    if (directions !== undefined && directions[index] === -1) writer.invertFrom(start);
  }
  writer.reserve(room.after);
  return writer.toBuffer();
}

/** Encodes one component of a key. */
export function encodeKeyComponent(value: MaybeValue, direction: 1 | -1 = 1): Buffer {
  writer.reset();
  writeComponent(value);
  if (direction === -1) writer.invertFrom(0);
  return writer.toBuffer();
}

/** A canonical string of a value for hash tables: equal exactly when valuesEqual. */
export function valueKey(value: MaybeValue): string {
  if (typeof value === 'string') return `s${value}`;
  if (isNumeric(value)) {
    const exact = exactDouble(value);
    // Adding 0 folds -0 into 0.
    if (exact !== undefined) return `n${exact + 0}`;
  }
  const type = bsonTypeNumber(value);
  if (type === BSON_TYPE.SYMBOL) return `s${(value as BSONSymbol).value}`;
  if (type === BSON_TYPE.OBJECT_ID) return `o${(value as ObjectId).toHexString()}`;
  if (type === BSON_TYPE.DECIMAL || type === BSON_TYPE.LONG) {
    const parts = numberParts(value as NumericValue);
    const double = floorDouble(parts);
    if (parts.kind !== 'finite' || isExactly(parts, double)) return `n${double + 0}`;
  }
  writer.reset();
  writeComponent(value);
  return `k${writer.toBinaryString()}`;
}

function writeComponent(value: MaybeValue): void {
  const bracket = canonicalTypeOf(bsonTypeNumber(value));
  writer.byte(keyTag(bracket));
  writePayload(bracket, value as Value);
}

function writePayload(bracket: number, value: Value): void {
  switch (bracket) {
    case CANONICAL_TYPE.NUMBER:
      return writeNumber(value as NumericValue);
    case CANONICAL_TYPE.STRING:
      return writeString(typeof value === 'string' ? value : (value as BSONSymbol).value);
    case CANONICAL_TYPE.OBJECT_ID:
      return writeObjectId(value as ObjectId, writer.reserve(12), writer.length - 12);
    case CANONICAL_TYPE.DATE:
      return writeDate((value as Date).getTime());
    case CANONICAL_TYPE.BOOLEAN:
      return writer.byte(value === true ? 2 : 1);
    case CANONICAL_TYPE.OBJECT:
      return writeDocument(value as BsonDocument);
    case CANONICAL_TYPE.ARRAY:
      for (const element of value as Value[]) writeComponent(element);
      return writer.byte(END);
    case CANONICAL_TYPE.BINARY:
      return writeBinary(value as Binary);
    case CANONICAL_TYPE.TIMESTAMP:
      writer.uint32((value as Timestamp).high);
      return writer.uint32((value as Timestamp).low);
    case CANONICAL_TYPE.REGEX:
      writeString((value as BSONRegExp).pattern);
      return writeString((value as BSONRegExp).options);
    case CANONICAL_TYPE.CODE:
      return writeString((value as Code).code);
    case CANONICAL_TYPE.CODE_WITH_SCOPE:
      writeString((value as Code).code);
      return writeDocument(scopeOf(value as Code));
    default:
      return;
  }
}

/** A document orders by bracket, then name, then value, so they are written in that order. */
function writeDocument(document: BsonDocument): void {
  for (const [name, value] of document) {
    const bracket = canonicalTypeOf(bsonTypeNumber(value));
    writer.byte(keyTag(bracket));
    writeString(name);
    writePayload(bracket, value);
  }
  writer.byte(END);
}

/** UTF-8 with 0x00 escaped, ended by a pair below every continuation. */
function writeString(value: string): void {
  writer.escapedUtf8(value, ESCAPE);
  writer.byte(END);
  writer.byte(TERMINATOR);
}

/** Signed 64 bits, most significant word first, sign bit flipped. */
function writeDate(milliseconds: number): void {
  const high = Math.floor(milliseconds / 4294967296);
  writer.uint32(high ^ 0x80000000);
  writer.uint32(milliseconds - high * 4294967296);
}

function writeBinary(binary: Binary): void {
  writer.uint32(binary.position);
  writer.byte(binary.sub_type);
  writer.bytes(binary.buffer.subarray(0, binary.position));
}

/**
 * A number: the largest double not above it, then 0x00 when that is exact, else 0x01 and the exact
 * decimal digits, which order the numbers that share that double.
 */
function writeNumber(value: NumericValue): void {
  const exact = exactDouble(value);
  if (exact !== undefined) {
    writer.orderedDouble(exact);
    writer.byte(0);
    return;
  }
  const parts = numberParts(value);
  const double = floorDouble(parts);
  writer.orderedDouble(double);
  if (parts.kind !== 'finite' || isExactly(parts, double)) {
    writer.byte(0);
    return;
  }
  writer.byte(1);
  writeDigits(normalizeParts(parts));
}

/** Decimal exponent and digits of a non-zero finite number; inverted when it is negative. */
function writeDigits(parts: DecimalParts): void {
  const start = writer.length;
  const digits = parts.coefficient.toString();
  const magnitude = digits.length + parts.exponent + 0x4000;
  writer.byte(magnitude >>> 8);
  writer.byte(magnitude);
  for (let index = 0; index < digits.length; index++) writer.byte(digits.charCodeAt(index));
  writer.byte(END);
  if (parts.negative) writer.invertFrom(start);
}

function isExactly(parts: DecimalParts, double: number): boolean {
  return Number.isFinite(double) && compareParts(exactPartsOfDouble(double), parts) === 0;
}

function floorDouble(parts: DecimalParts): number {
  const nearest = partsToDouble(parts);
  if (parts.kind !== 'finite') return nearest;
  if (nearest === Infinity) return Number.MAX_VALUE;
  if (nearest === -Infinity) return nearest;
  return compareParts(exactPartsOfDouble(nearest), parts) > 0 ? nextBelow(nearest) : nearest;
}

const NEIGHBOUR = new DataView(new ArrayBuffer(8));

/** The greatest double below a finite one. */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  NEIGHBOUR.setFloat64(0, value);
  const bits = NEIGHBOUR.getBigInt64(0);
  NEIGHBOUR.setBigInt64(0, value > 0 ? bits - 1n : bits + 1n);
  return NEIGHBOUR.getFloat64(0);
}
