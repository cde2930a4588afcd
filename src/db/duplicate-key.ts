import { mongo } from 'mongoose';

/** MongoDB's DuplicateKey. */
const DUPLICATE_KEY = 11000;

/** Whether a write failed because a unique index already holds its key. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * Runs an upsert, once more when another one has just inserted the same key: the second run finds
 * that row (MongoDB manual, "Upsert with Unique Index").
 */
export async function retryUpsert<Result>(upsert: () => Promise<Result>): Promise<Result> {
  try {
    return await upsert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return upsert();
  }
}
