import type { BsonDocument } from '../values/types';
import { encodeDocument } from '../values/codec';
import { HEADER_BYTES, OP_MSG, OP_REPLY } from './protocol';

/** A batch whose documents are spliced into the reply as the bytes they already are. */
export interface RawBatch {
  readonly name: 'firstBatch' | 'nextBatch';
  readonly documents: readonly Uint8Array[];
  /** Fields after the batch inside `cursor`: `id` and `ns`. */
  readonly trailer: BsonDocument;
}

/** What a command answers before `ok`, `$clusterTime` and `operationTime` are added. */
export interface CommandReply {
  readonly cursor?: RawBatch;
  readonly fields: BsonDocument;
}

const TYPE_DOCUMENT = 0x03;
const TYPE_ARRAY = 0x04;
const CURSOR_KEY = Buffer.from('cursor\0', 'latin1');
/** Precomputed array index keys: a first batch has 101 documents, a page rarely more than 1 000. */
const INDEX_KEYS = Array.from({ length: 1024 }, (_, index) => indexKeyBytes(index));

let nextRequestId = 1;

/**
 * The whole OP_MSG (or OP_REPLY) message of a reply: header, then one BSON document made of the
 * cursor batch, the command's own fields and the fields that every reply ends with.
 */
export function writeReply(
  reply: CommandReply,
  closing: BsonDocument,
  options: { responseTo: number; legacy: boolean },
): Buffer {
  const prefixBytes = options.legacy ? HEADER_BYTES + 20 : HEADER_BYTES + 5;
  const fields = insideOf(encodeDocument(reply.fields));
  const tail = insideOf(encodeDocument(closing));
  const batch = reply.cursor ? measureBatch(reply.cursor) : undefined;
  const documentBytes = 4 + (batch?.elementBytes ?? 0) + fields.length + tail.length + 1;
  const message = Buffer.allocUnsafe(prefixBytes + documentBytes);
  writePrefix(message, options);
  let position = message.writeInt32LE(documentBytes, prefixBytes);
  if (reply.cursor && batch) position = writeBatch(message, position, reply.cursor, batch);
  message.set(fields, position);
  message.set(tail, position + fields.length);
  message[message.length - 1] = 0;
  return message;
}

function writePrefix(message: Buffer, options: { responseTo: number; legacy: boolean }): void {
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(nextRequestId, 4);
  nextRequestId = (nextRequestId + 1) & 0x7fffffff;
  message.writeInt32LE(options.responseTo, 8);
  message.writeInt32LE(options.legacy ? OP_REPLY : OP_MSG, 12);
  if (options.legacy) {
    message.fill(0, HEADER_BYTES, HEADER_BYTES + 16);
    message.writeInt32LE(8, HEADER_BYTES); // responseFlags: AwaitCapable
    message.writeInt32LE(1, HEADER_BYTES + 16); // numberReturned
  } else {
    message.fill(0, HEADER_BYTES, HEADER_BYTES + 5); // no flags, section kind 0
  }
}

interface BatchMeasure {
  readonly elementBytes: number;
  readonly cursorBytes: number;
  readonly arrayBytes: number;
  readonly trailer: Uint8Array;
}

function measureBatch(batch: RawBatch): BatchMeasure {
  let arrayBytes = 5;
  batch.documents.forEach((document, index) => {
    arrayBytes += 1 + indexKey(index).length + document.length;
  });
  const trailer = insideOf(encodeDocument(batch.trailer));
  const cursorBytes = 4 + 1 + batch.name.length + 1 + arrayBytes + trailer.length + 1;
  return { arrayBytes, trailer, cursorBytes, elementBytes: 1 + CURSOR_KEY.length + cursorBytes };
}

function writeBatch(
  message: Buffer,
  start: number,
  batch: RawBatch,
  measure: BatchMeasure,
): number {
  let position = message.writeUInt8(TYPE_DOCUMENT, start);
  message.set(CURSOR_KEY, position);
  position = message.writeInt32LE(measure.cursorBytes, position + CURSOR_KEY.length);
  position = message.writeUInt8(TYPE_ARRAY, position);
  position += message.write(`${batch.name}\0`, position, 'latin1');
  position = message.writeInt32LE(measure.arrayBytes, position);
  batch.documents.forEach((document, index) => {
    const key = indexKey(index);
    message[position] = TYPE_DOCUMENT;
    message.set(key, position + 1);
    message.set(document, position + 1 + key.length);
    position += 1 + key.length + document.length;
  });
  message[position] = 0;
  message.set(measure.trailer, position + 1);
  position += 1 + measure.trailer.length;
  message[position] = 0;
  return position + 1;
}

function insideOf(document: Uint8Array): Uint8Array {
  return document.subarray(4, document.length - 1);
}

function indexKey(index: number): Uint8Array {
  return INDEX_KEYS[index] ?? indexKeyBytes(index);
}

function indexKeyBytes(index: number): Uint8Array {
  return Buffer.from(`${index}\0`, 'latin1');
}
