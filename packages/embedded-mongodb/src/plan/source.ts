import type { PipelineSource } from '../aggregate/types';
import type { CollectionInfo, Namespace, OperationContext } from '../storage/types';
import type { BsonDocument } from '../values/types';
import { countDocuments } from './count';
import { executeFind } from './execute';
import { explainFind, type Verbosity } from './explain';
import { planQuery } from './planner';
import type { FindQuery } from './query';

/** The read side of a pipeline, with explain of what the pipeline asks of it. */
export interface PipelineReader extends Pick<
  PipelineSource,
  'find' | 'count' | 'yieldPoint' | 'memory'
> {
  /** `queryPlanner` and, when asked for, `executionStats` of a find. */
  explain(namespace: Namespace, query: FindQuery, verbosity: Verbosity): Promise<BsonDocument>;
}

/**
 * How a pipeline reads collections: each find is planned when its first chunk is asked for.
 * @param lookUp the collection of a namespace, undefined when it does not exist
 */
export function createPipelineSource(
  operation: OperationContext,
  lookUp: (namespace: Namespace) => CollectionInfo | undefined,
): PipelineReader {
  return {
    async *find(namespace, query) {
      const reader = operation.reader();
      yield* executeFind(operation, planQuery(lookUp(namespace), query, reader));
    },
    count: (namespace, match, limit, hint) =>
      countDocuments(operation, lookUp(namespace), { match, limit, hint }),
    yieldPoint: () => operation.yieldPoint(),
    ...(operation.memory && { memory: operation.memory }),
    explain: (namespace, query, verbosity) =>
      explainFind(operation, lookUp(namespace), query, verbosity, namespace),
  };
}
