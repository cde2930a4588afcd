import { Double } from 'bson';
import { MongoServerError } from '../errors';
import { encodeKey } from '../values/key';
import { metadataOf } from '../values/metadata';
import { extractIndexKeys, splitPath } from '../values/paths';
import type { BsonDocument, MaybeValue } from '../values/types';
import type { SortPattern } from './query';

/**
 * Makes a function that gives the sort key of a document: bytes whose order (Buffer.compare) is the
 * order of the sort. An array sorts by its least element ascending and by its greatest descending,
 * an empty array below null, a missing field as null (manual: "Comparison/Sort Order").
 * The function throws 2 BadValue for a document with parallel arrays among the sort fields.
 */
export function createSortKeyGenerator(sort: SortPattern): (document: BsonDocument) => Buffer {
  const directions = sort.map((field) => (field.kind === 'path' ? field.direction : -1));
  const paths = sort.flatMap((field) => (field.kind === 'path' ? [field.path] : []));
  const components = paths.map(splitPath);
  return (document) => {
    const simple = simpleValues(document, components);
    const rows = simple === undefined ? arrayRows(document, paths) : [simple];
    const keys = rows.map((row) => encodeKey(withScore(row, sort, document), directions));
    return keys.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
  };
}

/** The values of the sort fields; undefined as soon as an array is met. */
function simpleValues(
  document: BsonDocument,
  paths: readonly (readonly string[])[],
): MaybeValue[] | undefined {
  const values: MaybeValue[] = [];
  for (const components of paths) {
    let value: MaybeValue = document;
    for (const component of components) {
      value = value instanceof Map ? value.get(component) : undefined;
      if (Array.isArray(value)) return undefined;
    }
    values.push(value ?? null);
  }
  return values;
}

function arrayRows(document: BsonDocument, paths: readonly string[]): MaybeValue[][] {
  try {
    return extractIndexKeys(document, paths).keys;
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.codeName !== 'CannotIndexParallelArrays') {
      throw error;
    }
    throw new MongoServerError('BadValue', 'cannot sort with keys that are parallel arrays');
  }
}

function withScore(
  row: readonly MaybeValue[],
  sort: SortPattern,
  document: BsonDocument,
): readonly MaybeValue[] {
  if (row.length === sort.length) return row;
  let next = 0;
  return sort.map((field) =>
    field.kind === 'path' ? row[next++] : new Double(metadataOf(document)?.textScore ?? 0),
  );
}
