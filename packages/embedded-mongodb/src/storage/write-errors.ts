import { ERROR_CODES, MongoServerError } from '../errors';
import type { BsonDocument } from '../values/types';
import type { Operation } from './operation';
import type { WriteError } from './types';

/** Errors that end the whole command, not only the statement that met them. */
const COMMAND_ERRORS = new Set<number>([
  ERROR_CODES.WriteConflict,
  ERROR_CODES.MaxTimeMSExpired,
  ERROR_CODES.Interrupted,
  ERROR_CODES.InterruptedAtShutdown,
  ERROR_CODES.OutOfDiskSpace,
  ERROR_CODES.InternalError,
  ERROR_CODES.InvalidBSON,
  ERROR_CODES.NoSuchTransaction,
  ERROR_CODES.SnapshotUnavailable,
]);

/** The `writeErrors` entry of statement `index`. Rethrows what is not the statement's own error. */
export function toWriteError(error: unknown, index: number, operation: Operation): WriteError {
  if (!(error instanceof MongoServerError) || COMMAND_ERRORS.has(error.code)) throw error;
  if (operation.transaction && error.errorLabels.length > 0) throw error;
  const extra = new Map(error.extra);
  const keyPattern = extra.get('keyPattern') as BsonDocument | undefined;
  const keyValue = extra.get('keyValue') as BsonDocument | undefined;
  extra.delete('keyPattern');
  extra.delete('keyValue');
  return { index, code: error.code, message: error.message, keyPattern, keyValue, extra };
}
