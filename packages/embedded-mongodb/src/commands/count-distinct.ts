import { Int32, Long } from 'bson';
import { countDocuments } from '../plan/count';
import { distinctInDocuments, distinctValues } from '../plan/distinct';
import type { Namespace } from '../storage/types';
import type { CommandReply } from '../wire/reply-writer';
import { collationOf } from './collation';
import { reply, type CommandDefinition, type Invocation } from './command';
import { namespaceOf } from './namespaces';
import { parseFilterQuery } from './query-options';
import { stagesOfCount, stagesOfDistinct, viewOfCommand, viewPipeline } from './view-reads';

export const COUNT_FIELDS = [
  'query',
  'limit',
  'skip',
  'hint',
  'collation',
  'fields',
  'queryOptions',
];
export const DISTINCT_FIELDS = ['key', 'query', 'collation'];

const MAX_INT32 = 0x7fffffff;

async function count(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  if (viewOfCommand(invocation, namespace, parsed)) return countInView(invocation, namespace);
  const skip = parsed.nonNegativeInteger('skip');
  // A negative limit means its absolute value here, unlike in find.
  const limit = Math.abs(parsed.number('limit') ?? 0);
  const query = {
    ...parseFilterQuery(parsed, operation),
    ...(skip && { skip }),
    ...(limit && { limit }),
  };
  const collection = server.engine.getCollection(operation, namespace);
  const n = await countDocuments(operation, collection, query);
  return reply([['n', n > MAX_INT32 ? Long.fromNumber(n) : new Int32(n)]]);
}

async function countInView(invocation: Invocation, namespace: Namespace): Promise<CommandReply> {
  const { arguments: parsed } = invocation;
  const pipeline = viewPipeline(invocation, namespace, parsed, stagesOfCount(parsed));
  for await (const [document] of pipeline.run()) {
    const count = document?.get('count');
    if (count !== undefined) return reply([['n', count]]);
  }
  return reply([['n', new Int32(0)]]);
}

async function distinct(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const path = parsed.requiredString('key');
  const view = viewOfCommand(invocation, namespace, parsed);
  const query = parseFilterQuery(parsed, operation);
  const collation = collationOf(parsed);
  const values = view
    ? await distinctInDocuments(
        viewPipeline(invocation, namespace, parsed, stagesOfDistinct(parsed)).run(),
        path,
      )
    : await distinctValues(
        operation,
        server.engine.getCollection(operation, namespace),
        path,
        query,
        collation,
      );
  const result = reply([['values', values]]);
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
