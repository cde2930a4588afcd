import { decodeDocument, encodeDocument } from '../values/codec';
import { metadataOf, setMetadata } from '../values/metadata';
import type { BsonDocument } from '../values/types';

const SCORE_BYTES = 8;

/** A document as bytes, with its text score (NaN for none) before it. */
export function encodeWithMetadata(document: BsonDocument): Uint8Array {
  const score = Buffer.allocUnsafe(SCORE_BYTES);
  score.writeDoubleLE(metadataOf(document)?.textScore ?? NaN);
  return Buffer.concat([score, encodeDocument(document)]);
}

/** The document that `encodeWithMetadata` wrote. */
export function decodeWithMetadata(bytes: Buffer): BsonDocument {
  const document = decodeDocument(bytes.subarray(SCORE_BYTES));
  const textScore = bytes.readDoubleLE();
  if (!Number.isNaN(textScore)) setMetadata(document, { textScore });
  return document;
}
