import { MongoServerError } from '../errors';
import { parseCollation, type Collation } from '../values/collation';
import { isNumeric } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { CommandArguments } from './arguments';

/**
 * The `collation` of a command or statement; undefined for none and for the simple one.
 * @throws MongoServerError as parseCollation
 */
export function collationOf(parsed: CommandArguments): Collation | undefined {
  const specification = parsed.document('collation');
  return specification && specification.size > 0 ? parseCollation(specification) : undefined;
}

/** Modifiers that compare stored values with given ones, which a collation would change. */
const COMPARING_MODIFIERS = new Set(['$addToSet', '$pull', '$pullAll', '$min', '$max', '$push']);

/**
 * Filters and sorts follow a collation; updates that compare do not.
 * @throws MongoServerError 238 for those, because to ignore the collation would answer wrongly
 */
export function assertUpdateIgnoresCollation(
  update: BsonDocument | BsonDocument[],
  arrayFilters: readonly BsonDocument[] | undefined,
): void {
  if (Array.isArray(update)) throw refused('an update by pipeline');
  if (arrayFilters && arrayFilters.length > 0) throw refused('arrayFilters');
  const modifier = [...update.keys()].find((name) => COMPARING_MODIFIERS.has(name));
  if (modifier !== undefined) throw refused(modifier);
}

/** @throws MongoServerError 238 for a projection that compares values. */
export function assertProjectionIgnoresCollation(projection: BsonDocument | undefined): void {
  for (const value of projection?.values() ?? []) {
    if (!isNumeric(value) && typeof value !== 'boolean') throw refused('this projection');
  }
}

/** Stages whose answer does not depend on comparisons, and those that follow the collation. */
const COLLATED_STAGES = new Set([
  '$match',
  '$sort',
  '$limit',
  '$skip',
  '$count',
  '$unwind',
  '$unset',
  '$sample',
  '$out',
]);

/** @throws MongoServerError 238 for stages that would compare without regard to the collation. */
export function assertStagesFollowCollation(stages: readonly BsonDocument[]): void {
  for (const stage of stages) {
    const [[name, specification] = ['', undefined]] = stage;
    if (!COLLATED_STAGES.has(name) && !isPlainCount(name, specification)) throw refused(name);
  }
}

/** What the drivers' countDocuments sends: everything in one group, counted. */
function isPlainCount(name: string, specification: MaybeValue): boolean {
  if (name !== '$group' || !(specification instanceof Map)) return false;
  return [...specification].every(([field, value]) =>
    field === '_id' ? value === null || isNumeric(value) : isConstantSum(value),
  );
}

function isConstantSum(value: Value): boolean {
  return value instanceof Map && value.size === 1 && isNumeric(value.get('$sum'));
}

function refused(what: string): MongoServerError {
  return new MongoServerError('NotImplemented', `a collation with ${what} is not supported`);
}
