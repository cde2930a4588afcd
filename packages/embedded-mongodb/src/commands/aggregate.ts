import { MongoServerError } from '../errors';
import { compilePipeline, type Pipeline } from '../aggregate/pipeline';
import type { Verbosity } from '../plan/explain';
import type { Namespace } from '../storage/types';
import type { BsonDocument } from '../values/types';
import { bsonTypeName } from '../values/compare';
import { FIRST_BATCH_DOCUMENTS } from '../session/cursors';
import type { CommandReply } from '../wire/reply-writer';
import { collationOf } from './collation';
import { toNumber, type CommandArguments } from './arguments';
import type { CommandDefinition, Invocation } from './command';
import { encodeStream, openCursor } from './cursor-reply';
import { explainReply } from './explain';
import { formatNamespace, namespaceOf } from './namespaces';
import { pipelineSource } from './pipeline-source';
import { commandVariables, parseHint } from './query-options';
import { viewOfCommand } from './view-reads';
import { assertStagesAllowed, writingStage } from './stage-restrictions';

export const AGGREGATE_FIELDS = [
  'pipeline',
  'explain',
  'allowDiskUse',
  'cursor',
  'bypassDocumentValidation',
  'collation',
  'hint',
  'let',
  'collectionUUID',
  'needsMerge',
  'fromMongos',
  'exchange',
  'isMapReduceCommand',
];

/** A database-wide aggregate (`aggregate: 1`) reads no collection. */
const COLLECTIONLESS = '$cmd.aggregate';

async function aggregate(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed } = invocation;
  if (parsed.boolean('explain') === true) {
    return explainReply(await explainAggregate(invocation, parsed, 'queryPlanner'), parsed.body);
  }
  const batchSize = parseBatchSize(parsed);
  const namespace = aggregateNamespace(invocation.database, parsed);
  const pipeline = compile(invocation, parsed, namespace);
  const stages = parsePipeline(parsed);
  assertStagesAllowed(invocation, stages);
  const result = await openCursor(invocation, {
    namespace: formatNamespace(namespace),
    stream: encodeStream(pipeline.run()),
    batchSize,
    singleBatch: false,
    noTimeout: false,
  });
  if (writingStage(stages) !== undefined) invocation.server.clock.tick();
  return result;
}

/** The explain of a pipeline, without the fields that every explain ends with. */
export async function explainAggregate(
  invocation: Invocation,
  parsed: CommandArguments,
  verbosity: Verbosity,
): Promise<BsonDocument> {
  const namespace = aggregateNamespace(invocation.database, parsed);
  return compile(invocation, parsed, namespace).explain(verbosity);
}

function compile(invocation: Invocation, parsed: CommandArguments, namespace: Namespace): Pipeline {
  const stages = parsePipeline(parsed);
  viewOfCommand(invocation, namespace, parsed);
  const collation = collationOf(parsed);
  const hint = parseHint(parsed);
  const variables = commandVariables(parsed, invocation.operation);
  return compilePipeline(stages, {
    namespace,
    variables,
    source: pipelineSource(invocation, variables),
    ...(hint !== undefined && { hint }),
    ...(collation && { collation }),
  });
}

function parsePipeline(parsed: CommandArguments): BsonDocument[] {
  const value = parsed.raw('pipeline');
  if (value === undefined) parsed.missing('pipeline');
  if (!Array.isArray(value)) {
    throw new MongoServerError('TypeMismatch', "'pipeline' option must be specified as an array");
  }
  return value.map((stage) => {
    if (stage instanceof Map) return stage;
    throw new MongoServerError(
      'TypeMismatch',
      `Each element of the 'pipeline' array must be an object`,
    );
  });
}

function parseBatchSize(parsed: CommandArguments): number {
  const cursor = parsed.raw('cursor');
  if (cursor === undefined) {
    throw new MongoServerError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  if (!(cursor instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field 'aggregate.cursor' is the wrong type '${bsonTypeName(cursor)}', expected type 'object'`,
    );
  }
  const nested = parsed.nested('cursor', cursor);
  nested.refuseUnknownFields(new Set(['batchSize']));
  return nested.nonNegativeInteger('batchSize') ?? FIRST_BATCH_DOCUMENTS;
}

function aggregateNamespace(database: string, parsed: CommandArguments): Namespace {
  const target = parsed.body.get('aggregate');
  if (typeof target === 'string') return namespaceOf(database, parsed);
  if (toNumber(target) === 1) return { database, collection: COLLECTIONLESS };
  throw new MongoServerError(
    'FailedToParse',
    "Invalid command format: the 'aggregate' field must specify a collection name or 1",
  );
}

export const aggregateCommands: readonly CommandDefinition[] = [
  {
    name: 'aggregate',
    fields: AGGREGATE_FIELDS,
    inTransaction: true,
    readConcern: true,
    snapshotReads: true,
    writeConcern: true,
    stableApi: true,
    opensCursor: true,
    run: aggregate,
  },
];
