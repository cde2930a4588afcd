import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';

/**
 * Cuts the arrays at a path, as find's `$slice`: the first `limit` elements, or the last when it is
 * negative; with `skip` (from the end when negative) `limit` elements from there.
 */
export function sliceAt(
  document: BsonDocument,
  path: readonly string[],
  skip: number | undefined,
  limit: number,
): BsonDocument {
  const [name, ...rest] = path as [string, ...string[]];
  const value = document.get(name);
  if (value === undefined) return document;
  return new Map(document).set(name, sliceWithin(value, rest, skip, limit));
}

function sliceWithin(
  value: Value,
  rest: readonly string[],
  skip: number | undefined,
  limit: number,
): Value {
  if (Array.isArray(value)) {
    if (rest.length === 0) return sliceArray(value, skip, limit);
    return value.map((element) => sliceWithin(element, rest, skip, limit));
  }
  if (value instanceof Map && rest.length > 0) return sliceAt(value, rest, skip, limit);
  return value;
}

function sliceArray(array: Value[], skip: number | undefined, limit: number): Value[] {
  if (skip === undefined) return limit >= 0 ? array.slice(0, limit) : array.slice(limit);
  const start = skip < 0 ? Math.max(array.length + skip, 0) : skip;
  return array.slice(start, start + limit);
}

/**
 * `a.$`: of the first array on the path, only the element that the query matched.
 * @throws MongoServerError 51246 when the query matched no element, 51247 when the array is shorter
 */
export function pickMatched(
  document: BsonDocument,
  path: readonly string[],
  arrayIndex: number | undefined,
): BsonDocument {
  const [name, ...rest] = path as [string, ...string[]];
  const value = document.get(name);
  if (Array.isArray(value)) {
    if (arrayIndex === undefined) {
      throw new MongoServerError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't " +
          'find a matching element in the array',
      );
    }
    const element = value[arrayIndex];
    if (element === undefined) {
      throw new MongoServerError(
        51247,
        "Executor error during find command :: caused by :: positional operator '.$' element mismatch",
      );
    }
    return new Map(document).set(name, [element]);
  }
  if (value instanceof Map && rest.length > 0) {
    return new Map(document).set(name, pickMatched(value, rest, arrayIndex));
  }
  return document;
}
