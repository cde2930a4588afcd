import { BSONRegExp, Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { CollectionInfo, IndexInfo, KeyValueReader } from '../storage/types';
import { noTextScore } from '../text/score-request';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';
import { accessPaths, scanPath, type AccessPath } from './access-path';
import { NO_CONDITIONS, toConjunction, type Conjunction } from './conjunction';
import { makeCandidate } from './index-candidate';
import type { PlanNode, QueryPlan } from './plan';
import type { FindQuery } from './query';
import { directionForSort } from './sort-order';
import { textPath } from './text-path';
import { tryPlans } from './trial';

/** How many of the plans not taken explain shows. */
const MOST_REJECTED_PLANS = 4;

/**
 * Chooses how to answer a query. Without a usable index the collection is scanned; an index only
 * narrows, the filter is applied to every document unless the bounds say the same.
 * Throws 2 BadValue for a hint that names no index.
 * @param collection undefined when it does not exist: the plan finds nothing
 * @param reader lets plans be tried where the rules leave the choice open
 */
export function planQuery(
  collection: CollectionInfo | undefined,
  query: FindQuery,
  reader?: KeyValueReader,
): QueryPlan {
  return makePlan(collection, normalise(query), true, reader);
}

/** The same for a count, whose rows need not carry their documents. */
export function planCount(
  collection: CollectionInfo,
  query: FindQuery,
  reader?: KeyValueReader,
): QueryPlan {
  return makePlan(collection, normalise(query), false, reader);
}

/** `sort: { $natural: n }` is the old way to write `hint: { $natural: n }`. */
function normalise(query: FindQuery): FindQuery {
  const [first] = query.sort ?? [];
  if (first === undefined) return { ...query, sort: undefined };
  if (first.kind !== 'natural') return query;
  if (query.hint !== undefined) {
    throw new MongoServerError('BadValue', 'Cannot use hint with a $natural sort');
  }
  const hint = new Map([['$natural', new Int32(first.direction)]]);
  return { ...query, sort: undefined, hint };
}

function makePlan(
  collection: CollectionInfo | undefined,
  query: FindQuery,
  needsDocuments: boolean,
  reader: KeyValueReader | undefined,
): QueryPlan {
  assertScoreAvailable(query);
  const conjunction = query.match ? toConjunction(query.match.root) : NO_CONDITIONS;
  if (collection === undefined || conjunction.never) {
    return { collection, query, root: { stage: 'EOF' }, rejected: [] };
  }
  // An index that was built after the reader's state has no entries there.
  const indexes = collection.indexes.filter(({ since }) => since <= (reader?.sequence ?? Infinity));
  const plans = findPaths(indexes, conjunction, query).map((path) => ({
    path,
    root: completePlan(path, query, needsDocuments),
  }));
  const ranked = reader === undefined ? plans : tryPlans(collection, plans, reader);
  const [root, ...rejected] = ranked.map((plan) => plan.root);
  return {
    collection,
    query,
    root: root ?? completePlan(collectionScan(query, 1), query, needsDocuments),
    rejected: rejected.slice(0, MOST_REJECTED_PLANS),
  };
}

function assertScoreAvailable({ sort = [], match }: FindQuery): void {
  if (match?.textQuery === undefined && sort.some(({ kind }) => kind === 'textScore')) {
    throw noTextScore();
  }
}

/** The ways to read, best first; none means a collection scan. */
function findPaths(
  indexes: readonly IndexInfo[],
  conjunction: Conjunction,
  query: FindQuery,
): AccessPath[] {
  const textQuery = query.match?.textQuery;
  if (textQuery !== undefined) return [textPath(indexes, conjunction, query, textQuery)];
  if (query.hint !== undefined) return [hintedPath(indexes, conjunction, query, query.hint)];
  const id = idLookup(conjunction, query);
  if (id !== undefined) return [id];
  return accessPaths({ indexes, query, isForced: false }, conjunction);
}

function hintedPath(
  indexes: readonly IndexInfo[],
  conjunction: Conjunction,
  query: FindQuery,
  hint: string | BsonDocument,
): AccessPath {
  const natural = naturalDirection(hint);
  if (natural !== undefined) return collectionScan(query, natural);
  const index = indexes.find((candidate) => isHinted(candidate, hint));
  if (index === undefined) {
    throw new MongoServerError(
      'BadValue',
      'hint provided does not correspond to an existing index',
    );
  }
  // The server obeys a hint even where a sparse or partial index lacks some of the documents.
  const [best] = accessPaths({ indexes: [index], query, isForced: true }, conjunction);
  if (best !== undefined) return best;
  const candidate = makeCandidate(index, conjunction);
  const direction = directionForSort(index, candidate.bounds, query.sort ?? []);
  return scanPath(candidate, direction ?? 1, direction !== undefined);
}

function naturalDirection(hint: string | BsonDocument): 1 | -1 | undefined {
  const direction = typeof hint === 'string' ? undefined : hint.get('$natural');
  if (direction === undefined) return undefined;
  const number = isNumeric(direction) ? toDouble(direction) : 0;
  if (typeof hint !== 'string' && hint.size === 1 && (number === 1 || number === -1)) return number;
  throw new MongoServerError('BadValue', '$natural hint may only be set to 1 or -1');
}

function isHinted(index: IndexInfo, hint: string | BsonDocument): boolean {
  if (index.hidden || index.kind === 'text') return false;
  if (typeof hint === 'string') return index.name === hint;
  const wanted = [...hint];
  return (
    wanted.length === index.fields.length &&
    wanted.every(([path, value], position) => {
      const field = index.fields[position];
      return field?.path === path && isDirection(value, field.direction);
    })
  );
}

function isDirection(value: Value, direction: 1 | -1): boolean {
  return isNumeric(value) && Math.sign(toDouble(value)) === direction;
}

/** `{ _id: value }` and nothing else is one look-up. */
function idLookup(conjunction: Conjunction, query: FindQuery): AccessPath | undefined {
  const { conditions, complete, alternatives } = conjunction;
  const [condition] = conditions;
  const [predicate] = condition?.predicates ?? [];
  if (
    conditions.length !== 1 ||
    !complete ||
    alternatives.length > 0 ||
    query.skip ||
    condition?.path !== '_id' ||
    condition.predicates.length !== 1 ||
    predicate?.op !== 'eq' ||
    !isWholeId(predicate.value)
  ) {
    return undefined;
  }
  return { ...WHOLE_COLLECTION, node: { stage: 'IDHACK', id: predicate.value }, ordered: true };
}

/** An `_id` is never an array, and a regular expression may mean a pattern. */
function isWholeId(value: Value): boolean {
  return !Array.isArray(value) && !(value instanceof BSONRegExp);
}

const WHOLE_COLLECTION = {
  fetched: true,
  exact: true,
  single: false,
  equalityFields: 0,
  hasRange: false,
  width: 0,
} as const;

function collectionScan({ match, sort }: FindQuery, direction: 1 | -1): AccessPath {
  return {
    ...WHOLE_COLLECTION,
    node: { stage: 'COLLSCAN', direction, filter: match },
    ordered: sort === undefined,
  };
}

/** Adds fetching, the filter, sorting and the window to a way of reading. */
function completePlan(path: AccessPath, query: FindQuery, needsDocuments: boolean): PlanNode {
  const { sort, match, skip = 0, limit = 0 } = query;
  let node = path.node;
  const isFiltered = path.fetched || path.exact;
  const skipsEarly = skip > 0 && path.exact && path.ordered;
  if (skipsEarly) node = { stage: 'SKIP', input: node, count: skip };
  if (!path.fetched && (needsDocuments || !path.exact)) {
    node = { stage: 'FETCH', input: node, filter: isFiltered ? undefined : match };
  }
  if (needsDocuments && sort !== undefined && !path.ordered) {
    node = { stage: 'SORT', input: node, sort, limit: limit > 0 ? skip + limit : 0 };
  }
  if (skip > 0 && !skipsEarly) node = { stage: 'SKIP', input: node, count: skip };
  const isLimited = node.stage === 'SORT' && node.limit > 0;
  return limit > 0 && !isLimited ? { stage: 'LIMIT', input: node, count: limit } : node;
}
