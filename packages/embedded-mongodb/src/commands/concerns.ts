import { Int32, type Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, Value } from '../values/types';
import { CommandArguments, toNumber } from './arguments';
import type { CommandDefinition } from './command';

export type ReadConcernLevel = 'local' | 'available' | 'majority' | 'linearizable' | 'snapshot';

export interface ReadConcern {
  readonly level?: ReadConcernLevel;
  readonly afterClusterTime?: Timestamp;
  readonly atClusterTime?: Timestamp;
}

export interface WriteConcern {
  readonly w: number | string;
  readonly wtimeout: number;
}

const LEVELS = new Set(['local', 'available', 'majority', 'linearizable', 'snapshot']);
const READ_CONCERN_FIELDS = new Set([
  'level',
  'afterClusterTime',
  'atClusterTime',
  'afterOpTime',
  'provenance',
  'allowTransactionTableSnapshot',
  'waitLastStableRecoveryTimestamp',
]);
const WRITE_CONCERN_FIELDS = new Set([
  'w',
  'j',
  'wtimeout',
  'fsync',
  'provenance',
  'wElectionId',
  'wOpTime',
  'getLastError',
]);
const MAX_MEMBERS = 50;

/**
 * A one-member set satisfies every level: what is acknowledged is durable and can never roll back.
 * @param inTransaction then the concern is that of the whole transaction, and any command may be
 *   the first to carry it, also a write (manual: Transactions, "Transactions and Read Concern").
 * @throws MongoServerError for unknown levels and commands that take no read concern.
 */
export function parseReadConcern(
  document: BsonDocument,
  definition: CommandDefinition,
  inTransaction: boolean,
): ReadConcern {
  const parsed = new CommandArguments('readConcern', document);
  parsed.refuseUnknownFields(READ_CONCERN_FIELDS);
  const level = parsed.string('level');
  if (level !== undefined && !LEVELS.has(level)) {
    throw new MongoServerError(
      'BadValue',
      `Enumeration value '${level}' for field 'readConcern.level' is not a valid value.`,
    );
  }
  const afterClusterTime = parsed.timestamp('afterClusterTime');
  const atClusterTime = parsed.timestamp('atClusterTime');
  const takesLevel = definition.readConcern || definition.inheritsReadConcern || inTransaction;
  if (!takesLevel && level !== undefined && level !== 'local') {
    throw new MongoServerError(
      'InvalidOptions',
      `Command ${definition.name} does not support { readConcern: { level: "${level}", provenance: "clientSupplied" } } :: caused by :: read concern not supported`,
    );
  }
  if (afterClusterTime && atClusterTime) {
    throw new MongoServerError(
      'InvalidOptions',
      'Specifying a timestamp for both afterClusterTime and atClusterTime is not allowed',
    );
  }
  return {
    ...(level !== undefined && { level: level as ReadConcernLevel }),
    ...(afterClusterTime && { afterClusterTime }),
    ...(atClusterTime && { atClusterTime }),
  };
}

/** @throws MongoServerError for malformed concerns and commands that take none. */
export function parseWriteConcern(
  document: BsonDocument,
  definition: CommandDefinition,
): WriteConcern {
  if (!definition.writeConcern) {
    throw new MongoServerError(
      'InvalidOptions',
      `Command ${definition.name} does not support writeConcern`,
    );
  }
  const parsed = new CommandArguments('writeConcern', document);
  parsed.refuseUnknownFields(WRITE_CONCERN_FIELDS);
  parsed.boolean('j');
  return { w: parseMembers(document.get('w')), wtimeout: parsed.number('wtimeout') ?? 0 };
}

function parseMembers(w: Value | undefined): number | string {
  if (w === undefined) return 1;
  if (typeof w === 'string') return w;
  const number = toNumber(w);
  if (number === undefined) {
    throw new MongoServerError(
      'FailedToParse',
      `w has to be a number, string, or object; found: ${bsonTypeName(w)}`,
    );
  }
  if (number < 0 || number > MAX_MEMBERS) {
    throw new MongoServerError(
      'FailedToParse',
      `w has to be a non-negative number and not greater than ${MAX_MEMBERS}; found: ${number}`,
    );
  }
  return number;
}

/**
 * The `writeConcernError` of a concern that a one-member set cannot satisfy; the write itself stands,
 * as on the server.
 */
export function writeConcernError(concern: WriteConcern | undefined): BsonDocument | undefined {
  if (!concern || concern.w === 'majority') return undefined;
  if (typeof concern.w === 'number' && concern.w <= 1) return undefined;
  const errorInfo = new Map<string, Value>([
    [
      'writeConcern',
      new Map<string, Value>([
        ['w', typeof concern.w === 'number' ? new Int32(concern.w) : concern.w],
        ['wtimeout', new Int32(concern.wtimeout)],
        ['provenance', 'clientSupplied'],
      ]),
    ],
  ]);
  const isTag = typeof concern.w === 'string';
  return new Map<string, Value>([
    ['code', new Int32(isTag ? 79 : 100)],
    ['codeName', isTag ? 'UnknownReplWriteConcern' : 'UnsatisfiableWriteConcern'],
    [
      'errmsg',
      isTag
        ? `No write concern mode named '${concern.w}' found in replica set configuration`
        : 'Not enough data-bearing nodes',
    ],
    ['errInfo', errorInfo],
  ]);
}
