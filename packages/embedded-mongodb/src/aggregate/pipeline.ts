import { MongoServerError } from '../errors';
import { NO_VARIABLES, type Variables } from '../expression/variables';
import type { MatchExpression } from '../match/compile';
import type { Verbosity } from '../plan/explain';
import type { FindQuery } from '../plan/query';
import type { BsonDocument } from '../values/types';
import { fieldsRead } from './fields-read';
import { reorderStages } from './optimize';
import { assertPlacement } from './placement';
import { bothMatch, pushDown, type Pushdown } from './pushdown';
import { drawsAtRandom } from './random';
import { findStage } from './registry';
import { stagesOfQuery } from './query-stages';
import { stageEntry } from './stage-entry';
import { sortStream } from './stages/sort';
import { mapDocuments, streamOf } from './stream';
import type { Collation } from '../values/collation';
import { assertScoreAvailable } from './text-score';
import type {
  DocumentStream,
  Namespace,
  PipelineSource,
  Stage,
  SubPipeline,
  SubPipelineOptions,
} from './types';

const DEEPEST_NESTING = 20;
/** The collection name by which the server runs a pipeline without a collection. */
const COLLECTIONLESS = '$cmd.aggregate';
const CONSTANT_ERROR_PREFIX = 'Failed to optimize pipeline :: caused by :: ';

export interface PipelineOptions {
  /** The collection to read; undefined or `$cmd.aggregate` for `aggregate: 1`. */
  readonly namespace: Namespace | undefined;
  /** The database of `$lookup`, `$out` and the like; that of the namespace when not given. */
  readonly database?: string;
  /** The command's variables, with the time of the command under `NOW`. */
  readonly variables?: Variables;
  readonly source: PipelineSource;
  /** The index that the command wants its collection read through. */
  readonly hint?: string | BsonDocument;
  /** What to read of the pipeline's result: stages after the others. */
  readonly query?: FindQuery;
  /** How text compares, in pipelines inside this one too; by bytes when absent. */
  readonly collation?: Collation;
}

/** A compiled pipeline, to be run once. */
export interface Pipeline {
  run(): DocumentStream;
  /** The read that the collection answers itself; undefined when no collection is read. */
  readonly query: FindQuery | undefined;
  /** The stages that run after that read. */
  readonly stageNames: readonly string[];
  /** What the explain command answers about the pipeline; nothing is written. */
  explain(verbosity: Verbosity): Promise<BsonDocument>;
  /** The last stage writes a collection. */
  readonly writes: boolean;
}

interface Context extends PipelineOptions {
  readonly depth: number;
  readonly container?: SubPipelineOptions['container'];
}

/** Stages that order or partition documents by the bytes of text. */
const BINARY_STAGES = new Set(['$densify', '$fill', '$setWindowFields']);

/** @throws MongoServerError 238 for stages that would answer as if there were no collation */
function assertFollowsCollation(name: string): void {
  if (!BINARY_STAGES.has(name)) return;
  throw new MongoServerError('NotImplemented', `a collation with ${name} is not supported`);
}

function compileStage(
  stage: BsonDocument,
  context: Context,
  collation: Collation | undefined = context.collation,
): Stage {
  const { namespace, source, depth } = context;
  const variables = context.variables ?? NO_VARIABLES;
  const database = context.database ?? namespace?.database ?? '';
  const { name, specification } = stageEntry(stage);
  if (collation) assertFollowsCollation(name);
  const compiled = findStage(name)({
    name,
    specification,
    scope: { variables, constantErrorPrefix: CONSTANT_ERROR_PREFIX, collation },
    variables,
    namespace,
    database,
    source,
    compilePipeline: (inner, options) =>
      compileSubPipeline(inner, {
        namespace: options.namespace,
        database,
        variables: options.variables ?? variables,
        source,
        depth: depth + 1,
        container: options.container,
        collation,
      }),
  });
  return { ...compiled, definition: stage };
}

/** The stages of a pipeline, and those that read a part of its result. */
function compileStages(stages: readonly BsonDocument[], context: Context): Stage[] {
  const compiled = [
    ...stages.map((stage) => compileStage(stage, context)),
    ...stagesOfQuery(context.query, (stage, collation) => compileStage(stage, context, collation)),
  ];
  assertPlacement(compiled, context.container);
  return compiled;
}

