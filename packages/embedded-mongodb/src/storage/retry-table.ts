import { Int32, Long } from 'bson';
import { decodeDocument, encodeDocument } from '../values/codec';
import { asSafeInteger } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';
import { prefixEnd, retryKey, retryPrefix, retryRange } from './keys';
import type { KeyValueReader, KeyValueWriter, SessionReference } from './types';

/** The statement id under which a transaction's commit is noted. */
const COMMIT_STATEMENT = 0xffff_ffff;

/** What a retryable write did, enough to answer it again. */
export interface StatementRecord {
  /** How many statements, from this id on, this record answers for. */
  readonly count: number;
  readonly result: BsonDocument;
}

/** The result of a statement that ran before under the same session and number, or undefined. */
export function findStatement(
  reader: KeyValueReader,
  session: SessionReference | undefined,
  statementId: number,
): StatementRecord | undefined {
  if (session?.txnNumber === undefined) return undefined;
  const bytes = reader.get(retryKey(session.key, statementId));
  if (!bytes) return undefined;
  const record = decodeDocument(bytes);
  if ((record.get('txnNumber') as Long).toBigInt() !== session.txnNumber) return undefined;
  return {
    count: asSafeInteger(record.get('count')) ?? 1,
    result: record.get('result') as BsonDocument,
  };
}

/** Notes what a statement did, in the same atomic write as the deed. Nothing without a number. */
export function recordStatement(
  writer: KeyValueWriter,
  session: SessionReference | undefined,
  statementId: number,
  { count, result }: StatementRecord,
): void {
  if (session?.txnNumber === undefined) return;
  if (statementId === 0) removeOtherNumbers(writer, session);
  const record: BsonDocument = new Map<string, Value>([
    ['txnNumber', Long.fromBigInt(session.txnNumber)],
    ['at', new Date()],
    ['count', new Int32(count)],
    ['result', result],
  ]);
  writer.put(retryKey(session.key, statementId), encodeDocument(record));
}

/** Notes that the session's transaction was committed, for a commit that is sent again. */
export function recordCommit(writer: KeyValueWriter, session: SessionReference): void {
  removeOtherNumbers(writer, session);
  recordStatement(writer, session, COMMIT_STATEMENT, { count: 1, result: new Map() });
}

export function wasCommitted(reader: KeyValueReader, session: SessionReference): boolean {
  return findStatement(reader, session, COMMIT_STATEMENT) !== undefined;
}

/** Removes everything of a session. */
export function forgetSession(writer: KeyValueWriter, sessionKey: Buffer): void {
  const start = retryPrefix(sessionKey);
  const keys = [...writer.range({ start, end: prefixEnd(start), keysOnly: true })];
  for (const { key } of keys) writer.delete(key);
}

/** Keys of records that were written before `moment`, at most `limit`. */
export function expiredStatementKeys(
  reader: KeyValueReader,
  moment: Date,
  limit: number,
): Buffer[] {
  const keys: Buffer[] = [];
  for (const { key, value } of reader.range(retryRange())) {
    const at = decodeDocument(value).get('at');
    if (at instanceof Date && at < moment) keys.push(key);
    if (keys.length >= limit) break;
  }
  return keys;
}

/** A newer number of the session makes the results of older ones useless. */
function removeOtherNumbers(writer: KeyValueWriter, session: SessionReference): void {
  const start = retryPrefix(session.key);
  for (const { key, value } of [...writer.range({ start, end: prefixEnd(start) })]) {
    const number = decodeDocument(value).get('txnNumber') as Long;
    if (number.toBigInt() !== session.txnNumber) writer.delete(key);
  }
}
