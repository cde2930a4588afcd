import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { DeleteStatement, UpdateStatement, WriteError } from '../storage/types';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { bsonTypeName } from '../values/compare';
import { MAX_WRITE_BATCH_SIZE } from '../wire/protocol';
import type { CommandReply } from '../wire/reply-writer';
import { CommandArguments, toNumber } from './arguments';
import { reply, type CommandDefinition, type Invocation } from './command';
import { writeErrorDocument } from './error-reply';
import { namespaceOf } from './namespaces';
import { collationOf } from './collation';
import { commandVariables } from './query-options';

const COMMON_FIELDS = [
  'ordered',
  'bypassDocumentValidation',
  'stmtId',
  'stmtIds',
  'collectionUUID',
  'encryptionInformation',
];
const UPDATE_STATEMENT_FIELDS = new Set([
  'q',
  'u',
  'c',
  'multi',
  'upsert',
  'upsertSupplied',
  'collation',
  'arrayFilters',
  'hint',
]);
const DELETE_STATEMENT_FIELDS = new Set(['q', 'limit', 'collation', 'hint']);

interface WriteOutcome {
  readonly writeErrors: readonly WriteError[];
  readonly retriedStatementIds: readonly number[];
}

async function insert(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  // Decoded chunk by chunk: all at once, many documents would hold up the other clients.
  const documents =
    invocation.rawDocuments ?? parsed.documents('documents') ?? parsed.missing('documents');
  assertBatchSize(documents.length);
  const result = await server.engine.insertMany(operation, {
    namespace,
    documents,
    ordered: parsed.boolean('ordered') ?? true,
    ...statementIds(parsed, documents.length),
  });
  return finishWrite(invocation, result, [['n', new Int32(result.inserted)]]);
}

async function update(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const specifications = parsed.documents('updates') ?? parsed.missing('updates');
  assertBatchSize(specifications.length);
  const statements = specifications.map((specification) => parseUpdate(specification, invocation));
  const result = await server.engine.updateDocuments(operation, {
    namespace,
    statements,
    ordered: parsed.boolean('ordered') ?? true,
    variables: commandVariables(parsed, operation),
    ...statementIds(parsed, statements.length),
  });
  const upserted = result.upserted.map(
    ({ index, id }) =>
      new Map<string, Value>([
        ['index', new Int32(index)],
        ['_id', id],
      ]),
  );
  return finishWrite(invocation, result, [
    ['n', new Int32(result.matched + upserted.length)],
    ...(upserted.length > 0 ? [['upserted', upserted] as const] : []),
    ['nModified', new Int32(result.modified)],
  ]);
}

async function deleteDocuments(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const specifications = parsed.documents('deletes') ?? parsed.missing('deletes');
  assertBatchSize(specifications.length);
  const statements = specifications.map((specification) => parseDelete(specification, invocation));
  const result = await server.engine.deleteDocuments(operation, {
    namespace,
    statements,
    ordered: parsed.boolean('ordered') ?? true,
    variables: commandVariables(parsed, operation),
    ...statementIds(parsed, statements.length),
  });
  return finishWrite(invocation, result, [['n', new Int32(result.deleted)]]);
}

function parseUpdate(specification: BsonDocument, invocation: Invocation): UpdateStatement {
  const parsed = new CommandArguments('update.updates', specification);
  parsed.refuseUnknownFields(UPDATE_STATEMENT_FIELDS);
  const collation = collationOf(parsed);
  const multi = parsed.boolean('multi') === true;
  if (multi && isRetryable(invocation)) {
    throw new MongoServerError(
      'InvalidOptions',
      'Cannot use (or request) retryable writes with multi=true',
    );
  }
  const arrayFilters = parsed.documents('arrayFilters');
  const constants = parsed.document('c');
  const hint = parsed.raw('hint');
  const update = parseUpdateDocument(parsed.raw('u') ?? parsed.missing('u'));
  return {
    filter: parsed.requiredDocument('q'),
    update,
    multi,
    upsert: parsed.boolean('upsert') === true,
    ...(arrayFilters && { arrayFilters }),
    ...(constants && { constants }),
    ...(hint !== undefined && { hint }),
    ...(collation && { collation }),
  };
}

/**
 * An update document, or the stages of a pipeline.
 * @throws MongoServerError FailedToParse for anything else.
 */
