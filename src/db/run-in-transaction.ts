import mongoose, { mongo, type ClientSession } from 'mongoose';

/** MongoDB's IllegalOperation: what a standalone server answers to the first write of a transaction. */
const ILLEGAL_OPERATION = 20;

/**
 * Runs `work` in a transaction of the default connection and commits it. The driver repeats `work`
 * on transient errors (write conflicts, failover), so it must hold no side effects outside the database.
 * A standalone server knows no transactions; there `work` runs once with no session, and
 * must order its writes so that the row decides and the counter follows.
 * @param work does every read and write with the session that it is given
 * @returns what `work` returns
 * @throws whatever `work` throws, after everything it wrote is rolled back
 */
export async function runInTransaction<T>(
  work: (session: ClientSession | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await mongoose.connection.transaction((session) => work(session), {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
    });
  } catch (error) {
    if (isTransactionUnsupported(error)) return work(undefined);
    throw error;
  }
}

function isTransactionUnsupported(error: unknown): boolean {
  return (
    error instanceof mongo.MongoServerError &&
    error.code === ILLEGAL_OPERATION &&
    error.message.startsWith('Transaction numbers')
  );
}
