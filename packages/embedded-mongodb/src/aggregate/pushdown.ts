import { matchExpression, type MatchExpression } from '../match/compile';
import type { FindQuery, SortPattern } from '../plan/query';
import type { BsonDocument } from '../values/types';
import type { Stage } from './types';

/** The part of a pipeline that one read of the collection answers, and the stages that remain. */
export interface Pushdown {
  readonly query: FindQuery;
  readonly rest: readonly Stage[];
  /** The limit is known to be 0: nothing is to be read. */
  readonly isEmpty: boolean;
}

export function bothMatch(
  left: MatchExpression | undefined,
  right: MatchExpression | undefined,
): MatchExpression | undefined {
  if (!left || !right) return left ?? right;
  return matchExpression({ kind: 'and', children: [left.root, right.root] });
}

function bothFilters(left: BsonDocument | undefined, right: BsonDocument): BsonDocument {
  return left ? new Map([['$and', [left, right]]]) : right;
}

/** Takes the leading matches, sort, skips and limits into one query. */
export function pushDown(stages: readonly Stage[]): Pushdown {
  let match: MatchExpression | undefined;
  let filter: BsonDocument | undefined;
  let sort: SortPattern | undefined;
  let skip = 0;
  let limit = Infinity;
  let taken = 0;
  for (const { pushable } of stages) {
    if (!pushable) break;
    const isCut = skip > 0 || limit !== Infinity;
    if (isCut && (pushable.kind === 'match' || pushable.kind === 'sort')) break;
    if (pushable.kind === 'match') {
      match = bothMatch(match, pushable.match);
      filter = bothFilters(filter, pushable.filter);
    } else if (pushable.kind === 'sort') {
      sort = pushable.pattern;
    } else if (pushable.kind === 'skip') {
      skip += pushable.count;
      limit = Math.max(limit - pushable.count, 0);
    } else {
      limit = Math.min(limit, pushable.count);
    }
    taken += 1;
  }
  return {
    query: {
      ...(match ? { match } : {}),
      ...(filter ? { filter } : {}),
      ...(sort ? { sort } : {}),
      ...(skip > 0 ? { skip } : {}),
      ...(limit === Infinity ? {} : { limit }),
    },
    rest: stages.slice(taken),
    isEmpty: limit === 0,
  };
}
