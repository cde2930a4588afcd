import { AssertionError } from 'node:assert';
import {
  MongoBulkWriteError,
  MongoError,
  MongoOperationTimeoutError,
  MongoServerError,
  type Document,
} from 'mongodb';
import type { Matcher } from './match';
import { isPlainDocument } from './match';
import type { ExpectedError } from './schema';

/** @throws AssertionError when the error is not the expected one. */
export function checkError(error: Error, expected: ExpectedError, matcher: Matcher): void {
  const check = (isRight: boolean, rule: string): void => {
    if (isRight) return;
    throw new AssertionError({ message: `${rule}, but got ${error.name}: ${error.message}` });
  };
  const { isClientError, isTimeoutError, errorContains, errorCode, errorCodeName } = expected;
  if (isClientError !== undefined) {
    check(!(error instanceof MongoServerError) === isClientError, `isClientError ${isClientError}`);
  }
  if (isTimeoutError !== undefined) {
    check(error instanceof MongoOperationTimeoutError === isTimeoutError, 'a timeout decides');
  }
  if (errorContains !== undefined) {
    const isContained = error.message.toLowerCase().includes(errorContains.toLowerCase());
    check(isContained, `expected "${errorContains}" in the message`);
  }
  const replies = repliesOf(error);
  if (errorCode !== undefined) {
    const codes = replies.map(({ code }) => code);
    check(codes.includes(errorCode), `expected code ${errorCode} in [${codes.join()}]`);
  }
  if (errorCodeName !== undefined) {
    const names = replies.map(({ codeName }) => codeName);
    check(names.includes(errorCodeName), `expected ${errorCodeName} in [${names.join()}]`);
  }
  checkLabels(error, expected, check);
  if (expected.errorResponse) {
    matcher.match(error instanceof MongoServerError && error.errorResponse, expected.errorResponse);
  }
  if (expected.expectResult !== undefined) {
    const result = error instanceof MongoBulkWriteError ? bulkResult(error) : undefined;
    matcher.match(result, expected.expectResult);
  }
}

function checkLabels(
  error: Error,
  { errorLabelsContain, errorLabelsOmit }: ExpectedError,
  check: (isRight: boolean, rule: string) => void,
): void {
  if (!errorLabelsContain && !errorLabelsOmit) return;
  const labelled = error instanceof MongoError ? error : undefined;
  const labels = labelled?.errorLabels.join() ?? '';
  for (const label of errorLabelsContain ?? []) {
    check(labelled?.hasErrorLabel(label) === true, `expected label ${label} in [${labels}]`);
  }
  for (const label of errorLabelsOmit ?? []) {
    check(labelled?.hasErrorLabel(label) !== true, `expected no label ${label} in [${labels}]`);
  }
}

/** The places where a driver's error keeps codes: itself, the reply, the write concern error. */
function repliesOf(error: Error): Document[] {
  const own = error as Error & Document;
  return [
    own,
    own.errorResponse,
    own.result,
    own.result?.writeConcernError,
    own.errorResponse?.writeConcernError,
    own.err,
  ].filter(isPlainDocument);
}

/** What a partly failed bulk write did, in the fields of its result. */
function bulkResult(error: MongoBulkWriteError): Document {
  const { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount } = error;
  const counts = { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount };
  return { ...counts, upsertedIds: error.upsertedIds, insertedIds: error.insertedIds };
}
