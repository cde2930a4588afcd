import type { WorkingMemory } from '../spill/working-memory';
import type { CollectionInfo } from '../storage/types';
import { selectionOfSort } from './field-selection';
import { encodedPrefix } from './key-range';
import { inputsOf, type PlanNode, type QueryPlan } from './plan';
import type { FindQuery } from './query';
import { createSortKeyGenerator, createSortOrder } from './sort-key';
import { Interleave, MergeSort, Union, type MergeOrder } from './stages/combine';
import { Fetch } from './stages/fetch';
import { CollectionScan, EndOfFile, IdLookup, IndexScan } from './stages/scan';
import { Sort, type RowOrder } from './stages/sort';
import type { Row, Stage } from './stages/stage';
import { TextMatch } from './stages/text';
import { Limit, Skip } from './stages/window';

/** A plan node and the stage that runs it, for explain to tell what happened where. */
export interface BuiltStage {
  readonly node: PlanNode;
  readonly stage: Stage;
  readonly inputs: readonly BuiltStage[];
}

type StagePlan = Pick<QueryPlan, 'collection' | 'root'> & Partial<Pick<QueryPlan, 'query'>>;

/**
 * Makes a fresh run of a plan. It starts with `stage.restore(reader)` and ends with `stage.close()`.
 * @param memory what the run may hold; 100 MiB for each stage and nothing on disk unless given
 */
export function buildStages(plan: StagePlan, memory?: WorkingMemory): BuiltStage {
  if (plan.collection === undefined) {
    return { node: plan.root, stage: new EndOfFile(), inputs: [] };
  }
  return build({ collection: plan.collection, query: plan.query ?? {}, memory }, plan.root);
}

/** What the stages of one run share. */
interface Run {
  readonly collection: CollectionInfo;
  readonly query: FindQuery;
  readonly memory: WorkingMemory | undefined;
}

function build(run: Run, node: PlanNode): BuiltStage {
  const inputs = inputsOf(node).map((input) => build(run, input));
  const stages = inputs.map(({ stage }) => stage);
  return { node, stage: makeStage(run, node, stages), inputs };
}

function makeStage(
  { collection, query, memory }: Run,
  node: PlanNode,
  inputs: readonly Stage[],
): Stage {
  const [input = new EndOfFile()] = inputs;
  switch (node.stage) {
    case 'EOF':
      return new EndOfFile();
    case 'COLLSCAN':
      return new CollectionScan(collection, node.direction, node.filter, query);
    case 'IDHACK':
      return new IdLookup(collection, node.id);
    case 'IXSCAN':
      return new IndexScan(node.index, node.ranges);
    case 'FETCH':
      return new Fetch(collection, input, node.filter, node.fields);
    case 'OR':
      return node.inTurns ? new Interleave(inputs) : new Union(inputs);
    case 'SORT_MERGE':
      return new MergeSort(inputs, mergeOrder(node), node.deduplicate);
    case 'SORT':
      return new Sort(input, orderOfRows(node), node.limit, memory);
    case 'TEXT_MATCH':
      return new TextMatch(input, node.query);
    case 'SKIP':
      return new Skip(input, node.count);
    case 'LIMIT':
      return new Limit(input, node.count);
  }
}

function orderOfRows({ sort }: Extract<PlanNode, { stage: 'SORT' }>): RowOrder {
  const order = createSortOrder(sort);
  const selection = selectionOfSort(sort);
  return { ...order, keyOf: (row) => order.keyOf(row.fields(selection)) };
}

function sortKeyOfRow({ sort }: Extract<PlanNode, { stage: 'SORT_MERGE' }>) {
  const sortKey = createSortKeyGenerator(sort);
  const selection = selectionOfSort(sort);
  return (row: Row) => sortKey(row.fields(selection));
}

function mergeOrder(node: Extract<PlanNode, { stage: 'SORT_MERGE' }>): MergeOrder {
  const { sharedPrefixFields } = node;
  if (sharedPrefixFields === undefined) return { keyOf: sortKeyOfRow(node), reverse: false };
  const lengths = node.inputs.map((input) =>
    input.stage === 'IXSCAN'
      ? encodedPrefix(input.index.fields, input.bounds, sharedPrefixFields).length
      : 0,
  );
  const [first] = node.inputs;
  return {
    keyOf: (row, input) => row.keyBytes?.subarray(lengths[input]) ?? Buffer.alloc(0),
    reverse: first?.stage === 'IXSCAN' && first.direction === -1,
  };
}
