import { MongoServerError } from '../errors';
import type { WorkingMemory } from '../spill/working-memory';
import type { OperationOptions } from './engine';
import type { Store } from './store';
import type { TransactionState } from './transaction';
import type { KeyValueReader, OperationContext, SessionReference, Snapshot } from './types';

const SLICE_MS = 2;

/** The OperationContext of one command. */
export class Operation implements OperationContext {
  readonly transaction?: TransactionState;
  readonly session?: SessionReference;
  readonly deadline?: number;
  /** True when validators of collections do not apply. */
  readonly bypassesValidation: boolean;
  readonly memory?: WorkingMemory;
  private readonly interrupted: () => boolean;
  private snapshot: Snapshot | undefined;
  private sliceEnd = performance.now() + SLICE_MS;

  constructor(
    private readonly store: Store,
    options: OperationOptions,
  ) {
    this.transaction = options.transaction as TransactionState | undefined;
    this.session = options.session;
    this.bypassesValidation = options.bypassDocumentValidation === true;
    this.memory = options.memory;
    this.interrupted = options.interrupted ?? (() => false);
    if (options.maxTimeMS) this.deadline = Date.now() + options.maxTimeMS;
  }

  reader(): KeyValueReader {
    if (this.transaction) return this.transaction.reader;
    this.snapshot ??= this.store.snapshot();
    return this.snapshot;
  }

  release(): void {
    this.snapshot?.release();
    this.snapshot = undefined;
  }

  checkInterrupted(): void {
    if (this.deadline !== undefined && Date.now() >= this.deadline) {
      throw new MongoServerError('MaxTimeMSExpired', 'operation exceeded time limit');
    }
    if (this.interrupted()) {
      throw new MongoServerError('Interrupted', 'operation was interrupted');
    }
  }

  yieldPoint(): Promise<void> | undefined {
    return performance.now() < this.sliceEnd ? undefined : this.nextTurn();
  }

  private async nextTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.sliceEnd = performance.now() + SLICE_MS;
    this.checkInterrupted();
  }
}
