import { Double, Int32 } from 'bson';
import { codeNameOf, type MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';

/** Where an error happened decides which labels it carries. */
export interface ErrorSetting {
  readonly inTransaction: boolean;
  readonly isCommitOrAbort: boolean;
  readonly isRetryableWrite: boolean;
}

export const NO_SETTING: ErrorSetting = {
  inTransaction: false,
  isCommitOrAbort: false,
  isRetryableWrite: false,
};

/** The server's RetriableError category (error_codes.yml). */
const RETRIABLE = new Set([
  6, 7, 89, 91, 134, 189, 262, 358, 9001, 10107, 11600, 11602, 13435, 13436,
]);
const NO_SUCH_TRANSACTION = 251;
const TRANSIENT = 'TransientTransactionError';
/** WriteConflict, LockTimeout, PreparedTransactionInProgress and the SnapshotError category. */
const ALWAYS_TRANSIENT = new Set([112, 24, 267, 239, 246, 250, 272]);

/**
 * The labels that tell a driver what may be retried
 * (specifications: "Transactions" and "Retryable Writes", section "Error Labels").
 */
export function errorLabels(code: number, setting: ErrorSetting): string[] {
  const labels: string[] = [];
  if (setting.inTransaction && isTransient(code, setting)) labels.push(TRANSIENT);
  const mayRetryWrite =
    setting.isCommitOrAbort || (setting.isRetryableWrite && !setting.inTransaction);
  if (mayRetryWrite && RETRIABLE.has(code)) labels.push('RetryableWriteError');
  return labels;
}

/**
 * The labels of a reply that succeeded but for its write concern. Such a transaction is not over, so
 * that nothing is transient about it (the server's ErrorLabelBuilder).
 */
export function concernErrorLabels(code: number, setting: ErrorSetting): string[] {
  return errorLabels(code, setting).filter((label) => label !== TRANSIENT);
}

function isTransient(code: number, setting: ErrorSetting): boolean {
  if (ALWAYS_TRANSIENT.has(code) || code === NO_SUCH_TRANSACTION) return true;
  return !setting.isCommitOrAbort && RETRIABLE.has(code);
}

/** The fields of a failed command's reply, without the ones every reply ends with. */
export function errorFields(error: MongoServerError, setting: ErrorSetting): BsonDocument {
  const fields = new Map<string, Value>();
  const labels = [...new Set([...error.errorLabels, ...errorLabels(error.code, setting)])];
  if (labels.length > 0) fields.set('errorLabels', labels);
  fields.set('ok', new Double(0));
  fields.set('errmsg', error.message);
  fields.set('code', new Int32(error.code));
  fields.set('codeName', codeNameOf(error.code));
  for (const [name, value] of error.extra) fields.set(name, value as Value);
  return fields;
}

/** One entry of a write command's `writeErrors`. */
export function writeErrorDocument(
  index: number,
  code: number,
  message: string,
  extra: Iterable<readonly [string, Value]>,
): BsonDocument {
  return new Map<string, Value>([
    ['index', new Int32(index)],
    ['code', new Int32(code)],
    ['errmsg', message],
    ...extra,
  ]);
}
