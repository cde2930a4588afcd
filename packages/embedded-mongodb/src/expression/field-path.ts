import { MongoServerError } from '../errors';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

function assertFieldName(name: string): void {
  if (name === '') {
    throw new MongoServerError(15998, 'FieldPath field names may not be empty strings.');
  }
  if (name.startsWith('$')) {
    throw new MongoServerError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
  if (name.includes('\0')) {
    throw new MongoServerError(16411, `FieldPath field names may not contain '\0'.`);
  }
}

/** Throws unless `name` can be one field of an object literal (15998, 16410, 16411, 16412). */
export function assertLiteralFieldName(name: string): void {
  assertFieldName(name);
  if (name.includes('.')) {
    throw new MongoServerError(
      16412,
      `FieldPath field names may not contain '.'. Consider using $getField or $setField.`,
    );
  }
}

/** Splits a dotted path into its field names, refusing the paths that the server refuses. */
export function parseFieldPath(path: string): string[] {
  if (path === '') {
    throw new MongoServerError(40352, 'FieldPath cannot be constructed with empty string');
  }
  if (path.endsWith('.')) {
    throw new MongoServerError(40353, "FieldPath must not end with a '.'.");
  }
  const names = path.split('.');
  names.forEach(assertFieldName);
  return names;
}

function descend(value: MaybeValue, names: readonly string[], index: number): MaybeValue {
  if (value instanceof Map) return readPath(value, names, index);
  if (!Array.isArray(value)) return undefined;
  const found: Value[] = [];
  for (const element of value) {
    if (!(element instanceof Map)) continue;
    const nested = readPath(element, names, index);
    if (nested !== undefined) found.push(nested);
  }
  return found;
}

/**
 * Reads a path as expressions do: an array on the way answers the array of what its documents hold
 * (numbers in a path are field names, never positions), and nested arrays are not entered.
 */
export function readPath(document: BsonDocument, names: readonly string[], index = 0): MaybeValue {
  const value = document.get(names[index]!);
  return index === names.length - 1 ? value : descend(value, names, index + 1);
}

/** Like `readPath`, beginning at any value; no names answer the value itself. */
export function readPathOf(value: MaybeValue, names: readonly string[]): MaybeValue {
  return names.length === 0 ? value : descend(value, names, 0);
}
