import type { MatchExpression } from '../match/compile';
import type { CollectionInfo, IndexBounds, IndexField, IndexInfo } from '../storage/types';
import type { BoundTextQuery, TextQuery } from '../text/query';
import type { Value } from '../values/types';
import type { IntervalSet } from './interval';
import type { FindQuery, SortPattern } from './query';

/** Reads an index within bounds. */
export interface IndexScanNode {
  readonly stage: 'IXSCAN';
  readonly index: IndexInfo;
  readonly direction: 1 | -1;
  /** The fields that `bounds` speaks of. */
  readonly fields: readonly IndexField[];
  /** One set per field of the index, in ascending order of values. */
  readonly bounds: readonly IntervalSet[];
  /** The same as byte ranges, disjoint and in scan order. */
  readonly ranges: readonly IndexBounds[];
}

/** What a plan does, as a tree; the stage names are those that explain answers. */
export type PlanNode =
  | { readonly stage: 'EOF' }
  | {
      readonly stage: 'COLLSCAN';
      readonly direction: 1 | -1;
      readonly filter: MatchExpression | undefined;
    }
  | { readonly stage: 'IDHACK'; readonly id: Value }
  | IndexScanNode
  | {
      readonly stage: 'FETCH';
      readonly input: PlanNode;
      readonly filter: MatchExpression | undefined;
      /** What later stages look at, where that is known. */
      readonly fields?: readonly string[] | undefined;
    }
  | {
      readonly stage: 'OR';
      readonly inputs: readonly PlanNode[];
      /** One row of each input in turn, not one input after the other. */
      readonly inTurns?: true;
    }
  | {
      readonly stage: 'SORT_MERGE';
      readonly inputs: readonly PlanNode[];
      readonly sort: SortPattern;
      /**
       * Set when the inputs scan the same index with single values for its first so many fields:
       * the rest of the index key then orders the rows.
       */
      readonly sharedPrefixFields?: number;
      readonly deduplicate: boolean;
    }
  | {
      readonly stage: 'SORT';
      readonly input: PlanNode;
      readonly sort: SortPattern;
      /** Rows to keep; 0 means all. */
      readonly limit: number;
    }
  | {
      readonly stage: 'TEXT_MATCH';
      readonly index: IndexInfo;
      readonly textQuery: TextQuery;
      readonly query: BoundTextQuery;
      readonly input: PlanNode;
    }
  | { readonly stage: 'SKIP'; readonly input: PlanNode; readonly count: number }
  | { readonly stage: 'LIMIT'; readonly input: PlanNode; readonly count: number };

/** A plan for one query on one collection, made for the catalog state of that moment. */
export interface QueryPlan {
  /** Undefined when the collection does not exist. */
  readonly collection: CollectionInfo | undefined;
  readonly query: FindQuery;
  readonly root: PlanNode;
  /** Other plans that were thought of, best first; only explain shows them. */
  readonly rejected: readonly PlanNode[];
}

/** The inputs of a node, in order. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  if ('inputs' in node) return node.inputs;
  return 'input' in node ? [node.input] : [];
}

/** Every index that the plan reads. */
export function indexesOf(node: PlanNode): IndexInfo[] {
  const own = 'index' in node ? [node.index] : [];
  return [...own, ...inputsOf(node).flatMap(indexesOf)];
}
