import type { BsonDocument, Value } from './types';

/** What the engine knows of a document beside its fields; read by `{ $meta: … }`. */
export interface DocumentMetadata {
  readonly textScore?: number;
  readonly sortKey?: Value;
}

// Beside the documents and not in them, so that no stage can leak metadata into a reply.
const METADATA = new WeakMap<BsonDocument, DocumentMetadata>();

/** The metadata recorded for this document object, if any. */
export function metadataOf(document: BsonDocument): DocumentMetadata | undefined {
  return METADATA.get(document);
}

/** Records metadata, replacing what was recorded before. */
export function setMetadata(document: BsonDocument, metadata: DocumentMetadata): void {
  METADATA.set(document, metadata);
}

/** Carries metadata over to the document that a stage made out of another; answers that document. */
export function inheritMetadata(from: BsonDocument, to: BsonDocument): BsonDocument {
  const metadata = from === to ? undefined : METADATA.get(from);
  if (metadata) METADATA.set(to, metadata);
  return to;
}
