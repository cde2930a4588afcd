import type { BsonDocument, Value } from '../values/types';
import { renewCollatedEntries } from './collated-renewal';
import { Catalog, type Collection } from './catalog';
import { countRecords, dataSize } from './collection';
import * as collections from './collection-operations';
import { commitTransaction } from './commit';
import { deleteDocuments } from './delete';
import type {
  CreateIndexesResult,
  DatabaseStatistics,
  DropIndexesResult,
  DropResult,
  Engine,
  EngineOptions,
  OperationOptions,
} from './engine';
import { SweepTimer, sweepExpiredDocuments, sweepOldStatements } from './expiry';
import { findAndModify } from './find-and-modify';
import { GarbageCollector } from './garbage';
import * as indexes from './index-operations';
import { insertMany } from './insert';
import { LockTable, writeConflict } from './locks';
import { modifyIndex, type IndexModification } from './modify-index';
import { Operation } from './operation';
import { convertToCapped, replaceCollection } from './replace-collection';
import { forgetSession, wasCommitted } from './retry-table';
import { Store } from './store';
import { TransactionState, type Transaction } from './transaction';
import type {
  CandidateFinder,
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
import { updateDocuments } from './update';
import { createView, modifyView } from './view-operations';
import { viewOf, type ViewDefinition } from './views';
import { waitForInsert } from './wait-for-insert';
import { findCollection, findCollectionOrView } from './writer';

const TTL_INTERVAL_MS = 60_000;
/** Each pins a state; the commands outside transactions must be able to read as well. */
const MOST_TRANSACTIONS = 2048;

type Parts = collections.CatalogParts;

/** The storage engine over one data directory. */
export class StorageEngine implements Engine {
  private readonly sweeper: SweepTimer;
  private readonly openTransactions = new Set<TransactionState>();

  private constructor(
    private readonly parts: Parts,
    options: EngineOptions,
    report: (error: unknown) => void,
  ) {
    this.sweeper = new SweepTimer(
      async () => {
        await sweepExpiredDocuments(parts);
        await sweepOldStatements(parts);
      },
      options.ttlIntervalMs ?? TTL_INTERVAL_MS,
      report,
    );
    void parts.garbage.collect();
  }

  /** Opens or creates the data directory. `findCandidates` is the planner's. Throws as Store.open. */
  static async open(
    options: EngineOptions,
    findCandidates: CandidateFinder,
  ): Promise<StorageEngine> {
    const store = await Store.open(options.dataDir);
    const locks = new LockTable();
    store.listen(locks);
    const snapshot = store.snapshot();
    try {
      const catalog = Catalog.load(snapshot);
      await renewCollatedEntries(store, catalog);
      const report =
        options.onBackgroundError ?? ((error): void => process.emitWarning(String(error)));
      const garbage = new GarbageCollector(store, report);
      const now = options.now ?? ((): Date => new Date());
      const parts = { store, catalog, locks, garbage, findCandidates, now };
      return new StorageEngine(parts, options, report);
    } finally {
      snapshot.release();
    }
  }

  createOperation(options: OperationOptions = {}): OperationContext {
    return new Operation(this.parts.store, options);
  }

  getCollection(operation: OperationContext, namespace: Namespace): CollectionInfo | undefined {
    return findCollection(this.parts, operation, namespace);
  }

  getView(operation: OperationContext, namespace: Namespace): ViewDefinition | undefined {
    const found = findCollectionOrView(this.parts, operation, namespace);
    return found && viewOf(found);
  }

  listCollections(operation: OperationContext, database: string): CollectionInfo[] {
    const created = (operation as Operation).transaction?.created ?? [];
    const own = created.filter(({ namespace }) => namespace.database === database);
    return [...this.parts.catalog.collectionsOf(database), ...own];
  }

  listDatabases(): string[] {
    return this.parts.catalog.databaseNames();
  }

  insertMany(operation: OperationContext, request: InsertRequest): Promise<InsertResult> {
    return insertMany(this.parts, operation as Operation, request);
  }

  updateDocuments(operation: OperationContext, request: UpdateRequest): Promise<UpdateResult> {
    return updateDocuments(this.parts, operation as Operation, request);
  }

  deleteDocuments(operation: OperationContext, request: DeleteRequest): Promise<DeleteResult> {
    return deleteDocuments(this.parts, operation as Operation, request);
  }

  findAndModify(
    operation: OperationContext,
    request: FindAndModifyRequest,
  ): Promise<FindAndModifyResult> {
    return findAndModify(this.parts, operation as Operation, request);
  }

  createCollection(
    operation: OperationContext,
    namespace: Namespace,
    options: BsonDocument,
  ): Promise<void> {
    return collections.createCollection(this.parts, operation as Operation, namespace, options);
  }

  createView(operation: OperationContext, view: ViewDefinition): Promise<void> {
    return createView(this.parts, operation as Operation, view);
  }

  modifyView(operation: OperationContext, view: ViewDefinition): Promise<void> {
    return modifyView(this.parts, operation as Operation, view);
  }

  dropCollection(operation: OperationContext, namespace: Namespace): Promise<DropResult> {
    return collections.dropCollection(this.parts, operation as Operation, namespace);
  }

  dropDatabase(operation: OperationContext, database: string): Promise<boolean> {
    return collections.dropDatabase(this.parts, operation as Operation, database);
  }

  renameCollection(
    operation: OperationContext,
    from: Namespace,
    to: Namespace,
    { dropTarget }: { dropTarget: boolean },
  ): Promise<void> {
    const change = { from, to, dropTarget };
    return collections.renameCollection(this.parts, operation as Operation, change);
  }

  replaceCollection(
    operation: OperationContext,
    namespace: Namespace,
    documents: AsyncIterable<BsonDocument[]>,
  ): Promise<void> {
    return replaceCollection(this.parts, operation as Operation, namespace, documents);
  }

  createIndexes(
    operation: OperationContext,
    namespace: Namespace,
    specifications: BsonDocument[],
  ): Promise<CreateIndexesResult> {
    return indexes.createIndexes(this.parts, operation as Operation, namespace, specifications);
  }

  dropIndexes(
    operation: OperationContext,
    namespace: Namespace,
    index: Value,
  ): Promise<DropIndexesResult> {
    return indexes.dropIndexes(this.parts, operation as Operation, namespace, index);
  }

  modifyCollection(
    operation: OperationContext,
    namespace: Namespace,
    changes: BsonDocument,
  ): Promise<void> {
    return collections.modifyCollection(this.parts, operation as Operation, namespace, changes);
  }

  modifyCap(
    operation: OperationContext,
    namespace: Namespace,
    limits: { readonly size?: number; readonly max?: number },
  ): Promise<void> {
    return collections.modifyCap(this.parts, operation as Operation, namespace, limits);
  }

  convertToCapped(operation: OperationContext, namespace: Namespace, size: Value): Promise<void> {
    return convertToCapped(this.parts, operation as Operation, namespace, size);
  }

  waitForInsert(collection: CollectionInfo, sequence: number, milliseconds: number): Promise<void> {
    return waitForInsert(this.parts.store, collection as Collection, sequence, milliseconds);
  }

  modifyIndex(
    operation: OperationContext,
    namespace: Namespace,
    index: BsonDocument,
    options?: { dryRun?: boolean },
  ): Promise<IndexModification> {
    return modifyIndex(this.parts, operation as Operation, namespace, index, options);
  }

  beginTransaction(session: SessionReference): Transaction {
    const { store, locks } = this.parts;
    if (this.openTransactions.size >= MOST_TRANSACTIONS) throw writeConflict();
    const transaction = new TransactionState(session, store.snapshot(), locks);
    this.openTransactions.add(transaction);
    void transaction.finished.then(() => this.openTransactions.delete(transaction));
    return transaction;
  }

  commitTransaction(transaction: Transaction): Promise<void> {
    return commitTransaction(this.parts, transaction as TransactionState);
  }

  abortTransaction(transaction: Transaction): void {
    (transaction as TransactionState).finish('aborted');
  }

  wasCommitted(session: SessionReference): boolean {
    const snapshot = this.parts.store.snapshot();
    try {
      return wasCommitted(snapshot, session);
    } finally {
      snapshot.release();
    }
  }

  forgetSession(sessionKey: Buffer): Promise<void> {
    return this.parts.store.write((writer) => forgetSession(writer, sessionKey));
  }

  databaseStatistics(operation: OperationContext, database: string): DatabaseStatistics {
    const reader = operation.reader();
    const statistics = { collections: 0, views: 0, objects: 0, dataSize: 0, indexes: 0 };
    for (const collection of this.listCollections(operation, database)) {
      if (viewOf(collection)) statistics.views += 1;
      else statistics.collections += 1;
      statistics.objects += countRecords(reader, collection);
      statistics.dataSize += dataSize(reader, collection);
      statistics.indexes += collection.indexes.length;
    }
    return statistics;
  }

  sweepExpired(): Promise<number> {
    return sweepExpiredDocuments(this.parts);
  }

  /** Open transactions are aborted; queued writes still reach the disk. */
  async close(): Promise<void> {
    await this.sweeper.stop();
    for (const transaction of this.openTransactions) transaction.finish('aborted');
    await this.parts.garbage.stop();
    await this.parts.store.close();
  }
}
