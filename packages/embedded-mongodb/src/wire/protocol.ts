/**
 * Constants of MongoDB's wire protocol
 * (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
 */
export const HEADER_BYTES = 16;

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;

export const MAX_BSON_OBJECT_BYTES = 16 * 1024 * 1024;
export const MAX_MESSAGE_BYTES = 48_000_000;
export const MAX_WRITE_BATCH_SIZE = 100_000;

/** 21 is MongoDB 7.0; 25 would invite the `bulkWrite` command of 8.0. */
export const MAX_WIRE_VERSION = 21;
export const MIN_WIRE_VERSION = 0;

export const FLAG_CHECKSUM_PRESENT = 1 << 0;
export const FLAG_MORE_TO_COME = 1 << 1;
export const FLAG_EXHAUST_ALLOWED = 1 << 16;

/** A frame that breaks the protocol so badly that only closing its connection is safe. */
export class WireProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireProtocolError';
  }
}

/** One request as it came off the wire; the command body is still BSON bytes. */
export interface RequestMessage {
  readonly requestId: number;
  /** A legacy OP_QUERY must be answered by an OP_REPLY. */
  readonly isLegacyQuery: boolean;
  /** The client wants no answer (unacknowledged writes). */
  readonly moreToCome: boolean;
  readonly body: Uint8Array;
  /** Document sequences (section kind 1) by field name, each document as BSON bytes. */
  readonly sequences: ReadonlyMap<string, readonly Uint8Array[]>;
  /** OP_QUERY names the database in its collection name, not in the body. */
  readonly legacyDatabase?: string;
}
