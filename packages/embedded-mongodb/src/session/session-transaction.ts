import { MongoServerError } from '../errors';
import type { Engine } from '../storage/engine';
import type { Transaction } from '../storage/transaction';
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

const TRANSIENT = { errorLabels: ['TransientTransactionError'] };

/**
 * Finds or starts the transaction that a command with `autocommit: false` belongs to.
 * @throws MongoServerError 225 TransactionTooOld, 251 NoSuchTransaction, 256 TransactionCommitted,
 *   50911 for a number that was used before.
 */
export function beginOrContinueTransaction(
  engine: Engine,
  session: LogicalSession,
  request: { txnNumber: bigint; start: boolean; isCommit: boolean },
  now: number,
): SessionTransaction {
  refuseOldNumber(session, request.txnNumber, 'transaction');
  if (request.start) return startTransaction(engine, session, request.txnNumber, now);
  const transaction = session.transaction;
  if (
    transaction?.number !== request.txnNumber ||
    session.transactionNumber !== request.txnNumber
  ) {
    throw new MongoServerError(
      'NoSuchTransaction',
      `Given transaction number ${request.txnNumber} does not match any in-progress transactions. The active transaction number is ${session.transactionNumber}`,
      TRANSIENT,
    );
  }
  if (transaction.state === 'aborted') throw abortedError(transaction);
  if (transaction.state === 'committed' && !request.isCommit) {
    throw new MongoServerError(
      'TransactionCommitted',
      `Transaction with { txnNumber: ${transaction.number} } has been committed.`,
    );
  }
  return transaction;
}

/** A commit may be repeated after a restart, when only the disk remembers the transaction. */
function recallCommit(
  engine: Engine,
  session: LogicalSession,
  txnNumber: bigint,
  now: number,
): void {
  if (txnNumber <= session.transactionNumber) return;
  if (!engine.wasCommitted({ key: session.key, txnNumber })) return;
  session.transactionNumber = txnNumber;
  session.transaction = { number: txnNumber, expiresAt: now, state: 'committed' };
}

function startTransaction(
  engine: Engine,
  session: LogicalSession,
  txnNumber: bigint,
  now: number,
): SessionTransaction {
  if (txnNumber === session.transactionNumber) {
    const state = session.transaction?.state ?? 'none';
    throw new MongoServerError(
      50911,
      `Cannot start a transaction at given transaction number ${txnNumber} a transaction with the same number is in state ${state}`,
    );
  }
  abortSessionTransaction(engine, session);
  session.transactionNumber = txnNumber;
  const handle = engine.beginTransaction({ key: session.key, txnNumber });
  session.transaction = {
    number: txnNumber,
    expiresAt: now + TRANSACTION_LIFETIME_MS,
    state: 'inProgress',
    handle,
  };
  return session.transaction;
}

/**
 * Notes the number of a retryable write; a newer one ends a transaction that is still open.
 * @throws MongoServerError 225 for a number that is older than the session's latest.
 */
export function beginRetryableWrite(
  engine: Engine,
  session: LogicalSession,
  txnNumber: bigint,
): void {
  refuseOldNumber(session, txnNumber, 'retryable write');
  if (txnNumber === session.transactionNumber) {
    if (session.transaction?.number !== txnNumber) return;
    throw new MongoServerError(
      'IncompleteTransactionHistory',
      `Cannot run a retryable write with txnNumber ${txnNumber}: it is the number of a transaction`,
    );
  }
  abortSessionTransaction(engine, session);
  session.transaction = undefined;
  session.transactionNumber = txnNumber;
}

/** Ends the session's transaction if one is in progress; harmless otherwise. */
export function abortSessionTransaction(engine: Engine, session: LogicalSession): void {
  const transaction = session.transaction;
  if (transaction?.state !== 'inProgress') return;
  transaction.state = 'aborted';
  if (transaction.handle) engine.abortTransaction(transaction.handle);
}

export function abortedError(transaction: SessionTransaction): MongoServerError {
  return new MongoServerError(
    'NoSuchTransaction',
    `Transaction with { txnNumber: ${transaction.number} } has been aborted.`,
    TRANSIENT,
  );
}

function refuseOldNumber(
  session: LogicalSession,
  txnNumber: bigint,
  kind: 'transaction' | 'retryable write',
): void {
  if (txnNumber >= session.transactionNumber) return;
  const latest = session.transactionNumber;
  const description = session.describe();
  throw new MongoServerError(
    'TransactionTooOld',
    kind === 'transaction'
      ? `Cannot start transaction with { txnNumber: ${txnNumber} } on session ${description} because a newer transaction with txnNumberAndRetryCounter { txnNumber: ${latest}, txnRetryCounter: 0 } has already started on this session.`
      : `Retryable write with txnNumber ${txnNumber} is prohibited on session ${description} because a newer retryable write with txnNumber ${latest} has already started on this session.`,
  );
}
