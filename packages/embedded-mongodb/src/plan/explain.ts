import { Int32 } from 'bson';
import type { CollectionInfo, Namespace, OperationContext } from '../storage/types';
import type { BsonDocument, Value } from '../values/types';
import { buildStages, type BuiltStage } from './build-stages';
import { isUnconditional } from './count';
import { describeStage, totalsOf } from './explain-stage';
import { runStages } from './execute';
import type { PlanNode, QueryPlan } from './plan';
import { planCount, planQuery } from './planner';
import type { FindQuery } from './query';

export type Verbosity = 'queryPlanner' | 'executionStats' | 'allPlansExecution';

interface Explanation {
  readonly operation: OperationContext;
  readonly namespace: Namespace;
  readonly plan: QueryPlan;
  readonly verbosity: Verbosity;
  /** Adds the stage above the plan's own: what the command does with the rows, `returned` once it ran. */
  readonly wrap: (stage: BsonDocument, returned: number | undefined) => BsonDocument;
}

/**
 * `queryPlanner` and, when asked for, `executionStats` of a find, in the server's shape (manual:
 * "Explain Results", classic engine). The statistics are counted while the query really runs.
 */
export async function explainFind(
  operation: OperationContext,
  collection: CollectionInfo | undefined,
  query: FindQuery,
  verbosity: Verbosity,
  namespace: Namespace,
): Promise<BsonDocument> {
  const plan = planQuery(collection, query, operation.reader());
  return explain({ operation, namespace, plan, verbosity, wrap: projectionWrapper(query) });
}

/** The same for a distinct: its plan is that of the find that feeds it. */
export const explainDistinct = explainFind;

/** The same for a count. */
export async function explainCount(
  operation: OperationContext,
  collection: CollectionInfo | undefined,
  query: FindQuery,
  verbosity: Verbosity,
  namespace: Namespace,
): Promise<BsonDocument> {
  const isFast = collection === undefined || isUnconditional(query);
  const plan: QueryPlan = isFast
    ? { collection: undefined, query, root: { stage: 'EOF' }, rejected: [] }
    : planCount(collection, query, operation.reader());
  const wrap: Explanation['wrap'] = (stage, returned) => {
    const name = isFast && collection !== undefined ? 'RECORD_STORE_FAST_COUNT' : 'COUNT';
    const counted = returned === undefined ? [] : [['nCounted', new Int32(returned)] as const];
    const input = isFast ? [] : [['inputStage', countScan(stage)] as const];
    return new Map<string, Value>([['stage', name], ...counted, ...input]);
  };
  return explain({ operation, namespace, plan, verbosity, wrap });
}

/** An index scan that nothing fetches from is what the server calls a COUNT_SCAN. */
function countScan(stage: BsonDocument): BsonDocument {
  return stage.get('stage') === 'IXSCAN' ? new Map([...stage, ['stage', 'COUNT_SCAN']]) : stage;
}

function projectionWrapper({ projection }: FindQuery): Explanation['wrap'] {
  if (projection === undefined) return (stage) => stage;
  const name = projection.isInclusion ? 'PROJECTION_SIMPLE' : 'PROJECTION_DEFAULT';
  return (stage, returned) =>
    new Map<string, Value>([
      ['stage', name],
      ...(returned === undefined ? [] : [['nReturned', new Int32(returned)] as const]),
      ['inputStage', stage],
    ]);
}

async function explain(explanation: Explanation): Promise<BsonDocument> {
  const { plan, verbosity } = explanation;
  const result: BsonDocument = new Map<string, Value>([
    ['explainVersion', '1'],
    ['queryPlanner', queryPlanner(explanation)],
  ]);
  if (verbosity === 'queryPlanner') return result;
  const statistics = await executionStatistics(
    explanation,
    buildStages(plan, explanation.operation.memory),
  );
  if (verbosity === 'allPlansExecution') statistics.set('allPlansExecution', []);
  return result.set('executionStats', statistics);
}

function queryPlanner({ namespace, plan, wrap }: Explanation): BsonDocument {
  const describe = (root: PlanNode): BsonDocument => {
    const built = buildStages({ ...plan, root });
    return wrap(describeStage(built, plan.query, false), undefined);
  };
  return new Map<string, Value>([
    ['namespace', `${namespace.database}.${namespace.collection}`],
    ['parsedQuery', plan.query.filter ?? new Map()],
    ['indexFilterSet', false],
    ['maxIndexedOrSolutionsReached', false],
    ['maxIndexedAndSolutionsReached', false],
    ['maxScansToExplodeReached', false],
    ['winningPlan', describe(plan.root)],
    ['rejectedPlans', plan.rejected.map(describe)],
  ]);
}

async function executionStatistics(
  { operation, plan, wrap }: Explanation,
  built: BuiltStage,
): Promise<BsonDocument> {
  const started = performance.now();
  let returned = 0;
  for await (const rows of runStages(operation, plan, built)) returned += rows.length;
  const milliseconds = Math.round(performance.now() - started);
  const totals = totalsOf(built);
  const stages = describeStage(built, plan.query, true);
  return new Map<string, Value>([
    ['executionSuccess', true],
    ['nReturned', new Int32(returned)],
    ['executionTimeMillis', new Int32(milliseconds)],
    ['totalKeysExamined', new Int32(totals.keys)],
    ['totalDocsExamined', new Int32(totals.documents)],
    ['executionStages', wrap(stages, returned)],
  ]);
}
