import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { IndexModification } from '../storage/modify-index';
import { VALIDATION_OPTIONS } from '../validation/collection-rules';
import type { BsonDocument, Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import type { CommandArguments } from './arguments';
import { reply, type CommandDefinition, type Invocation } from './command';
import { namespaceOf } from './namespaces';
import { refuseOptions } from './query-options';
import { isViewRequest, modifyView } from './view-commands';

async function createIndexes(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const specifications = parsed.documents('indexes') ?? parsed.missing('indexes');
  if (specifications.length === 0) {
    throw new MongoServerError('BadValue', 'Must specify at least one index to create');
  }
  const result = await server.engine.createIndexes(operation, namespace, specifications);
  const entries: [string, Value][] = [
    ['numIndexesBefore', new Int32(result.indexesBefore)],
    ['numIndexesAfter', new Int32(result.indexesAfter)],
    ['createdCollectionAutomatically', result.createdCollectionAutomatically],
  ];
  if (result.note !== undefined) entries.push(['note', result.note]);
  else entries.push(['commitQuorum', 'votingMembers']);
  return reply(entries);
}

async function dropIndexes(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const index = parsed.raw('index') ?? parsed.missing('index');
  const result = await server.engine.dropIndexes(operation, namespace, index);
  const entries: [string, Value][] = [['nIndexesWas', new Int32(result.indexesWas)]];
  if (result.message !== undefined) entries.push(['msg', result.message]);
  return reply(entries);
}

/** `collMod` for indexes, validation, limits and pre-images; every other change is refused. */
async function collMod(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  if (server.engine.getView(operation, namespace) || isViewRequest(parsed)) {
    await modifyView(invocation, namespace);
    return reply();
  }
  refuseOptions(parsed, COLL_MOD_REFUSED);
  parsed.document('changeStreamPreAndPostImages');
  const changes = new Map([...parsed.body].filter(([name]) => CHANGED_OPTIONS.includes(name)));
  if (changes.size > 0) await server.engine.modifyCollection(operation, namespace, changes);
  const size = parsed.number('cappedSize');
  const max = parsed.number('cappedMax');
  if (size !== undefined || max !== undefined) {
    const limits = { ...(size !== undefined && { size }), ...(max !== undefined && { max }) };
    await server.engine.modifyCap(operation, namespace, limits);
  }
  const index = parsed.document('index');
  if (!index) return reply();
  const request = indexRequest(parsed.nested('index', index));
  const dryRun = parsed.boolean('dryRun') === true;
  return reply(
    describeChange(
      request,
      await server.engine.modifyIndex(operation, namespace, request, { dryRun }),
    ),
  );
}

/** The fields of `index`, with booleans for what the server takes as such. */
function indexRequest(parsed: CommandArguments): BsonDocument {
  parsed.refuseUnknownFields(INDEX_FIELDS);
  parsed.string('name');
  parsed.document('keyPattern');
  const request = new Map(parsed.body);
  for (const flag of ['hidden', 'unique', 'prepareUnique']) {
    const value = parsed.boolean(flag);
    if (value !== undefined) request.set(flag, value);
  }
  return request;
}

/** `…_old` and `…_new` of what was changed. */
function describeChange(
  request: BsonDocument,
  { before, after }: IndexModification,
): [string, Value][] {
  const entries: [string, Value][] = [];
  if (after.has('unique') && !before.has('unique')) return [['unique_new', true]];
  for (const option of ['expireAfterSeconds', 'hidden', 'prepareUnique']) {
    const absent = option === 'expireAfterSeconds' ? undefined : false;
    const old = before.get(option) ?? absent;
    const changed = after.get(option) ?? absent;
    if (!request.has(option) || changed === undefined) continue;
    if (old !== undefined) entries.push([`${option}_old`, old]);
    entries.push([`${option}_new`, changed]);
  }
  return entries;
}

const INDEX_FIELDS = new Set([
  'name',
  'keyPattern',
  'expireAfterSeconds',
  'hidden',
  'unique',
  'prepareUnique',
]);

/** Options of a collection that `collMod` replaces. */
const CHANGED_OPTIONS = ['changeStreamPreAndPostImages', ...VALIDATION_OPTIONS];

const COLL_MOD_REFUSED = ['timeseries', 'expireAfterSeconds'];

export const indexCommands: readonly CommandDefinition[] = [
  {
    name: 'createIndexes',
    fields: ['indexes', 'ignoreUnknownIndexOptions', 'commitQuorum'],
    inTransaction: true,
    writeConcern: true,
    isWrite: true,
    stableApi: true,
    run: createIndexes,
  },
  {
    name: 'dropIndexes',
    aliases: ['deleteIndexes'],
    fields: ['index'],
    writeConcern: true,
    isWrite: true,
    stableApi: true,
    run: dropIndexes,
  },
  {
    name: 'collMod',
    fields: [
      'index',
      'dryRun',
      'viewOn',
      'pipeline',
      'cappedSize',
      'cappedMax',
      ...CHANGED_OPTIONS,
      ...COLL_MOD_REFUSED,
    ],
    writeConcern: true,
    isWrite: true,
    stableApi: true,
    run: collMod,
  },
];
