import type { WorkingMemory } from '../spill/working-memory';
import type { Binary } from 'bson';
import type { Variables } from '../expression/variables';
import type { MatchExpression } from '../match/compile';
import type { Collation } from '../values/collation';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { Transaction } from './transaction';

export type { Transaction };

/** Ordered bytes to bytes, one consistent state. All keys compare as memcmp does. */
export interface KeyValueReader {
  /** The bytes at `key`, owned by the caller, or undefined. */
  get(key: Buffer): Buffer | undefined;
  /** Entries with start <= key < end, ascending (descending with `reverse`). */
  range(options: KeyRange): Iterable<KeyValueEntry>;
  /** The value of a counter (0 when it was never added to). */
  counter(key: Buffer): number;
  /** Grows with every committed group of writes; a state with a higher number holds all of one with a lower. */
  readonly sequence: number;
}

export interface KeyRange {
  start: Buffer;
  end: Buffer;
  reverse?: boolean;
  limit?: number;
  /** Leaves `value` an empty buffer, which is cheaper. */
  keysOnly?: boolean;
}

export interface KeyValueEntry {
  key: Buffer;
  value: Buffer;
}

export interface KeyValueWriter extends KeyValueReader {
  put(key: Buffer, value: Buffer): void;
  /** Puts a key that does not exist and that was not written before: cheaper than `put`. */
  add(key: Buffer, value: Buffer): void;
  delete(key: Buffer): void;
  /** Counters merge: two writers may add to the same one and neither conflicts. */
  addToCounter(key: Buffer, delta: number): void;
  /** Runs `work`; when it throws, all that it wrote is undone and the error goes on. */
  attempt<T>(work: () => T): T;
}

/** A pinned state of the store. Release it soon: while it lives, the file cannot reuse freed pages. */
export interface Snapshot extends KeyValueReader {
  release(): void;
}

/** `database.collection`, kept apart because a collection name may contain dots. */
export interface Namespace {
  database: string;
  collection: string;
}

/** One index as the planner sees it. The object is live: `multikey` and `longKeys` may turn true. */
export interface IndexInfo {
  readonly id: number;
  readonly name: string;
  /** Key pattern fields in order. For text indexes, see `text`. */
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly hidden: boolean;
  readonly kind: 'btree' | 'hashed' | 'text';
  readonly partialFilter?: MatchExpression;
  readonly partialFilterSpecification?: BsonDocument;
  readonly expireAfterSeconds?: number;
  /** The specification as listIndexes answers it: {v: 2, key, name, ...}. */
  readonly specification: BsonDocument;
  /** True once any document gave more than one entry. Never turns false again. */
  readonly multikey: boolean;
  /** Paths of the key pattern that were seen to be arrays. */
  readonly multikeyPaths: ReadonlySet<string>;
  /**
   * True once a key was too long for the store and was cut and hashed. Then the index still narrows
   * correctly, but its order among cut keys is not the value order and it must not serve a sort.
   */
  readonly longKeys: boolean;
  /** The planner must not use the index on a reader whose `sequence` is lower. */
  readonly since: number;
}

export interface IndexField {
  readonly path: string;
  readonly direction: 1 | -1;
}

/** One collection as the planner sees it. Live, like IndexInfo. */
export interface CollectionInfo {
  readonly id: number;
  readonly namespace: Namespace;
  readonly uuid: Binary;
  /** The options of `create`, as listCollections answers them. */
  readonly options: BsonDocument;
  /** The `_id` index is always the first. Only finished indexes are here. */
  readonly indexes: readonly IndexInfo[];
  /** Grows when indexes come or go; a plan made for another version is stale. */
  readonly version: number;
  /** Set once the collection is gone; a cursor that meets it fails with 175 QueryPlanKilled. */
  readonly dropped: boolean;
}

/** One position in an index. `keyBytes` are the encoded key components without the record id. */
export interface IndexEntry {
  keyBytes: Buffer;
  recordId: number;
}

/** Where a paused scan goes on: after this entry in scan direction. */
export interface IndexPosition {
  keyBytes: Buffer;
  recordId: number;
}

export interface IndexBounds {
  /** Inclusive lower end, as encodeKey gives it (may be empty: from the first entry). */
  start: Buffer;
  /** Exclusive upper end; undefined: to the last entry. */
  end: Buffer | undefined;
  /** All fields have one value: `start` is the only whole key in the range. */
  isPoint?: boolean;
  reverse?: boolean;
}

/** The logical session of a command, for retryable writes. */
export interface SessionReference {
  /** Bytes that name the logical session: its UUID, followed by the user digest if any. */
  readonly key: Buffer;
  readonly txnNumber?: bigint;
}

