import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import { streamOf } from '../stream';
import type { Stage, StageSite, StageTable } from '../types';

const PARTS = new Set(['count', 'storageStats']);
const REFUSED = new Set(['latencyStats', 'queryExecStats', 'operationStats']);

/**
 * What the catalog knows of the collection, as one document
 * (https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/collStats/).
 */
function compileCollStats({ name, specification, source, namespace }: StageSite): Stage {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      5447000,
      `$collStats must take a nested object but found: ${bsonTypeName(specification)}`,
    );
  }
  for (const option of specification.keys()) {
    if (REFUSED.has(option)) {
      throw new MongoServerError('NotImplemented', `$collStats.${option} is not supported`);
    }
    if (!PARTS.has(option)) {
      throw new MongoServerError(40415, `BSON field '$collStats.${option}' is an unknown field.`);
    }
  }
  const parts = {
    count: specification.has('count'),
    storageStats: specification.has('storageStats'),
  };
  return {
    name,
    run: () => streamOf(namespace ? (source.statistics?.(namespace, parts) ?? []) : []),
    isSource: true,
    needsCollection: true,
  };
}

/** Stages that tell about the collection rather than read it. */
export const COLLECTION_STATISTICS_STAGES: StageTable = { $collStats: compileCollStats };
