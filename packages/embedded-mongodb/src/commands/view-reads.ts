import { Int32 } from 'bson';
import { compilePipeline, type Pipeline } from '../aggregate/pipeline';
import type { PipelineSource } from '../aggregate/types';
import { MongoServerError } from '../errors';
import type { Variables } from '../expression/variables';
import type { FindQuery } from '../plan/query';
import type { Namespace } from '../storage/types';
import type { ViewDefinition } from '../storage/views';
import type { BsonDocument, Value } from '../values/types';
import type { CommandArguments } from './arguments';
import { collationOf } from './collation';
import type { Invocation } from './command';
import { pipelineSource } from './pipeline-source';
import { commandVariables, parseHint } from './query-options';

/** The view that a command is about; undefined when it is about a collection. Throws 167 for a collation. */
export function viewOfCommand(
  { operation, server }: Invocation,
  namespace: Namespace,
  parsed: CommandArguments,
): ViewDefinition | undefined {
  const view = server.engine.getView(operation, namespace);
  if (view && collationOf(parsed)) {
    throw new MongoServerError(
      'OptionNotSupportedOnView',
      `Cannot override a view's default collation: ${namespace.database}.${namespace.collection}`,
    );
  }
  return view;
}

/** A command on a view as the aggregation that the server makes of it. */
export function viewPipeline(
  invocation: Invocation,
  namespace: Namespace,
  parsed: CommandArguments,
  stages: readonly BsonDocument[],
): Pipeline {
  const variables = commandVariables(parsed);
  const hint = parseHint(parsed);
  return compilePipeline(stages, {
    namespace,
    variables,
    source: pipelineSource(invocation, variables),
    ...(hint !== undefined && { hint }),
  });
}

/**
 * The stages of a find. Throws 168 InvalidPipelineOperator for options that an aggregation does not have
 * (manual: "Views", unsupported operations).
 */
export function stagesOfFind(parsed: CommandArguments): BsonDocument[] {
  for (const option of FIND_OPTIONS_REFUSED) {
    const value = parsed.raw(option);
    if (value === undefined || value === false) continue;
    if (value instanceof Map && value.size === 0) continue;
    throw new MongoServerError(
      'InvalidPipelineOperator',
      `Option ${option} not supported in aggregation.`,
    );
  }
  const limit = parsed.nonNegativeInteger('limit') ?? 0;
  if (parsed.boolean('singleBatch') === true && limit !== 1) {
    throw new MongoServerError(
      'InvalidPipelineOperator',
      'Option singleBatch not supported in aggregation.',
    );
  }
  const sort = parsed.document('sort');
  if (sort?.has('$natural')) {
    throw new MongoServerError(
      'InvalidPipelineOperator',
      'Sort option $natural not supported in aggregation.',
    );
  }
  const projection = parsed.document('projection');
  return [
    ...stagesOfFilter(parsed.document('filter')),
    ...(sort && sort.size > 0 ? [stageOf('$sort', sort)] : []),
    ...windowStages(parsed.nonNegativeInteger('skip') ?? 0, limit),
    ...(projection && projection.size > 0 ? [stageOf('$project', projection)] : []),
  ];
}

const FIND_OPTIONS_REFUSED = [
  'min',
  'max',
  'returnKey',
  'showRecordId',
  'tailable',
  'oplogReplay',
  'noCursorTimeout',
  'allowPartialResults',
  'readOnce',
  'requestResumeToken',
  'resumeAfter',
];

/** The stages of a count; its one document has the number under `count`. */
export function stagesOfCount(parsed: CommandArguments): BsonDocument[] {
  const limit = Math.abs(parsed.number('limit') ?? 0);
  return [
    ...stagesOfFilter(parsed.document('query')),
    ...windowStages(parsed.nonNegativeInteger('skip') ?? 0, limit),
    stageOf('$count', 'count'),
  ];
}

/** The stages of `query`, which distinct then looks through. */
export function stagesOfDistinct(parsed: CommandArguments): BsonDocument[] {
  return stagesOfFilter(parsed.document('query'));
}

function stagesOfFilter(filter: BsonDocument | undefined): BsonDocument[] {
  return filter && filter.size > 0 ? [stageOf('$match', filter)] : [];
}

function windowStages(skip: number, limit: number): BsonDocument[] {
  return [
    ...(skip > 0 ? [stageOf('$skip', new Int32(skip))] : []),
    ...(limit > 0 ? [stageOf('$limit', new Int32(limit))] : []),
  ];
}

function stageOf(name: string, specification: Value): BsonDocument {
  return new Map([[name, specification]]);
}

/** How a pipeline reads a view: its own stages first, then what is asked of it, as one pipeline. */
export function readView(
  view: ViewDefinition,
  query: FindQuery,
  source: PipelineSource,
  variables: Variables,
): Pipeline {
  const { hint, ...rest } = query;
  const now = variables.get('NOW');
  return compilePipeline(view.pipeline, {
    namespace: view.viewOn,
    query: rest,
    // What a command calls by `let` is no concern of a view.
    ...(now !== undefined && { variables: new Map([['NOW', now]]) }),
    source,
    ...(hint !== undefined && { hint }),
  });
}