/**
 * Runs the stages after the read; a sort followed by a limit keeps only what it needs. A stage can make
 * any number of documents from one, so there is a yield point after each.
 */
function runStages(
  input: DocumentStream,
  stages: readonly Stage[],
  source: PipelineSource,
): DocumentStream {
  let stream = input;
  for (const [index, stage] of stages.entries()) {
    stream = paced(runStage(stream, stage, stages.slice(index + 1), source), source);
  }
  return stream;
}

function runStage(
  input: DocumentStream,
  stage: Stage,
  later: readonly Stage[],
  source: PipelineSource,
): DocumentStream {
  const { pushable } = stage;
  // What happens to each document by itself may take long: there is a yield point after each.
  const step = stepOf(stage);
  if (step) return mapDocuments(input, step, source);
  if (pushable?.kind !== 'sort') return stage.run(input);
  return sortStream(input, pushable.pattern, source, documentsNeeded(later));
}

/** What a stage makes of a document when it looks at each by itself. */
function stepOf({ transform, pushable }: Stage): SubPipeline['treatOne'] {
  if (transform || pushable?.kind !== 'match') return transform;
  const { match } = pushable;
  return (document) => (match.matches(document) ? document : undefined);
}

async function* paced(stream: DocumentStream, source: PipelineSource): DocumentStream {
  for await (const chunk of stream) {
    const turn = source.yieldPoint?.();
    if (turn !== undefined) await turn;
    yield chunk;
  }
}

/** How many documents skips and a limit let through from the front; undefined without a limit. */
function documentsNeeded(stages: readonly Stage[]): number | undefined {
  let skipped = 0;
  for (const { pushable } of stages) {
    if (pushable?.kind === 'skip') skipped += pushable.count;
    else return pushable?.kind === 'limit' ? skipped + pushable.count : undefined;
  }
  return undefined;
}

async function* runCount(
  context: Context,
  { query, rest }: Pushdown,
  match: MatchExpression | undefined,
): DocumentStream {
  const { skip = 0, limit } = query;
  const most = limit === undefined ? undefined : skip + limit;
  const found = await context.source.count(context.namespace!, match, most, query.hint);
  const [first, ...others] = rest;
  const documents = first!.countOnly!(Math.max(found - skip, 0));
  yield* runStages(streamOf(documents), others, context.source);
}

/** Reads the collection through one query, or only counts it where no document is looked at. */
function runFromCollection(
  context: Context,
  pushdown: Pushdown,
  first?: MatchExpression,
): DocumentStream {
  const { query, rest, isEmpty } = pushdown;
  const match = bothMatch(first, query.match);
  if (isEmpty) return runStages(streamOf([]), rest, context.source);
  if (rest[0]?.countOnly) return runCount(context, pushdown, match);
  // A filter tells explain what was asked; it no longer does once the join has narrowed it.
  const { filter, ...withoutFilter } = query;
  const read = first || !filter ? withoutFilter : query;
  return runStages(
    context.source.find(context.namespace!, match ? { ...read, match } : read),
    rest,
    context.source,
  );
}

function compile(stages: readonly BsonDocument[], context: Context) {
  if (context.depth > DEEPEST_NESTING) {
    throw new MongoServerError(
      'MaxSubPipelineDepthExceeded',
      `Maximum number of nested sub-pipelines exceeded. Limit is ${DEEPEST_NESTING}`,
    );
  }
  const compiled = compileStages(stages, context);
  const hasSource = compiled[0]?.isSource === true;
  assertNamespace(context, compiled);
  if (context.container !== '$facet') assertScoreAvailable(stages, compiled);
  const pushdown = pushDown(reorderStages(compiled));
  const { hint } = context;
  const fields = fieldsRead(pushdown.rest);
  const query = {
    ...pushdown.query,
    ...(hint !== undefined && { hint }),
    ...(fields && { fields }),
  };
  return { compiled, hasSource, pushdown: { ...pushdown, query } };
}

