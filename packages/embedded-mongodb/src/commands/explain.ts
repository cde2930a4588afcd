import { hostname } from 'node:os';
import { MongoServerError } from '../errors';
import { compileMatch } from '../match/compile';
import { explainCount, explainDistinct, explainFind, type Verbosity } from '../plan/explain';
import type { FindQuery } from '../plan/query';
import type { Namespace } from '../storage/types';
import type { BsonDocument, Value } from '../values/types';
import { fromPlain } from '../values/codec';
import type { CommandReply } from '../wire/reply-writer';
import { CommandArguments } from './arguments';
import { collationOf } from './collation';
import type { CommandDefinition, Invocation } from './command';
import { withDefaultCollation } from './default-collation';
import { explainAggregate } from './aggregate';
import { COUNT_FIELDS, DISTINCT_FIELDS } from './count-distinct';
import { FIND_FIELDS } from './find';
import { GENERIC_FIELDS } from './generic-arguments';
import { SERVER_VERSION } from './handshake';
import { namespaceOf } from './namespaces';
import { commandVariables, parseFilterQuery, parseFindQuery } from './query-options';
import {
  stagesOfCount,
  stagesOfDistinct,
  stagesOfFind,
  viewOfCommand,
  viewPipeline,
} from './view-reads';

const VERBOSITIES = new Set(['queryPlanner', 'executionStats', 'allPlansExecution']);

/** `explain`: how a find, count, distinct, aggregate or write would run, or ran. */
async function explain(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed } = invocation;
  const command = parsed.requiredDocument('explain');
  const verbosity = parsed.string('verbosity') ?? 'allPlansExecution';
  if (!VERBOSITIES.has(verbosity)) {
    throw new MongoServerError(
      'BadValue',
      `Enumeration value '${verbosity}' for field 'explain.verbosity' is not a valid value.`,
    );
  }
  const explained = await explainCommand(invocation, command, verbosity as Verbosity);
  return explainReply(explained, command);
}

/** Adds what every explain ends with. */
export function explainReply(explained: BsonDocument, command: BsonDocument): CommandReply {
  const serverInfo = fromPlain({
    host: hostname(),
    port: 0,
    version: SERVER_VERSION,
    gitVersion: 'embedded-mongodb',
  });
  return {
    fields: new Map<string, Value>([
      ['explainVersion', '1'],
      ...explained,
      ['command', command],
      ['serverInfo', serverInfo],
    ]),
  };
}

async function explainCommand(
  invocation: Invocation,
  command: BsonDocument,
  verbosity: Verbosity,
): Promise<BsonDocument> {
  const [name = ''] = command.keys();
  const collated = withDefaultCollation(command, {
    engine: invocation.server.engine,
    database: invocation.database,
    operation: () => invocation.operation,
  });
  const parsed = new CommandArguments(name, collated);
  const namespace = namespaceOf(invocation.database, parsed);
  const { operation, server } = invocation;
  if (name === 'aggregate') return explainAggregate(invocation, parsed, verbosity);
  const stages = stagesInView(invocation, parsed, namespace);
  if (stages) return viewPipeline(invocation, namespace, parsed, stages).explain(verbosity);
  const collection = server.engine.getCollection(operation, namespace);
  switch (name) {
    case 'find':
      refuseUnknown(parsed, FIND_FIELDS);
      return explainFind(operation, collection, parseFindQuery(parsed), verbosity, namespace);
    case 'count':
      refuseUnknown(parsed, COUNT_FIELDS);
      return explainCount(operation, collection, parseCountQuery(parsed), verbosity, namespace);
    case 'distinct':
      refuseUnknown(parsed, DISTINCT_FIELDS);
      parsed.requiredString('key');
      return explainDistinct(operation, collection, parseFilterQuery(parsed), verbosity, namespace);
    case 'update':
    case 'delete':
    case 'findAndModify':
    case 'findandmodify':
      return explainWrite(invocation, parsed, verbosity, namespace);
    default:
      throw new MongoServerError(
        'CommandNotFound',
        `Explain failed due to unknown command: ${name}`,
      );
  }
}

/** The stages that a read of a view becomes; undefined for a collection and for writes. */
function stagesInView(
  invocation: Invocation,
  parsed: CommandArguments,
  namespace: Namespace,
): BsonDocument[] | undefined {
  const stagesOf = VIEW_READS.get(parsed.command);
  return stagesOf && viewOfCommand(invocation, namespace, parsed) ? stagesOf(parsed) : undefined;
}

const VIEW_READS = new Map([
  ['find', stagesOfFind],
  ['count', stagesOfCount],
  ['distinct', stagesOfDistinct],
]);

function refuseUnknown(parsed: CommandArguments, fields: readonly string[]): void {
  parsed.refuseUnknownFields(new Set([parsed.command, ...fields, ...GENERIC_FIELDS]));
}

function parseCountQuery(parsed: CommandArguments): FindQuery {
  const skip = parsed.nonNegativeInteger('skip');
  const limit = Math.abs(parsed.number('limit') ?? 0);
  return { ...parseFilterQuery(parsed), ...(skip && { skip }), ...(limit && { limit }) };
}

/** A write is explained by the search for what it would change; nothing is changed. */
async function explainWrite(
  invocation: Invocation,
  parsed: CommandArguments,
  verbosity: Verbosity,
  namespace: Namespace,
): Promise<BsonDocument> {
  const { operation, server } = invocation;
  const isFindAndModify = parsed.command.toLowerCase() === 'findandmodify';
  const statements = parsed.documents(parsed.command === 'update' ? 'updates' : 'deletes');
  const filter = isFindAndModify ? parsed.document('query') : statements?.[0]?.get('q');
  const statement = isFindAndModify ? parsed.body : statements?.[0];
  const collation = statement && collationOf(new CommandArguments(parsed.command, statement));
  const single = isFindAndModify || statements?.[0]?.get('multi') !== true;
  const query: FindQuery =
    filter instanceof Map && filter.size > 0
      ? { filter, match: compileMatch(filter, { variables: commandVariables(parsed), collation }) }
      : {};
  const collection = server.engine.getCollection(operation, namespace);
  return explainFind(
    operation,
    collection,
    single ? { ...query, limit: 1 } : query,
    verbosity,
    namespace,
  );
}

export const explainCommands: readonly CommandDefinition[] = [
  { name: 'explain', fields: ['verbosity'], readConcern: true, stableApi: true, run: explain },
];