export function parseUpdateDocument(update: MaybeValue): BsonDocument | BsonDocument[] {
  if (update instanceof Map) return update;
  if (Array.isArray(update)) {
    return update.map((stage) => {
      if (stage instanceof Map) return stage;
      throw new MongoServerError(
        'TypeMismatch',
        "Each element of the 'pipeline' array must be an object",
      );
    });
  }
  throw new MongoServerError(
    'FailedToParse',
    `Update argument must be either an object or an array, found: ${bsonTypeName(update)}`,
  );
}

function parseDelete(specification: BsonDocument, invocation: Invocation): DeleteStatement {
  const parsed = new CommandArguments('delete.deletes', specification);
  parsed.refuseUnknownFields(DELETE_STATEMENT_FIELDS);
  const collation = collationOf(parsed);
  const limit = parsed.number('limit') ?? parsed.missing('limit');
  if (limit !== 0 && limit !== 1) {
    throw new MongoServerError(
      'FailedToParse',
      `The limit field in delete objects must be 0 or 1. Got ${limit}`,
    );
  }
  if (limit === 0 && isRetryable(invocation)) {
    throw new MongoServerError(
      'InvalidOptions',
      'Cannot use (or request) retryable writes with limit=0',
    );
  }
  const hint = parsed.raw('hint');
  return {
    filter: parsed.requiredDocument('q'),
    limit,
    ...(hint !== undefined && { hint }),
    ...(collation && { collation }),
  };
}

/** @throws MongoServerError InvalidLength in the server's words. */
function assertBatchSize(size: number): void {
  if (size >= 1 && size <= MAX_WRITE_BATCH_SIZE) return;
  throw new MongoServerError(
    'InvalidLength',
    `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH_SIZE}. Got ${size} operations.`,
  );
}

function statementIds(parsed: CommandArguments, count: number): { statementIds?: number[] } {
  const ids = parsed.raw('stmtIds');
  const first = parsed.number('stmtId');
  if (Array.isArray(ids)) {
    if (ids.length !== count) {
      throw new MongoServerError(
        'InvalidOptions',
        'Number of statement ids must match the number of batch entries.',
      );
    }
    return { statementIds: ids.map((id) => toNumber(id) ?? 0) };
  }
  if (first === undefined) return {};
  return { statementIds: Array.from({ length: count }, (_, index) => first + index) };
}

function isRetryable({ generic }: Invocation): boolean {
  return generic.txnNumber !== undefined && !generic.inTransaction;
}

/** Adds what all write replies share. A failed write inside a transaction has ended it. */
function finishWrite(
  invocation: Invocation,
  outcome: WriteOutcome,
  entries: readonly (readonly [string, Value])[],
): CommandReply {
  const { writeErrors, retriedStatementIds } = outcome;
  const result = reply(entries);
  if (writeErrors.length > 0) {
    result.fields.set('writeErrors', writeErrors.map(writeErrorOf));
    if (invocation.generic.inTransaction && invocation.session) {
      invocation.server.transactions.abort(invocation.session);
    }
  }
  if (retriedStatementIds.length > 0) {
    result.fields.set(
      'retriedStmtIds',
      retriedStatementIds.map((id) => new Int32(id)),
    );
  }
  return result;
}

function writeErrorOf(error: WriteError): BsonDocument {
  const extra: [string, Value][] = [];
  if (error.keyPattern) extra.push(['keyPattern', error.keyPattern]);
  if (error.keyValue) extra.push(['keyValue', error.keyValue]);
  for (const [name, value] of error.extra) {
    if (name !== 'keyPattern' && name !== 'keyValue') extra.push([name, value as Value]);
  }
  return writeErrorDocument(error.index, error.code, error.message, extra);
}

const WRITE_TRAITS = {
  inTransaction: true,
  retryableWrite: true,
  writeConcern: true,
  isWrite: true,
  stableApi: true,
} as const;

export const writeCommands: readonly CommandDefinition[] = [
  {
    name: 'insert',
    fields: ['documents', ...COMMON_FIELDS],
    rawSequence: 'documents',
    ...WRITE_TRAITS,
    run: insert,
  },
  { name: 'update', fields: ['updates', 'let', ...COMMON_FIELDS], ...WRITE_TRAITS, run: update },
  {
    name: 'delete',
    fields: ['deletes', 'let', ...COMMON_FIELDS],
    ...WRITE_TRAITS,
    run: deleteDocuments,
  },
];