/** A pipeline reads either a collection or what its first stage makes. */
function assertNamespace({ namespace, depth, container }: Context, stages: readonly Stage[]): void {
  if (container === '$facet') return;
  const [first] = stages;
  const hasCollection = namespace !== undefined && namespace.collection !== COLLECTIONLESS;
  if (hasCollection && first?.isSource && !first.needsCollection && depth === 0) {
    throw new MongoServerError(
      'InvalidNamespace',
      `${first.name} can only be run with {aggregate: 1}`,
    );
  }
  if (hasCollection || (first?.isSource && !first.needsCollection)) return;
  throw new MongoServerError(
    'InvalidNamespace',
    first
      ? `{aggregate: 1} is not valid for '${first.name}'; a collection is required.`
      : '{aggregate: 1} is not valid for an empty pipeline.',
  );
}

function compileSubPipeline(stages: readonly BsonDocument[], context: Context): SubPipeline {
  const { compiled, hasSource, pushdown } = compile(stages, context);
  const ordered = hasSource ? compiled : reorderStages(compiled);
  return {
    run: (first) => {
      if (!hasSource) return runFromCollection(context, pushdown, first);
      const [source, ...rest] = ordered;
      return runStages(filtered(source!.run(streamOf([])), first), rest, context.source);
    },
    runOn: (input) => runStages(input, ordered, context.source),
    readsLittle: pushdown.query.limit !== undefined || pushdown.rest[0]?.countOnly !== undefined,
    fields: hasSource ? undefined : fieldsRead(ordered),
    treatOne: hasSource || stages.some(drawsAtRandom) ? undefined : treatmentOf(ordered),
  };
}

/** What stages that look at each document by itself make of one; undefined when some do not. */
function treatmentOf(stages: readonly Stage[]): SubPipeline['treatOne'] {
  const steps = stages.map(stepOf);
  if (!steps.every((step) => step !== undefined)) return undefined;
  return (document) => {
    let treated: BsonDocument | undefined = document;
    for (const step of steps) treated = treated && step(treated);
    return treated;
  };
}

async function* filtered(
  input: DocumentStream,
  match: MatchExpression | undefined,
): DocumentStream {
  for await (const chunk of input) {
    yield match ? chunk.filter((document) => match.matches(document)) : chunk;
  }
}

/** The plan of the read alone when it answers everything, else followed by the stages after it. */
async function explainPipeline(
  { namespace, source }: Context,
  { query }: Pushdown,
  rest: readonly Stage[],
  hasSource: boolean,
  verbosity: Verbosity,
): Promise<BsonDocument> {
  const definitions = rest.map((stage) => stage.definition!);
  if (hasSource || !namespace) return new Map([['stages', definitions]]);
  if (!source.explain) {
    throw new MongoServerError('NotImplemented', 'this source of a pipeline cannot explain itself');
  }
  const read = await source.explain(namespace, query, verbosity);
  if (rest.length === 0) return read;
  // A view tells its own stages.
  const stages = read.get('stages');
  const before = Array.isArray(stages) ? stages : [new Map([['$cursor', read]])];
  return new Map([['stages', [...before, ...definitions]]]);
}

/**
 * Compiles an aggregation pipeline; nothing is read before `run()`.
 * @param stages the pipeline of the command
 * @throws MongoServerError with the server's codes for whatever is wrong with it, among them 40323,
 * 40324 (unknown stage), 40601 and 40602 (a stage in the wrong place)
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation-pipeline/
 */
export function compilePipeline(
  stages: readonly BsonDocument[],
  options: PipelineOptions,
): Pipeline {
  const context: Context = { ...options, depth: 0 };
  const { compiled, hasSource, pushdown } = compile(stages, context);
  const rest = hasSource ? compiled : pushdown.rest;
  const last = compiled.at(-1)?.name;
  return {
    run: () =>
      hasSource
        ? runStages(streamOf([]), compiled, context.source)
        : runFromCollection(context, pushdown),
    query: hasSource ? undefined : pushdown.query,
    stageNames: rest.map((stage) => stage.name),
    explain: (verbosity) => explainPipeline(context, pushdown, rest, hasSource, verbosity),
    writes: last === '$out' || last === '$merge',
  };
}
