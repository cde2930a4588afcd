import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { FindAndModifyRequest, FindAndModifyResult } from '../storage/types';
import type { BsonDocument, Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import type { CommandArguments } from './arguments';
import { reply, type CommandDefinition, type Invocation } from './command';
import { namespaceOf } from './namespaces';
import { collationOf } from './collation';
import { commandVariables } from './query-options';
import { parseUpdateDocument } from './write-commands';

const FIELDS = [
  'query',
  'fields',
  'remove',
  'update',
  'new',
  'upsert',
  'sort',
  'arrayFilters',
  'hint',
  'collation',
  'bypassDocumentValidation',
  'let',
  'stmtId',
  'encryptionInformation',
];

async function findAndModify(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const request = parseRequest(parsed);
  const result = await server.engine.findAndModify(operation, { ...request, namespace });
  const entries: [string, Value][] = [
    ['lastErrorObject', lastErrorObject(request, result)],
    ['value', result.value ?? null],
  ];
  if (result.retried) entries.push(['retriedStmtId', new Int32(request.statementId ?? 0)]);
  return reply(entries);
}

function parseRequest(parsed: CommandArguments): Omit<FindAndModifyRequest, 'namespace'> {
  const update = parsed.raw('update');
  const remove = parsed.boolean('remove') === true;
  const upsert = parsed.boolean('upsert') === true;
  const returnNew = parsed.boolean('new') === true;
  const arrayFilters = parsed.documents('arrayFilters');
  assertConsistent(remove, {
    update: update !== undefined,
    upsert,
    returnNew,
    arrayFilters: arrayFilters !== undefined,
  });
  const optional = {
    collation: collationOf(parsed),
    sort: parsed.document('sort'),
    hint: parsed.raw('hint'),
    variables: commandVariables(parsed),
    projection: parsed.document('fields'),
    statementId: parsed.number('stmtId'),
    arrayFilters,
  };
  return {
    filter: parsed.document('query') ?? new Map<string, Value>(),
    ...withoutUndefined(optional),
    ...(remove ? { remove } : { update: parseUpdateDocument(update), upsert, returnNew }),
  };
}

/** @throws MongoServerError FailedToParse in the server's words. */
function assertConsistent(
  remove: boolean,
  given: { update: boolean; upsert: boolean; returnNew: boolean; arrayFilters: boolean },
): void {
  const fault = remove ? removeFault(given) : updateFault(given);
  if (fault) throw new MongoServerError('FailedToParse', fault);
}

function removeFault(given: Parameters<typeof assertConsistent>[1]): string | undefined {
  if (given.update) return 'Cannot specify both an update and remove=true';
  if (given.upsert) return 'Cannot specify both upsert=true and remove=true ';
  if (given.returnNew) {
    return "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document";
  }
  return given.arrayFilters ? 'Cannot specify arrayFilters and remove=true' : undefined;
}

function updateFault(given: { update: boolean }): string | undefined {
  return given.update ? undefined : 'Either an update or remove=true must be specified';
}

function withoutUndefined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function lastErrorObject(
  request: Omit<FindAndModifyRequest, 'namespace'>,
  result: FindAndModifyResult,
): BsonDocument {
  const entries = new Map<string, Value>([['n', new Int32(result.matched)]]);
  if (!request.remove) entries.set('updatedExisting', result.updatedExisting);
  if (result.upsertedId !== undefined) entries.set('upserted', result.upsertedId);
  return entries;
}

export const findAndModifyCommands: readonly CommandDefinition[] = [
  {
    name: 'findAndModify',
    aliases: ['findandmodify'],
    fields: FIELDS,
    inTransaction: true,
    retryableWrite: true,
    writeConcern: true,
    isWrite: true,
    stableApi: true,
    run: findAndModify,
  },
];
