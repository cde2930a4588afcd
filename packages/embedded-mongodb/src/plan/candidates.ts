import { MongoServerError } from '../errors';
import type { CandidateFinder } from '../storage/types';
import type { MaybeValue } from '../values/types';
import { executeRecords } from './execute';
import { planQuery } from './planner';
import { parseSortPattern, type FindQuery } from './query';

/** Finds the records that a write is about, through indexes. */
export const findCandidates: CandidateFinder = async function* (operation, collection, query) {
  const plan = planQuery(
    collection,
    {
      match: query.match,
      sort:
        query.sort && query.sort.size > 0
          ? parseSortPattern(query.sort, query.collation)
          : undefined,
      limit: query.limit,
      hint: parseHint(query.hint),
      forWrite: true,
    },
    operation.reader(),
  );
  for await (const records of executeRecords(operation, plan)) {
    yield records.map(({ recordId }) => recordId);
  }
};

/** A `hint` as commands carry it; an empty document is no hint. Throws 9 FailedToParse for other types. */
export function parseHint(hint: MaybeValue): FindQuery['hint'] {
  if (hint === undefined || typeof hint === 'string') return hint;
  if (!(hint instanceof Map)) {
    throw new MongoServerError('FailedToParse', 'Hint must be a string or an object');
  }
  return hint.size === 0 ? undefined : hint;
}
