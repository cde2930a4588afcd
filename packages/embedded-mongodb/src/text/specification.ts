import { MongoServerError } from '../errors';
import { isNumeric, toDouble } from '../values/numbers';
import { splitPath } from '../values/paths';
import type { BsonDocument } from '../values/types';
import { resolveTextLanguage } from './language';

/** What a text index covers, read from its stored specification. */
export interface TextIndexSpec {
  /** Weight by dotted path. */
  readonly weights: ReadonlyMap<string, number>;
  /** The weight of `$**`, which covers every string of the document, when there is one. */
  readonly wildcardWeight: number | undefined;
  readonly defaultLanguage: string;
  /** The field in a document or subdocument that overrides the language. */
  readonly languageOverride: string;
}

const WILDCARD = '$**';
const HIGHEST_WEIGHT = 1_000_000_000;

/**
 * Reads a stored index specification (`weights`, `default_language`, `language_override`).
 *
 * @param specification a text index as listIndexes shows it
 * @throws MongoServerError 67 CannotCreateIndex for bad weights, 17262 for an unsupported language
 * @see https://www.mongodb.com/docs/manual/core/indexes/index-types/index-text/
 */
export function parseTextIndexSpec(specification: BsonDocument): TextIndexSpec {
  const weights = parseWeights(specification.get('weights'));
  const defaultLanguage = optionalString(specification, 'default_language') ?? 'english';
  resolveTextLanguage(defaultLanguage);
  const wildcardWeight = weights.get(WILDCARD);
  weights.delete(WILDCARD);
  return {
    weights,
    wildcardWeight,
    defaultLanguage,
    languageOverride: optionalString(specification, 'language_override') ?? 'language',
  };
}

/** The top-level fields that decide about a document's terms; undefined when all of them do. */
export function coveredFields(spec: TextIndexSpec): string[] | undefined {
  if (spec.wildcardWeight !== undefined) return undefined;
  const roots = [...spec.weights.keys()].flatMap((path) => splitPath(path).slice(0, 1));
  return [...roots, spec.languageOverride];
}

function parseWeights(value: unknown): Map<string, number> {
  const weights = new Map<string, number>();
  if (!(value instanceof Map)) return weights;
  for (const [path, weight] of value as BsonDocument) {
    if (weight === null || !isNumeric(weight)) throw badWeight(path);
    const number = toDouble(weight);
    if (!(number > 0 && number < HIGHEST_WEIGHT)) throw badWeight(path);
    weights.set(path, number);
  }
  return weights;
}

function badWeight(path: string): MongoServerError {
  return new MongoServerError(
    'CannotCreateIndex',
    `text index weight of '${path}' must be a number in the exclusive interval (0,${HIGHEST_WEIGHT})`,
  );
}

function optionalString(specification: BsonDocument, name: string): string | undefined {
  const value = specification.get(name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  throw new MongoServerError('CannotCreateIndex', `${name} needs to be a string`);
}
