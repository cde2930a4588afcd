import { asksForTextScore, noTextScore } from '../text/score-request';
import type { BsonDocument } from '../values/types';
import type { Stage } from './types';

/** Stages with a pipeline over another collection, which may search that one itself. */
const OTHER_COLLECTIONS = new Set(['$lookup', '$unionWith']);

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
      ([name, specification]) => !OTHER_COLLECTIONS.has(name) && asksForTextScore(specification),
    ),
  );
  if (wantsScore) throw noTextScore();
}
