import { MongoServerError } from '../errors';
import type { Engine } from '../storage/engine';
import type { Transaction } from '../storage/transaction';
import type { CursorRegistry } from './cursors';
import type { LogicalSession } from './logical-sessions';

/** The server's transactionLifetimeLimitSeconds. */
export const TRANSACTION_LIFETIME_MS = 60_000;

/** A multi-document transaction as its session sees it; it outlives its storage side. */
export interface SessionTransaction {
  readonly number: bigint;
  readonly expiresAt: number;
  state: 'inProgress' | 'committed' | 'aborted';
  /** Absent when it was committed before the server started. */
  readonly handle?: Transaction;
}

export interface TransactionRequest {
  readonly txnNumber: bigint;
  readonly start: boolean;
  readonly isCommit: boolean;
}

const TRANSIENT = { errorLabels: ['TransientTransactionError'] };

/**
 * The transaction rules of sessions: numbers only grow, a session has at most one transaction, and
 * what became of it is remembered until the next one
 * (https://www.mongodb.com/docs/manual/core/transactions/).
 */
export class Transactions {
  constructor(
    private readonly engine: Engine,
    private readonly cursors: CursorRegistry,
    private readonly onFault: (error: Error) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Finds or starts the transaction that a command with `autocommit: false` belongs to.
   * @throws MongoServerError 225 TransactionTooOld, 251 NoSuchTransaction, 256 TransactionCommitted,
   *   50911 for a number that was used before.
   */
  beginOrContinue(session: LogicalSession, request: TransactionRequest): void {
    const { txnNumber } = request;
    this.refuseOldNumber(session, txnNumber, 'transaction');
    if (request.start) {
      this.start(session, txnNumber);
      return;
    }
    if (request.isCommit) this.recallCommit(session, txnNumber);
    const transaction = session.transaction;
    if (transaction?.number !== txnNumber || session.transactionNumber !== txnNumber) {
      throw new MongoServerError(
        'NoSuchTransaction',
        `Given transaction number ${txnNumber} does not match any in-progress transactions. The active transaction number is ${session.transactionNumber}`,
        TRANSIENT,
      );
    }
    if (transaction.state === 'aborted') throw abortedError(transaction);
    if (transaction.state === 'committed' && !request.isCommit) {
      throw new MongoServerError(
        'TransactionCommitted',
        `Transaction with { txnNumber: ${txnNumber} } has been committed.`,
      );
    }
  }

  /**
   * Notes the number of a retryable write; a newer one ends a transaction that is still open.
   * @throws MongoServerError 225 for a number that is older than the session's latest.
   */
  beginRetryableWrite(session: LogicalSession, txnNumber: bigint): void {
    this.refuseOldNumber(session, txnNumber, 'retryable write');
    if (txnNumber === session.transactionNumber) {
      if (session.transaction?.number !== txnNumber) return;
      throw new MongoServerError(
        'IncompleteTransactionHistory',
        `Cannot run a retryable write with txnNumber ${txnNumber}: it is the number of a transaction`,
      );
    }
    this.abort(session);
    session.transaction = undefined;
    session.transactionNumber = txnNumber;
  }

  /**
   * Commits; again and again with the same answer, because that is how a client learns the outcome
   * of a commit whose answer it lost.
   * @throws MongoServerError 112 with TransientTransactionError when it cannot be committed.
   */
  async commit(session: LogicalSession, transaction: SessionTransaction): Promise<void> {
    if (transaction.state === 'committed' || !transaction.handle) return;
    this.closeCursors(session, transaction);
    try {
      await this.engine.commitTransaction(transaction.handle);
    } catch (error) {
      transaction.state = 'aborted';
      throw error;
    }
    transaction.state = 'committed';
  }

  /** Ends the session's transaction if one is in progress; harmless otherwise. */
  abort(session: LogicalSession): void {
    const transaction = session.transaction;
    if (transaction?.state !== 'inProgress') return;
    transaction.state = 'aborted';
    this.closeCursors(session, transaction);
    if (transaction.handle) this.engine.abortTransaction(transaction.handle);
  }

  /** Ends an overlong transaction; a command that is running in it is interrupted first. */
  expire(session: LogicalSession): void {
    const transaction = session.transaction;
    if (transaction?.state !== 'inProgress' || transaction.expiresAt > this.now()) return;
    this.interruptAndAbort(session, transaction);
  }

  /** Ends a transaction that nobody will go on with, after the command that may run in it. */
  abandon(session: LogicalSession): void {
    if (session.transaction) this.abortInTurn(session, session.transaction);
  }

  /** The session is over. */
  endSession(session: LogicalSession): void {
    if (session.transaction) this.interruptAndAbort(session, session.transaction);
  }

  private interruptAndAbort(session: LogicalSession, transaction: SessionTransaction): void {
    for (const interruption of session.running) interruption.kill();
    this.abortInTurn(session, transaction);
  }

  private abortInTurn(session: LogicalSession, transaction: SessionTransaction): void {
    session
      .checkOut()
      .then((checkIn) => {
        if (session.transaction === transaction) this.abort(session);
        checkIn();
      })
      .catch(this.onFault);
  }

  private start(session: LogicalSession, txnNumber: bigint): void {
    if (txnNumber === session.transactionNumber) {
      const state = session.transaction?.state ?? 'none';
      throw new MongoServerError(
        50911,
        `Cannot start a transaction at given transaction number ${txnNumber} a transaction with the same number is in state ${state}`,
      );
    }
    this.abort(session);
    session.transactionNumber = txnNumber;
    session.transaction = {
      number: txnNumber,
      expiresAt: this.now() + TRANSACTION_LIFETIME_MS,
      state: 'inProgress',
      handle: this.engine.beginTransaction({ key: session.key, txnNumber }),
    };
  }

  /** A commit may be repeated after a restart, when only the disk remembers the transaction. */
  private recallCommit(session: LogicalSession, txnNumber: bigint): void {
    if (txnNumber <= session.transactionNumber) return;
    if (!this.engine.wasCommitted({ key: session.key, txnNumber })) return;
    session.transactionNumber = txnNumber;
    session.transaction = { number: txnNumber, expiresAt: this.now(), state: 'committed' };
  }

  /** Cursors of a transaction read from it and cannot outlive it. */
  private closeCursors(session: LogicalSession, transaction: SessionTransaction): void {
    this.cursors
      .killWhere(
        ({ options }) => options.session === session && options.txnNumber === transaction.number,
      )
      .catch(this.onFault);
  }

  private refuseOldNumber(
    session: LogicalSession,
    txnNumber: bigint,
    kind: 'transaction' | 'retryable write',
  ): void {
    const latest = session.transactionNumber;
    if (txnNumber >= latest) return;
    const description = session.describe();
    throw new MongoServerError(
      'TransactionTooOld',
      kind === 'transaction'
        ? `Cannot start transaction with { txnNumber: ${txnNumber} } on session ${description} because a newer transaction with txnNumberAndRetryCounter { txnNumber: ${latest}, txnRetryCounter: 0 } has already started on this session.`
        : `Retryable write with txnNumber ${txnNumber} is prohibited on session ${description} because a newer retryable write with txnNumber ${latest} has already started on this session.`,
    );
  }
}

function abortedError(transaction: SessionTransaction): MongoServerError {
  return new MongoServerError(
    'NoSuchTransaction',
    `Transaction with { txnNumber: ${transaction.number} } has been aborted.`,
    TRANSIENT,
  );
}
