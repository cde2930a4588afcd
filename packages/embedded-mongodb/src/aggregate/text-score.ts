import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';
import type { Stage } from './types';

/** Stages with a pipeline over another collection, which may search that one itself. */
const OTHER_COLLECTIONS = new Set(['$lookup', '$unionWith']);
const LITERALS = new Set(['$literal', '$const']);

/**
 * Only a text search gives documents a score.
 * @throws MongoServerError 40218 when a stage asks for one and the pipeline begins with no search
 */
export function assertScoreAvailable(
  definitions: readonly BsonDocument[],
  compiled: readonly Stage[],
): void {
  const first = compiled[0]?.pushable;
  if (first?.kind === 'match' && first.match.textQuery !== undefined) return;
  const wantsScore = definitions.some((stage) =>
    [...stage].some(
      ([name, specification]) => !OTHER_COLLECTIONS.has(name) && asksForScore(specification),
    ),
  );
  if (!wantsScore) return;
  throw new MongoServerError(40218, 'query requires text score metadata, but it is not available');
}

function asksForScore(value: Value): boolean {
  if (Array.isArray(value)) return value.some(asksForScore);
  if (!(value instanceof Map)) return false;
  if (value.size === 1 && value.get('$meta') === 'textScore') return true;
  return [...value].some(([name, inner]) => !LITERALS.has(name) && asksForScore(inner));
}
