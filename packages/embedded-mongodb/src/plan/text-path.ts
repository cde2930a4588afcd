import { MongoServerError } from '../errors';
import type { IndexField, IndexInfo } from '../storage/types';
import { bindTextQuery, type TextQuery } from '../text/query';
import { parseTextIndexSpec } from '../text/specification';
import { scanNode, type AccessPath } from './access-path';
import type { Conjunction } from './conjunction';
import { isEligible } from './index-eligibility';
import { boundsOfField } from './index-candidate';
import { isPointSet, pointInterval, uniteIntervals, type IntervalSet } from './interval';
import type { PlanNode } from './plan';
import type { FindQuery } from './query';

/** The field of a text index's key pattern that stands for the terms. */
const TERM_FIELD: IndexField = { path: '_fts', direction: 1 };

/**
 * The way to the documents of a `$text` query: the entries of its terms in the text index, scored.
 * Throws 27 IndexNotFound without a text index, 2 BadValue together with a hint, 291
 * NoQueryExecutionPlans when a compound index lacks equalities or the `$text` stands in an `$or`.
 */
export function textPath(
  indexes: readonly IndexInfo[],
  conjunction: Conjunction,
  query: FindQuery,
  textQuery: TextQuery,
): AccessPath {
  if (query.hint !== undefined) {
    throw new MongoServerError('BadValue', 'text and hint not allowed in same query');
  }
  const index = indexes.find(
    (candidate) => candidate.kind === 'text' && isEligible(candidate, conjunction),
  );
  if (index === undefined) {
    throw new MongoServerError('IndexNotFound', 'text index required for $text query');
  }
  if (!conjunction.text) {
    throw new MongoServerError(
      'NoQueryExecutionPlans',
      'Failed to produce a solution for TEXT under OR - other non-TEXT clauses under OR have to be indexed as well.',
    );
  }
  const bound = bindTextQuery(textQuery, parseTextIndexSpec(index.specification));
  const prefix = prefixFields(index);
  const prefixes = prefix.map((field) => prefixBounds(conjunction, field));
  const scanTerms = (terms: readonly string[]) => {
    const bounds = [...prefixes, uniteIntervals(terms.map(pointInterval))];
    // Backward, as MongoDB does; of one term, the newest records come first.
    return scanNode(index, -1, bounds, [...prefix, TERM_FIELD]);
  };
  const width = prefix.length + 1;
  return {
    node: {
      stage: 'TEXT_MATCH',
      index,
      textQuery,
      query: bound,
      input: {
        stage: 'FETCH',
        input: inTurns(bound.indexTerms, scanTerms),
        filter: query.match,
        fields: bound.fields && [...bound.fields, ...(query.fields ?? [])],
      },
    },
    fetched: true,
    exact: false,
    ordered: query.sort === undefined,
    single: false,
    equalityFields: width,
    hasRange: false,
    width,
  };
}

/** A scan for each term, which take turns: a limit must not leave a rare term to a common one. */
function inTurns(
  terms: readonly string[],
  scanTerms: (terms: readonly string[]) => PlanNode,
): PlanNode {
  if (terms.length < 2) return scanTerms(terms);
  return { stage: 'OR', inTurns: true, inputs: terms.map((term) => scanTerms([term])) };
}

/** The key pattern fields before the text; a query gives each of them one value. */
function prefixFields(index: IndexInfo): readonly IndexField[] {
  const pattern = index.specification.get('key');
  const paths = pattern instanceof Map ? [...pattern.keys()] : [];
  const before = paths.slice(0, paths.indexOf(TERM_FIELD.path));
  return index.fields.filter(({ path }) => before.includes(path));
}

function prefixBounds(conjunction: Conjunction, { path }: IndexField): IntervalSet {
  const bounds = boundsOfField(conjunction, path, false);
  if (bounds !== undefined && isPointSet(bounds.intervals)) return bounds.intervals;
  throw new MongoServerError(
    'NoQueryExecutionPlans',
    'failed to use text index to satisfy $text query (if text index is compound, are equality predicates given for all prefix fields?)',
  );
}
