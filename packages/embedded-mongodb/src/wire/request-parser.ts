import { crc32c } from './crc32c';
import {
  FLAG_CHECKSUM_PRESENT,
  FLAG_EXHAUST_ALLOWED,
  FLAG_MORE_TO_COME,
  HEADER_BYTES,
  MAX_BSON_OBJECT_BYTES,
  OP_MSG,
  OP_QUERY,
  WireProtocolError,
  type RequestMessage,
} from './protocol';

/** Commands may exceed a document's size a little, as on the server (BSONObjMaxInternalSize). */
const MAX_INTERNAL_DOCUMENT_BYTES = MAX_BSON_OBJECT_BYTES + 16 * 1024;
const MIN_DOCUMENT_BYTES = 5;
/** Bits 0-15 are "required": a server must refuse a message that sets one it does not know. */
const REQUIRED_FLAGS = 0xffff;
const KNOWN_FLAGS = FLAG_CHECKSUM_PRESENT | FLAG_MORE_TO_COME | FLAG_EXHAUST_ALLOWED;

/**
 * Takes a whole wire message apart. Document borders are checked here, the insides of the
 * documents by the BSON decoder.
 * @throws WireProtocolError for anything malformed: the connection cannot be trusted any more.
 */
export function parseRequest(frame: Buffer): RequestMessage {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode === OP_MSG) return parseOpMsg(frame, requestId);
  if (opCode === OP_QUERY) return parseOpQuery(frame, requestId);
  throw new WireProtocolError(`Unsupported OP code ${opCode}`);
}

function parseOpMsg(frame: Buffer, requestId: number): RequestMessage {
  if (frame.length < HEADER_BYTES + 4 + 1 + MIN_DOCUMENT_BYTES) {
    throw new WireProtocolError('OP_MSG is too short');
  }
  const flags = frame.readUInt32LE(HEADER_BYTES);
  if ((flags & REQUIRED_FLAGS & ~KNOWN_FLAGS) !== 0) {
    throw new WireProtocolError(`OP_MSG has unknown required flags: ${flags.toString(2)}`);
  }
  const end = checkedEnd(frame, flags);
  const sequences = new Map<string, readonly Uint8Array[]>();
  let body: Uint8Array | undefined;
  let position = HEADER_BYTES + 4;
  while (position < end) {
    const kind = frame[position];
    position += 1;
    if (kind === 0) {
      if (body) throw new WireProtocolError('OP_MSG has more than one body section');
      body = documentAt(frame, position, end);
      position += body.length;
    } else if (kind === 1) {
      position = readSequence(frame, position, end, sequences);
    } else {
      throw new WireProtocolError(`Unknown section kind ${String(kind)}`);
    }
  }
  if (!body) throw new WireProtocolError('OP_MSG messages must have a body');
  const moreToCome = (flags & FLAG_MORE_TO_COME) !== 0;
  return { requestId, isLegacyQuery: false, moreToCome, body, sequences };
}

/** Where the sections end; verifies the checksum when the message carries one. */
function checkedEnd(frame: Buffer, flags: number): number {
  if ((flags & FLAG_CHECKSUM_PRESENT) === 0) return frame.length;
  const end = frame.length - 4;
  if (crc32c(frame.subarray(0, end)) !== frame.readUInt32LE(end)) {
    throw new WireProtocolError('OP_MSG checksum does not match contents');
  }
  return end;
}

function readSequence(
  frame: Buffer,
  start: number,
  limit: number,
  sequences: Map<string, readonly Uint8Array[]>,
): number {
  if (start + 4 > limit) throw new WireProtocolError('Truncated document sequence');
  const end = start + frame.readInt32LE(start);
  const nameEnd = frame.indexOf(0, start + 4);
  if (end > limit || nameEnd === -1 || nameEnd >= end) {
    throw new WireProtocolError('Document sequence has an invalid size');
  }
  const name = frame.toString('utf8', start + 4, nameEnd);
  if (sequences.has(name)) throw new WireProtocolError(`Duplicate document sequence: ${name}`);
  const documents: Uint8Array[] = [];
  let position = nameEnd + 1;
  while (position < end) {
    const document = documentAt(frame, position, end);
    documents.push(document);
    position += document.length;
  }
  sequences.set(name, documents);
  return end;
}

function documentAt(frame: Buffer, start: number, limit: number): Uint8Array {
  const size = start + 4 <= limit ? frame.readInt32LE(start) : -1;
  if (size < MIN_DOCUMENT_BYTES || size > MAX_INTERNAL_DOCUMENT_BYTES || start + size > limit) {
    throw new WireProtocolError(`BSON document at offset ${start} has an invalid size`);
  }
  return frame.subarray(start, start + size);
}

/** OP_QUERY is only spoken for the first hello; anything else gets its error from the dispatcher. */
function parseOpQuery(frame: Buffer, requestId: number): RequestMessage {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = frame.indexOf(0, nameStart);
  const bodyStart = nameEnd + 1 + 8;
  if (nameEnd === -1 || bodyStart >= frame.length) {
    throw new WireProtocolError('OP_QUERY is too short');
  }
  const namespace = frame.toString('utf8', nameStart, nameEnd);
  if (!namespace.endsWith('.$cmd')) {
    throw new WireProtocolError('Unsupported OP_QUERY: the legacy opcode is only for handshakes');
  }
  return {
    requestId,
    isLegacyQuery: true,
    moreToCome: false,
    body: documentAt(frame, bodyStart, frame.length),
    sequences: new Map(),
    legacyDatabase: namespace.slice(0, -'.$cmd'.length),
  };
}
