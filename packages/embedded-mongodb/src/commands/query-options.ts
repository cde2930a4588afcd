import { MongoServerError } from '../errors';
import { createCommandVariables } from '../expression/command-variables';
import type { Variables } from '../expression/variables';
import { compileMatch } from '../match/compile';
import { parseSortPattern, type FindQuery } from '../plan/query';
import { compileProjection } from '../project/compile';
import type { OperationContext } from '../storage/types';
import type { Collation } from '../values/collation';
import type { BsonDocument, Value } from '../values/types';
import type { CommandArguments } from './arguments';
import { collationOf } from './collation';
import { bsonTypeName } from '../values/compare';

const EMPTY: BsonDocument = new Map<string, Value>();

/** Options that would change the answer and are not implemented are refused by name. */
export function refuseOptions(parsed: CommandArguments, names: readonly string[]): void {
  for (const name of names) {
    const value = parsed.raw(name);
    if (value === undefined || value === false) continue;
    if (value instanceof Map && value.size === 0) continue;
    throw new MongoServerError(
      'NotImplemented',
      `option '${name}' of ${parsed.command} is not supported`,
    );
  }
}

/**
 * The variables of a command: its `let`, evaluated, and the moment it runs as `NOW`.
 * @param operation whose end also ends the expressions that use the variables
 */
export function commandVariables(
  parsed: CommandArguments,
  operation?: OperationContext,
): Variables {
  const checkTime = operation && ((): void => operation.checkInterrupted());
  const options = { checkTime, collation: collationOf(parsed) };
  return createCommandVariables(parsed.document('let'), new Date(), options);
}

/** `hint`: an index name or a key pattern. */
export function parseHint(parsed: CommandArguments): string | BsonDocument | undefined {
  const hint = parsed.raw('hint');
  if (hint === undefined || typeof hint === 'string') return hint;
  if (hint instanceof Map) return hint.size === 0 ? undefined : hint;
  throw new MongoServerError(
    'FailedToParse',
    `Hint must be a string or an object, but got ${bsonTypeName(hint)}`,
  );
}

/** The parts of a find command (or of the find inside explain) as the planner takes them. */
export function parseFindQuery(parsed: CommandArguments, operation?: OperationContext): FindQuery {
  const collation = collationOf(parsed);
  refuseOptions(parsed, ['min', 'max', 'returnKey', 'showRecordId', 'requestResumeToken']);
  refuseOptions(parsed, ['resumeAfter', 'oplogReplay']);
  const variables = commandVariables(parsed, operation);
  const filter = parsed.document('filter') ?? EMPTY;
  const match = compileMatch(filter, { variables, collation });
  const projectionSpec = parsed.document('projection');
  const projection =
    projectionSpec && projectionSpec.size > 0
      ? compileProjection(projectionSpec, { match, variables, collation, kind: 'find' })
      : undefined;
  const skip = parsed.nonNegativeInteger('skip');
  const limit = parsed.nonNegativeInteger('limit');
  return {
    ...(filter.size > 0 && { match, filter }),
    ...parseSortAndHint(parsed, collation),
    ...(skip && { skip }),
    ...(limit && { limit }),
    ...(projection && { projection }),
  };
}

/** `sort: { $natural: n }` is an order of scanning, hence a hint. */
function parseSortAndHint(
  parsed: CommandArguments,
  collation: Collation | undefined,
): Pick<FindQuery, 'sort' | 'hint'> {
  const sort = parsed.document('sort');
  const hint = parseHint(parsed);
  if (sort?.has('$natural')) {
    if (sort.size > 1) {
      throw new MongoServerError(
        'BadValue',
        '$natural sort cannot be set to a value other than -1 or 1.',
      );
    }
    return { hint: sort };
  }
  return {
    ...(sort && sort.size > 0 && { sort: parseSortPattern(sort, collation) }),
    ...(hint !== undefined && { hint }),
  };
}

/** The query of count and distinct. */
export function parseFilterQuery(
  parsed: CommandArguments,
  operation?: OperationContext,
): FindQuery {
  const collation = collationOf(parsed);
  const variables = commandVariables(parsed, operation);
  const filter = parsed.document('query') ?? EMPTY;
  const hint = parseHint(parsed);
  return {
    ...(filter.size > 0 && { match: compileMatch(filter, { variables, collation }), filter }),
    ...(hint !== undefined && { hint }),
  };
}
