import { MongoServerError } from '../errors';
import { formatElement } from '../match/operands';
import type { MatchExpression, MatchNode } from '../match/types';
import { compareStrings } from '../values/strings';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

/**
 * The fields that a filter pins to one value: the start of the document that an upsert inserts.
 * @returns dotted path to value, ordered by path
 * @throws MongoServerError 54 when two conditions pin the same field, 224 for `$expr`
 */
export function equalitiesForUpsert(match: MatchExpression): BsonDocument {
  const found: Equality[] = [];
  collect(match.root, found);
  // As the server does, by path: of a path and one below it the shorter comes first and is noticed.
  found.sort(([a], [b]) => compareStrings(a, b));
  const equalities = new Map<string, Value>();
  for (const [path, value] of found) {
    refuseConflict(path, equalities);
    equalities.set(path, value);
  }
  return equalities;
}

type Equality = readonly [path: string, value: Value];

function collect(node: MatchNode, equalities: Equality[]): void {
  if (node.kind === 'expression') {
    throw new MongoServerError(
      'QueryFeatureNotAllowed',
      '$expr is not allowed in the query predicate for an upsert',
    );
  }
  if (node.kind === 'and') {
    node.children.forEach((child) => collect(child, equalities));
  } else if (node.kind === 'path') {
    const value = pinnedValue(node);
    if (value !== undefined) equalities.push([node.path, value]);
  }
}

function pinnedValue({ predicate: given }: Extract<MatchNode, { kind: 'path' }>): MaybeValue {
  const predicate = given.op === 'collated' ? given.comparison : given;
  if (predicate.op === 'eq') return predicate.value;
  // MongoDB rewrites an $in of one value to an equality before it looks.
  if (predicate.op === 'in' && predicate.regexes.length === 0 && predicate.values.length === 1) {
    return predicate.values[0];
  }
  return undefined;
}

function refuseConflict(path: string, equalities: ReadonlyMap<string, Value>): void {
  const components = path.split('.');
  for (let length = components.length; length > 0; length--) {
    const prefix = components.slice(0, length).join('.');
    if (!equalities.has(prefix)) continue;
    throw new MongoServerError(
      'NotSingleValueField',
      'cannot infer query fields to set, ' +
        (prefix === path
          ? `path '${path}' is matched twice`
          : `both paths '${path}' and '${prefix}' are matched`),
    );
  }
}

/**
 * Builds the document that a filter's equalities describe.
 * @throws MongoServerError 28 when a path leads through a scalar or an array of another
 */
export function documentOfEqualities(equalities: BsonDocument): BsonDocument {
  const document: BsonDocument = new Map();
  for (const [path, value] of equalities) setAt(document, path, value);
  return document;
}

function setAt(document: BsonDocument, path: string, value: Value): void {
  const components = path.split('.');
  let container = document;
  for (const component of components.slice(0, -1)) {
    const next = container.get(component);
    if (next !== undefined && !(next instanceof Map)) {
      throw new MongoServerError(
        'PathNotViable',
        `cannot use the part (${component} of ${path}) to traverse the element ` +
          `({${formatElement(component, next)}})`,
      );
    }
    // A copy: the documents of the filter itself stay as they are.
    const copy: BsonDocument = new Map(next);
    container.set(component, copy);
    container = copy;
  }
  container.set(components.at(-1) as string, value);
}

/**
 * The `_id` that a filter pins, for a replacement upsert, which takes nothing else from it.
 * @throws MongoServerError 111 when the filter pins a part of `_id`
 */
export function pinnedId(equalities: BsonDocument): BsonDocument {
  for (const [path, value] of equalities) {
    if (path === '_id') return new Map([['_id', value]]);
    if (path.startsWith('_id.')) {
      throw new MongoServerError(
        'NotExactValueField',
        `field at '_id' must be exactly specified, field at sub-path '${path}'found`,
      );
    }
  }
  return new Map();
}
