import { Long, ObjectId, Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { MAX_DOCUMENT_BYTES, decodeDocument, encodeDocument } from '../values/codec';
import { asBuffer, findField } from '../values/raw';
import type { BsonDocument, Value } from '../values/types';
import type { StoredDocument } from './write';

/** BSONDepth::getMaxDepthForUserStorage of the server. */
const DEEPEST_NESTING = 180;
/** Where the first field begins: behind the document's length. */
const FIRST_FIELD = 4;

/**
 * A document as the server stores it at insert: with an `_id`, which comes first, and with zero
 * timestamps of the top level filled in.
 * @param source the document, or its BSON, which is stored as it is when nothing has to change
 * Throws 22 InvalidBSON, 2 BadValue (too large), 53 InvalidIdField, 52 DollarPrefixedFieldName, 15 Overflow (too deep).
 */
export function prepareInsert(source: BsonDocument | Uint8Array, now: () => Date): StoredDocument {
  const document = source instanceof Map ? source : decodeDocument(source);
  const prepared =
    (source instanceof Map ? undefined : fromBytes(asBuffer(source), document)) ??
    fromDocument(document, now);
  checkId(prepared.document.get('_id') as Value);
  checkDepth(prepared.document, 1);
  const { bytes } = prepared;
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new MongoServerError(
      'BadValue',
      `object to insert too large. size in bytes: ${bytes.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  return prepared;
}

function fromDocument(document: BsonDocument, now: () => Date): StoredDocument {
  const prepared = fillTimestamps(withLeadingId(document), now);
  return { document: prepared, bytes: encodeDocument(prepared) };
}

/**
 * The stored form of a document made of the bytes that came, of which only the `_id` may have to move.
 * Undefined when more has to change. The fields of the answered document keep their order.
 */
function fromBytes(source: Buffer, document: BsonDocument): StoredDocument | undefined {
  const { place, fields } = findField(source, '_id');
  if (fields !== document.size || hasZeroTimestamp(document)) return undefined;
  if (place?.start === FIRST_FIELD) return { document, bytes: source };
  if (place) {
    const bytes = Buffer.allocUnsafe(source.length);
    const idEnd = FIRST_FIELD + place.end - place.start;
    source.copy(bytes, 0, 0, FIRST_FIELD);
    source.copy(bytes, FIRST_FIELD, place.start, place.end);
    source.copy(bytes, idEnd, FIRST_FIELD, place.start);
    source.copy(bytes, place.end, place.end);
    return { document, bytes };
  }
  return undefined;
}

/** The new version of a document. Throws 17419 when it is too large, 15 when too deep. */
export function prepareUpdate(document: BsonDocument): StoredDocument {
  checkDepth(document, 1);
  const bytes = encodeDocument(document);
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new MongoServerError(
      17419,
      `Resulting document after update is larger than ${MAX_DOCUMENT_BYTES}`,
    );
  }
  return { document, bytes };
}

function withLeadingId(document: BsonDocument): BsonDocument {
  const first = document.keys().next();
  if (first.value === '_id') return document;
  const id = document.get('_id');
  const result: BsonDocument = new Map<string, Value>([
    ['_id', id === undefined ? new ObjectId() : id],
  ]);
  for (const [name, value] of document) if (name !== '_id') result.set(name, value);
  return result;
}

function hasZeroTimestamp(document: BsonDocument): boolean {
  for (const value of document.values()) {
    if (value instanceof Timestamp && value.isZero()) return true;
  }
  return false;
}

function fillTimestamps(document: BsonDocument, now: () => Date): BsonDocument {
  let result = document;
  for (const [name, value] of document) {
    if (name === '_id' || !(value instanceof Timestamp) || !value.isZero()) continue;
    if (result === document) result = new Map(document);
    const seconds = Math.floor(now().getTime() / 1000);
    result.set(name, new Timestamp(new Long(1, seconds)));
  }
  return result;
}

function checkId(id: Value): void {
  const refused = (type: string): MongoServerError =>
    new MongoServerError('InvalidIdField', `The '_id' value cannot be of type ${type}`);
  if (Array.isArray(id)) throw refused('array');
  if (id === null || typeof id !== 'object') return;
  if ('_bsontype' in id && id._bsontype === 'BSONRegExp') throw refused('regex');
  if (!(id instanceof Map)) return;
  for (const name of id.keys()) {
    if (!name.startsWith('$')) continue;
    throw new MongoServerError(
      'DollarPrefixedFieldName',
      `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
    );
  }
}

function checkDepth(value: Value, depth: number): void {
  if (depth > DEEPEST_NESTING) {
    throw new MongoServerError(
      'Overflow',
      `cannot insert document because it exceeds ${DEEPEST_NESTING} levels of nesting`,
    );
  }
  if (value instanceof Map) {
    for (const child of value.values()) {
      if (child !== null && typeof child === 'object') checkDepth(child, depth + 1);
    }
  } else if (Array.isArray(value)) {
    for (const child of value) checkDepth(child, depth + 1);
  }
}
