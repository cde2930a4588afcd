import { Int32, Long } from 'bson';
import { countDocuments } from '../plan/count';
import { distinctValues } from '../plan/distinct';
import type { CommandReply } from '../wire/reply-writer';
import { collationOf } from './collation';
import { reply, type CommandDefinition, type Invocation } from './command';
import { namespaceOf } from './namespaces';
import { parseFilterQuery } from './query-options';

export const COUNT_FIELDS = [
  'query',
  'limit',
  'skip',
  'hint',
  'collation',
  'fields',
  'queryOptions',
];
export const DISTINCT_FIELDS = ['key', 'query', 'collation', 'hint'];

const MAX_INT32 = 0x7fffffff;

async function count(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const skip = parsed.nonNegativeInteger('skip');
  // A negative limit means its absolute value here, unlike in find.
  const limit = Math.abs(parsed.number('limit') ?? 0);
  const query = {
    ...parseFilterQuery(parsed),
    ...(skip && { skip }),
    ...(limit && { limit }),
  };
  const collection = server.engine.getCollection(operation, namespace);
  const n = await countDocuments(operation, collection, query);
  return reply([['n', n > MAX_INT32 ? Long.fromNumber(n) : new Int32(n)]]);
}

async function distinct(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const path = parsed.requiredString('key');
  const query = parseFilterQuery(parsed);
  const collation = collationOf(parsed);
  const collection = server.engine.getCollection(operation, namespace);
  const result = reply([
    ['values', await distinctValues(operation, collection, path, query, collation)],
  ]);
  if (invocation.atClusterTime) result.fields.set('atClusterTime', invocation.atClusterTime);
  return result;
}

export const countAndDistinctCommands: readonly CommandDefinition[] = [
  { name: 'count', fields: COUNT_FIELDS, readConcern: true, stableApi: true, run: count },
  {
    name: 'distinct',
    fields: DISTINCT_FIELDS,
    inTransaction: true,
    readConcern: true,
    snapshotReads: true,
    run: distinct,
  },
];