/**
 * What one running command may see and for how long. Made by `engine.createOperation`.
 * Outside a transaction `reader()` opens a snapshot at first use and keeps it until `release()`;
 * a cursor releases it between two batches. Always release in a `finally`.
 */
export interface OperationContext {
  reader(): KeyValueReader;
  /** Lets go of the snapshot; the next `reader()` opens a fresh one. Nothing inside a transaction. */
  release(): void;
  readonly transaction?: Transaction;
  readonly session?: SessionReference;
  /** Moment (Date.now() scale) after which checkInterrupted throws 50 MaxTimeMSExpired. */
  readonly deadline?: number;
  /** What its stages may hold; 100 MiB each and nothing on disk when absent. */
  readonly memory?: WorkingMemory;
  /** Throws 50 when the deadline passed, 11601 when the client is gone or the operation was killed. */
  checkInterrupted(): void;
  /** Call often in long loops: gives the event loop a turn when the time slice (5 ms) is over. */
  yieldPoint(): Promise<void> | undefined;
}

/** What the read phase of update, delete and findAndModify asks the planner. */
export interface CandidateQuery {
  match: MatchExpression;
  sort?: BsonDocument;
  limit?: number;
  hint?: Value;
  /** For the sort; the match has its own. */
  collation?: Collation;
}

/**
 * Finds the record ids of documents that match, in sort order, in chunks, each id once.
 * plan/ gives the one that uses indexes.
 */
export type CandidateFinder = (
  operation: OperationContext,
  collection: CollectionInfo,
  query: CandidateQuery,
) => AsyncGenerator<number[], void, void>;

export interface WriteError {
  index: number;
  code: number;
  message: string;
  keyPattern?: BsonDocument;
  keyValue?: BsonDocument;
  /** Other fields of the error, such as errInfo. */
  extra: ReadonlyMap<string, unknown>;
}

export interface InsertRequest {
  namespace: Namespace;
  /** Decoded, or as BSON. */
  documents: readonly (BsonDocument | Uint8Array)[];
  ordered: boolean;
  /** Statement ids of a retryable write; by default 0, 1, 2… */
  statementIds?: number[];
}

export interface InsertResult {
  inserted: number;
  writeErrors: WriteError[];
  /** Statement ids that were answered from the retryable-write table. */
  retriedStatementIds: number[];
}

export interface UpdateStatement {
  filter: BsonDocument;
  /** Replacement or modifiers (a document) or a pipeline (an array of stages). */
  update: BsonDocument | BsonDocument[];
  multi?: boolean;
  upsert?: boolean;
  arrayFilters?: BsonDocument[];
  hint?: Value;
  sort?: BsonDocument;
  /** Constants `c` of a pipeline update. */
  constants?: BsonDocument;
  collation?: Collation;
}

export interface UpdateRequest {
  namespace: Namespace;
  statements: UpdateStatement[];
  ordered: boolean;
  /** The command's `let`, evaluated, with NOW. */
  variables?: Variables;
  statementIds?: number[];
}

export interface UpdateResult {
  matched: number;
  modified: number;
  upserted: { index: number; id: Value }[];
  writeErrors: WriteError[];
  retriedStatementIds: number[];
}

export interface DeleteStatement {
  filter: BsonDocument;
  /** 1: at most one document; 0: every match. */
  limit: 0 | 1;
  hint?: Value;
  collation?: Collation;
}

export interface DeleteRequest {
  namespace: Namespace;
  statements: DeleteStatement[];
  ordered: boolean;
  /** The command's `let`, evaluated, with NOW. */
  variables?: Variables;
  statementIds?: number[];
}

export interface DeleteResult {
  deleted: number;
  writeErrors: WriteError[];
  retriedStatementIds: number[];
}

export interface FindAndModifyRequest {
  namespace: Namespace;
  filter: BsonDocument;
  sort?: BsonDocument;
  hint?: Value;
  /** The command's `let`, evaluated, with NOW. */
  variables?: Variables;
  /** Either remove, or update with its companions. */
  remove?: boolean;
  update?: BsonDocument | BsonDocument[];
  arrayFilters?: BsonDocument[];
  upsert?: boolean;
  /** Answer the document as it is after the update. */
  returnNew?: boolean;
  /** `fields` of the command. */
  projection?: BsonDocument;
  collation?: Collation;
  statementId?: number;
}

/** What the command's `value` and `lastErrorObject` are made of. */
export interface FindAndModifyResult {
  /** The document before or after, projected; undefined is answered as null. */
  value: BsonDocument | undefined;
  /** lastErrorObject.n */
  matched: number;
  updatedExisting: boolean;
  upsertedId: MaybeValue;
  retried: boolean;
}
