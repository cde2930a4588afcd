import { Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, MaybeValue } from '../values/types';
import { CommandArguments, isUuid, toNumber } from './arguments';
import type { CommandDefinition } from './command';
import {
  parseReadConcern,
  parseWriteConcern,
  type ReadConcern,
  type WriteConcern,
} from './concerns';

/** Fields that every command takes (the server's generic_argument.idl). */
export const GENERIC_FIELDS: readonly string[] = [
  '$db',
  '$readPreference',
  '$clusterTime',
  '$queryOptions',
  '$client',
  '$audit',
  '$replData',
  '$configServerState',
  '$oplogQueryData',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'autocommit',
  'clientOperationKey',
  'comment',
  'help',
  'lsid',
  'maxTimeMS',
  'maxTimeMSOpOnly',
  'readConcern',
  'startTransaction',
  'txnNumber',
  'txnRetryCounter',
  'writeConcern',
];

const MAX_INT32 = 2147483647;

/** The parsed generic fields of one command. */
export interface GenericArguments {
  readonly sessionId?: Buffer;
  readonly txnNumber?: bigint;
  /** `autocommit: false` was given: the command belongs to a multi-document transaction. */
  readonly inTransaction: boolean;
  readonly startTransaction: boolean;
  readonly readConcern?: ReadConcern;
  readonly writeConcern?: WriteConcern;
  readonly maxTimeMS?: number;
  readonly comment?: MaybeValue;
}

/** @throws MongoServerError for each combination that the server refuses before running anything. */
export function parseGenericArguments(
  body: BsonDocument,
  definition: CommandDefinition,
): GenericArguments {
  checkApiVersion(body, definition);
  const parsed = new CommandArguments(definition.name, body);
  const sessionId = parseSessionId(parsed);
  const transaction = parseTransactionFields(parsed, sessionId !== undefined, definition);
  return {
    ...(sessionId && { sessionId }),
    ...transaction,
    ...parseConcerns(parsed, definition, transaction.inTransaction),
    ...parseMaxTime(parsed),
    comment: body.get('comment'),
  };
}

function parseConcerns(
  parsed: CommandArguments,
  definition: CommandDefinition,
  inTransaction: boolean,
): Pick<GenericArguments, 'readConcern' | 'writeConcern'> {
  const readDocument = parsed.document('readConcern');
  const writeDocument = parsed.document('writeConcern');
  const readConcern = readDocument && parseReadConcern(readDocument, definition, inTransaction);
  const writeConcern = writeDocument && parseWriteConcern(writeDocument, definition);
  return { ...(readConcern && { readConcern }), ...(writeConcern && { writeConcern }) };
}

function parseMaxTime(parsed: CommandArguments): { maxTimeMS?: number } {
  const raw = parsed.raw('maxTimeMS');
  if (raw === undefined) return {};
  const value = toNumber(raw);
  if (value === undefined) {
    throw new MongoServerError('BadValue', `maxTimeMS must be a number, not ${bsonTypeName(raw)}`);
  }
  if (!Number.isInteger(value)) {
    throw new MongoServerError('BadValue', 'maxTimeMS has non-integral value');
  }
  if (value < 0 || value > MAX_INT32) {
    throw new MongoServerError(
      'BadValue',
      `${value} value for maxTimeMS is out of range [0, ${MAX_INT32}]`,
    );
  }
  return value === 0 ? {} : { maxTimeMS: value };
}

