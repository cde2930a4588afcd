import { MongoServerError } from '../errors';
import type { CollectionInfo, KeyValueReader } from '../storage/types';
import type { AccessPath } from './access-path';
import { buildStages } from './build-stages';
import { isPointSet } from './interval';
import { inputsOf, type PlanNode } from './plan';
import { NEED_TIME } from './stages/stage';

/** Units of work that each plan gets; small, because a trial comes before every such query. */
const TRIAL_WORKS = 500;
/** The server's internalQueryPlanEvaluationMaxResults. */
const TRIAL_RESULTS = 101;
const MOST_PLANS_TRIED = 4;

/** A way of reading with the whole plan made of it. */
export interface RankedPlan {
  readonly path: AccessPath;
  readonly root: PlanNode;
}

interface TrialResult {
  readonly plan: RankedPlan;
  /** Ran to its end, or gave as many rows as anybody asks for at first. */
  readonly finished: boolean;
  readonly works: number;
  readonly returned: number;
}

/**
 * The plans with the best first. Where the rules leave it open which way is shorter (different fields
 * narrow, or one way narrows and another has the order), the contenders run for a moment: one that
 * finishes wins, else the one with the most rows, else the order of the rules stands.
 * @param plans best first by the rules
 */
export function tryPlans(
  collection: CollectionInfo,
  plans: readonly RankedPlan[],
  reader: KeyValueReader,
): readonly RankedPlan[] {
  const [first] = plans;
  if (first === undefined || first.path.single) return plans;
  const contenders = plans
    .filter((plan) => plan === first || !isDominated(plan.path, first.path))
    .slice(0, MOST_PLANS_TRIED);
  if (contenders.length < 2) return plans;
  const results = contenders.map((plan) => runTrial(collection, plan, reader));
  const best = results.reduce((left, right) => (isBetter(right, left) ? right : left));
  return [best.plan, ...plans.filter((plan) => plan !== best.plan)];
}

function isBetter(left: TrialResult, right: TrialResult): boolean {
  if (left.finished !== right.finished) return left.finished;
  return left.finished ? left.works < right.works : left.returned > right.returned;
}

function runTrial(
  collection: CollectionInfo,
  plan: RankedPlan,
  reader: KeyValueReader,
): TrialResult {
  const { stage } = buildStages({ collection, root: plan.root });
  let works = 0;
  let returned = 0;
  let ended = false;
  stage.restore(reader);
  try {
    while (!ended && works < TRIAL_WORKS && returned < TRIAL_RESULTS) {
      works++;
      const row = stage.work();
      if (row === undefined) ended = true;
      else if (row !== NEED_TIME) returned++;
    }
  } catch (error) {
    // A plan that fails (a sort out of memory) is no reason to fail where another way exists.
    if (!(error instanceof MongoServerError)) throw error;
    return { plan, finished: false, works, returned: -1 };
  } finally {
    stage.save();
    stage.close();
  }
  return { plan, finished: ended || returned === TRIAL_RESULTS, works, returned };
}

/** True when the other way narrows by the same fields or more and orders as well. */
function isDominated(path: AccessPath, other: AccessPath): boolean {
  if (path.ordered && !other.ordered) return false;
  if (path.hasRange && !other.hasRange && other.equalityFields <= path.equalityFields) return false;
  const better = equalityPaths(other.node);
  return [...equalityPaths(path.node)].every((field) => better.has(field));
}

function equalityPaths(node: PlanNode): Set<string> {
  if (node.stage !== 'IXSCAN') return new Set(inputsOf(node).flatMap((i) => [...equalityPaths(i)]));
  const open = node.bounds.findIndex((intervals) => !isPointSet(intervals));
  const count = open === -1 ? node.bounds.length : open;
  return new Set(node.fields.slice(0, count).map(({ path }) => path));
}
