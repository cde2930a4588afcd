import type { Variables } from '../expression/variables';
import { MongoServerError } from '../errors';
import type { Collation } from '../values/collation';
import type { BsonDocument } from '../values/types';
import { compileNode } from './evaluate';
import { parseFilter } from './parse';
import type { MatchDetails, MatchExpression, MatchNode } from './types';
import type { TextQuery } from '../text/query';

export type { MatchExpression, MatchNode, Predicate } from './types';

/** What a filter may use beyond its own fields. */
export interface MatchOptions {
  readonly variables?: Variables;
  /** False where MongoDB refuses `$expr`, `$text` and `$where` (array filters, `$pull`). */
  readonly allowSpecialOperators?: boolean;
  /** How text compares; by bytes when absent. */
  readonly collation?: Collation;
}

/**
 * Compiles a filter document (manual: "Query and Projection Operators").
 * @throws MongoServerError 2 BadValue and the other errors of MongoDB's query parser; 238 for
 * `$where` and the geospatial operators, which the engine does not have
 */
export function compileMatch(filter: BsonDocument, options: MatchOptions = {}): MatchExpression {
  const root = parseFilter(filter, {
    variables: options.variables,
    allowSpecialOperators: options.allowSpecialOperators ?? true,
    inSubdocument: false,
    collation: options.collation,
  });
  return matchExpression(root);
}

/** A compiled query from a tree, for instance a part of another query. */
export function matchExpression(root: MatchNode): MatchExpression {
  const test = compileNode(root);
  return {
    root,
    textQuery: findTextQuery(root),
    matches: (document) => test(document, undefined),
    matchWithPosition: (document) => {
      const details: MatchDetails = {};
      const matched = test(document, details);
      return matched ? { matched, arrayIndex: details.arrayIndex } : { matched };
    },
  };
}

function findTextQuery(node: MatchNode): TextQuery | undefined {
  const queries = collectTextQueries(node);
  if (queries.length > 1) throw new MongoServerError('BadValue', 'Too many text expressions');
  return queries[0];
}

function collectTextQueries(node: MatchNode): TextQuery[] {
  switch (node.kind) {
    case 'text':
      return [node.query];
    case 'nor':
      if (node.children.some((child) => collectTextQueries(child).length > 0)) {
        throw new MongoServerError('BadValue', 'text expression not allowed in nor');
      }
      return [];
    case 'and':
    case 'or':
      return node.children.flatMap(collectTextQueries);
    default:
      return [];
  }
}
