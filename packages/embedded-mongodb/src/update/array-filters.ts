import { MongoServerError } from '../errors';
import { compileMatch } from '../match/compile';
import type { MatchNode } from '../match/types';
import type { Collation } from '../values/collation';
import type { BsonDocument } from '../values/types';
import type { ElementFilter } from './types';

const PREFIX = 'Error parsing array filter :: caused by :: ';
const IDENTIFIER = /^[a-z][a-zA-Z0-9]*$/;

const failed = (message: string): MongoServerError =>
  new MongoServerError('FailedToParse', message);

/**
 * Parses `arrayFilters`: each tests the elements that its identifier stands for.
 * @throws MongoServerError 9 or 2 as MongoDB
 */
export function parseArrayFilters(
  filters: readonly BsonDocument[],
  collation?: Collation,
): Map<string, ElementFilter> {
  const byIdentifier = new Map<string, ElementFilter>();
  for (const filter of filters) {
    const match = compileFilter(filter, collation);
    const identifier = topLevelName(match.root);
    if (identifier === undefined) {
      throw failed('Cannot use an expression without a top-level field name in arrayFilters');
    }
    if (byIdentifier.has(identifier)) {
      throw failed(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    byIdentifier.set(identifier, (element) => match.matches(new Map([[identifier, element]])));
  }
  return byIdentifier;
}

function compileFilter(
  filter: BsonDocument,
  collation: Collation | undefined,
): ReturnType<typeof compileMatch> {
  try {
    return compileMatch(filter, { allowSpecialOperators: false, collation });
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    throw new MongoServerError(error.code, PREFIX + error.message);
  }
}

/** The one name under which all conditions of a filter stand. */
function topLevelName(node: MatchNode): string | undefined {
  const names = new Set(collectNames(node));
  const [first, second] = names;
  if (second !== undefined) {
    throw failed(
      `${PREFIX}Expected a single top-level field name, found '${first}' and '${second}'`,
    );
  }
  if (first !== undefined && !IDENTIFIER.test(first)) {
    throw new MongoServerError(
      'BadValue',
      `${PREFIX}The top-level field name must be an alphanumeric string beginning with a ` +
        `lowercase letter, found '${first}'`,
    );
  }
  return first;
}

function collectNames(node: MatchNode): string[] {
  switch (node.kind) {
    case 'path':
      return [node.path.split('.')[0] as string];
    case 'and':
    case 'or':
    case 'nor':
      return node.children.flatMap(collectNames);
    default:
      return [];
  }
}
