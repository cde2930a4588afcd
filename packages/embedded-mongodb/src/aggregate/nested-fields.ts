import type { BsonDocument, MaybeValue } from '../values/types';

const NO_FIELDS: BsonDocument = new Map();

/** The value at a path of documents only: an array on the way means missing. */
export function getNested(document: BsonDocument, names: readonly string[]): MaybeValue {
  let value: MaybeValue = document;
  for (const name of names) {
    if (!(value instanceof Map)) return undefined;
    value = value.get(name);
  }
  return value;
}

/**
 * A copy of the document with a value at a path; what is no document on the way is replaced by
 * one, and an undefined value removes the field.
 */
export function withNested(
  document: BsonDocument,
  names: readonly string[],
  value: MaybeValue,
  depth = 0,
): BsonDocument {
  const copy = new Map(document);
  const name = names[depth]!;
  if (depth < names.length - 1) {
    const inner = copy.get(name);
    const base = inner instanceof Map ? inner : NO_FIELDS;
    copy.set(name, withNested(base, names, value, depth + 1));
  } else if (value === undefined) {
    copy.delete(name);
  } else {
    copy.set(name, value);
  }
  return copy;
}

/** Whether one path is the other, or leads to it. */
export function pathsOverlap(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}.`) || right.startsWith(`${left}.`);
}
