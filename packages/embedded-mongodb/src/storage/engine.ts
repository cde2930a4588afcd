import type { WorkingMemory } from '../spill/working-memory';
import type { BsonDocument, Value } from '../values/types';
import type {
  CollectionInfo,
  DeleteRequest,
  DeleteResult,
  FindAndModifyRequest,
  FindAndModifyResult,
  InsertRequest,
  InsertResult,
  Namespace,
  OperationContext,
  SessionReference,
  UpdateRequest,
  UpdateResult,
} from './types';
import type { IndexModification } from './modify-index';
import type { Transaction } from './transaction';
import type { ViewDefinition } from './views';

export interface EngineOptions {
  /** Folder of the data; made when it does not exist. */
  dataDir: string;
  /** Milliseconds between two sweeps of TTL indexes. Default 60 000. */
  ttlIntervalMs?: number;
  /** The clock, for tests. */
  now?: () => Date;
  /** Told of errors of sweeps and purges, which no client waits for. Default: a process warning. */
  onBackgroundError?: (error: unknown) => void;
}

export interface OperationOptions {
  transaction?: Transaction;
  session?: SessionReference;
  /** maxTimeMS of the command. */
  maxTimeMS?: number;
  /** Of the command: its writes are not checked by validators of collections. */
  bypassDocumentValidation?: boolean;
  /** Answers true once the client is gone or the operation was killed. */
  interrupted?: () => boolean;
  memory?: WorkingMemory;
}

export interface DatabaseStatistics {
  collections: number;
  views: number;
  objects: number;
  dataSize: number;
  indexes: number;
}

/**
 * The storage engine of one data directory: what the commands need of it. Reads go through an
 * OperationContext and storage/collection; everything that writes is here and answers only after its
 * effect is on disk.
 */
export interface Engine {
  createOperation(options?: OperationOptions): OperationContext;

  /**
   * Undefined when it does not exist. Inside a transaction also those that it created. Throws 166
   * CommandNotSupportedOnView for a view.
   */
  getCollection(operation: OperationContext, namespace: Namespace): CollectionInfo | undefined;
  /** The definition when the name is that of a view. */
  getView(operation: OperationContext, namespace: Namespace): ViewDefinition | undefined;
  /** Collections and views. */
  listCollections(operation: OperationContext, database: string): CollectionInfo[];
  listDatabases(operation: OperationContext): string[];

  insertMany(operation: OperationContext, request: InsertRequest): Promise<InsertResult>;
  updateDocuments(operation: OperationContext, request: UpdateRequest): Promise<UpdateResult>;
  deleteDocuments(operation: OperationContext, request: DeleteRequest): Promise<DeleteResult>;
  findAndModify(
    operation: OperationContext,
    request: FindAndModifyRequest,
  ): Promise<FindAndModifyResult>;

  /** `create`. Refuses what is not supported; 48 NamespaceExists when it exists with other options. */
  createCollection(
    operation: OperationContext,
    namespace: Namespace,
    options: BsonDocument,
  ): Promise<void>;
  /**
   * `create` of a view whose pipeline is known to compile. Throws 5 and 165 when views would stand on
   * themselves or too many on each other, 48 when the name is taken.
   */
  createView(operation: OperationContext, view: ViewDefinition): Promise<void>;
  /** `collMod` of a view. Throws 5, 26, 72 for a collection, 165. */
  modifyView(operation: OperationContext, view: ViewDefinition): Promise<void>;
  /** `drop`. False when there was none. */
  dropCollection(operation: OperationContext, namespace: Namespace): Promise<DropResult>;
  /** `dropDatabase`. False when there was none. */
  dropDatabase(operation: OperationContext, database: string): Promise<boolean>;
  /** `renameCollection`. */
  renameCollection(
    operation: OperationContext,
    from: Namespace,
    to: Namespace,
    options: { dropTarget: boolean },
  ): Promise<void>;
  /** Atomically puts the documents in the place of whatever `namespace` holds, keeping its indexes ($out). */
  replaceCollection(
    operation: OperationContext,
    namespace: Namespace,
    documents: AsyncIterable<BsonDocument[]>,
  ): Promise<void>;
  /** `createIndexes`, with the specifications as the command gives them. All or nothing. */
  createIndexes(
    operation: OperationContext,
    namespace: Namespace,
    specifications: BsonDocument[],
  ): Promise<CreateIndexesResult>;
  /** `dropIndexes`: `index` as the command gives it: '*', a name, names, or a key pattern. */
  dropIndexes(
    operation: OperationContext,
    namespace: Namespace,
    index: Value,
  ): Promise<DropIndexesResult>;
  /** `collMod` of collection options. Throws 26 NamespaceNotFound, 238 NotImplemented. */
  modifyCollection(
    operation: OperationContext,
    namespace: Namespace,
    changes: BsonDocument,
  ): Promise<void>;
  /** `collMod` of the limits of a capped collection. Throws 26 NamespaceNotFound, 72 InvalidOptions. */
  modifyCap(
    operation: OperationContext,
    namespace: Namespace,
    limits: { readonly size?: number; readonly max?: number },
  ): Promise<void>;
  /**
   * `convertToCapped`: the newest documents that fit stay, in their order; secondary indexes go.
   * Throws 26 NamespaceNotFound, 2 BadValue.
   */
  convertToCapped(operation: OperationContext, namespace: Namespace, size: Value): Promise<void>;
  /**
   * Resolves once documents were written to the collection after the state `sequence`, when it was
   * dropped, and after `milliseconds` in any case.
   */
  waitForInsert(collection: CollectionInfo, sequence: number, milliseconds: number): Promise<void>;
  /**
   * `collMod` of an index: expireAfterSeconds, hidden, prepareUnique, unique. Answers the specification
   * before and after. Throws 359 with `violations` when it cannot be unique.
   */
  modifyIndex(
    operation: OperationContext,
    namespace: Namespace,
    index: BsonDocument,
    options?: { dryRun?: boolean },
  ): Promise<IndexModification>;

  /** Throws 112 with TransientTransactionError when too many are open. */
  beginTransaction(session: SessionReference): Transaction;
  /** Answers after the transaction is on disk. 112 with TransientTransactionError when it cannot be. */
  commitTransaction(transaction: Transaction): Promise<void>;
  abortTransaction(transaction: Transaction): void;
  /** True when a transaction of this session and number was committed, also before a restart. */
  wasCommitted(session: SessionReference): boolean;
  /** Forgets the retryable-write results of an ended session. */
  forgetSession(sessionKey: Buffer): Promise<void>;

  databaseStatistics(operation: OperationContext, database: string): DatabaseStatistics;
  /** One TTL sweep now; answers the number of documents deleted. */
  sweepExpired(): Promise<number>;
  close(): Promise<void>;
}

export interface DropResult {
  dropped: boolean;
  wasView: boolean;
  indexesWas: number;
}

export interface CreateIndexesResult {
  indexesBefore: number;
  indexesAfter: number;
  createdCollectionAutomatically: boolean;
  /** 'all indexes already exist' when there was nothing to do. */
  note?: string;
}

export interface DropIndexesResult {
  indexesWas: number;
  /** Set when '*' was asked, as the server says it. */
  message?: string;
}