function parseSessionId(parsed: CommandArguments): Buffer | undefined {
  const lsid = parsed.document('lsid');
  if (!lsid) return undefined;
  const id = lsid.get('id');
  if (id === undefined) {
    throw new MongoServerError(
      40414,
      "BSON field 'OperationSessionInfo.lsid.id' is missing but a required field",
    );
  }
  if (!isUuid(id)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field 'OperationSessionInfo.lsid.id' is the wrong type '${bsonTypeName(id)}', expected type 'UUID'`,
    );
  }
  const userDigest = lsid.get('uid');
  const parts = [Buffer.from(id.buffer.subarray(0, 16))];
  if (
    userDigest !== undefined &&
    userDigest !== null &&
    typeof userDigest === 'object' &&
    'buffer' in userDigest
  ) {
    parts.push(Buffer.from(userDigest.buffer.subarray(0, userDigest.position)));
  }
  return Buffer.concat(parts);
}

function invalidOptions(message: string): MongoServerError {
  return new MongoServerError('InvalidOptions', message);
}

/** The rules of OperationSessionInfo: which of the transaction fields need which others. */
function parseTransactionFields(
  parsed: CommandArguments,
  hasSession: boolean,
  definition: CommandDefinition,
): Pick<GenericArguments, 'txnNumber' | 'inTransaction' | 'startTransaction'> {
  const txnNumber = parsed.long('txnNumber')?.toBigInt();
  const autocommit = parsed.boolean('autocommit');
  const startTransaction = parsed.boolean('startTransaction');
  if (txnNumber !== undefined && !hasSession) {
    throw invalidOptions('Transaction number requires a session ID to also be specified');
  }
  if (txnNumber !== undefined && txnNumber < 0n) {
    throw invalidOptions('Transaction number cannot be negative');
  }
  if (autocommit !== undefined && txnNumber === undefined) {
    throw invalidOptions("'autocommit' field requires a transaction number to also be specified");
  }
  if (autocommit === true) throw invalidOptions('Specifying autocommit=true is not allowed.');
  if (startTransaction !== undefined && autocommit === undefined) {
    throw invalidOptions(
      "'startTransaction' field requires 'autocommit' field to also be specified",
    );
  }
  if (startTransaction === false) {
    throw invalidOptions('Specifying startTransaction=false is not allowed.');
  }
  const inTransaction = autocommit === false;
  if (inTransaction && !definition.inTransaction) throw notInTransaction(definition.name);
  if (txnNumber !== undefined && !inTransaction && !definition.retryableWrite) {
    throw new MongoServerError(
      50768,
      `txnNumber may only be provided for multi-document transactions and retryable write commands. autocommit:false was not provided, and ${definition.name} is not a retryable write command.`,
    );
  }
  return {
    ...(txnNumber !== undefined && { txnNumber }),
    inTransaction,
    startTransaction: startTransaction === true,
  };
}

function notInTransaction(name: string): MongoServerError {
  const advice =
    name === 'count'
      ? ' Please see http://dochub.mongodb.org/core/transaction-count for a recommended alternative.'
      : '';
  return new MongoServerError(
    'OperationNotSupportedInTransaction',
    `Cannot run '${name}' in a multi-document transaction.${advice}`,
  );
}

/** Stable API (manual: "Stable API", parameters apiVersion, apiStrict, apiDeprecationErrors). */
function checkApiVersion(body: BsonDocument, definition: CommandDefinition): void {
  const version = body.get('apiVersion');
  if (version === undefined) {
    if (body.has('apiStrict') || body.has('apiDeprecationErrors')) {
      throw new MongoServerError(
        'APIVersionError',
        'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion',
      );
    }
    return;
  }
  if (version !== '1') {
    throw new MongoServerError('APIVersionError', 'API version must be "1"');
  }
  if (body.get('apiStrict') === true && !definition.stableApi) {
    throw new MongoServerError(
      'APIStrictError',
      `Provided apiStrict:true, but the command ${definition.name} is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at https://dochub.mongodb.org/core/manual-versioned-api`,
    );
  }
}

/** The gossiped cluster time of a request, if it has the right shape. */
export function gossipedClusterTime(body: BsonDocument): Timestamp | undefined {
  const gossip = body.get('$clusterTime');
  const time = gossip instanceof Map ? gossip.get('clusterTime') : undefined;
  return time instanceof Timestamp ? time : undefined;
}
