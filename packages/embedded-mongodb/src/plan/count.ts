import { countRecords } from '../storage/collection';
import type { CollectionInfo, OperationContext } from '../storage/types';
import { buildStages } from './build-stages';
import { runStages } from './execute';
import { planCount } from './planner';
import type { FindQuery } from './query';

/**
 * The number of documents that match, after `skip` and up to `limit`. Without a filter it is the
 * collection's own count; a filter that an index answers exactly is counted without reading documents.
 */
export async function countDocuments(
  operation: OperationContext,
  collection: CollectionInfo | undefined,
  query: FindQuery,
): Promise<number> {
  if (collection === undefined) return 0;
  if (isUnconditional(query)) {
    const rest = Math.max(0, countRecords(operation.reader(), collection) - (query.skip ?? 0));
    return query.limit ? Math.min(rest, query.limit) : rest;
  }
  const plan = planCount(collection, query, operation.reader());
  let count = 0;
  for await (const rows of runStages(operation, plan, buildStages(plan))) count += rows.length;
  return count;
}

/** True when the count does not depend on what the documents hold. */
export function isUnconditional({ match, hint }: FindQuery): boolean {
  if (hint !== undefined) return false;
  return match === undefined || (match.root.kind === 'always' && match.root.value);
}
