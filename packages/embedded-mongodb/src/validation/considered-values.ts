import { bsonTypeName } from '../values/bson-types';
import { splitPath, visitPath } from '../values/paths';
import type { BsonDocument, Value } from '../values/types';

/** internalQueryMaxDocValidationErrorConsideredValues of the server. */
const MOST_VALUES = 10;

type Entry = readonly [string, Value];

/** The values that a condition looked at. */
export interface ConsideredValues {
  readonly values: readonly Value[];
  /** False when no value and no array was found. */
  readonly exists: boolean;
}

/**
 * What is at a path of the document.
 * @param leafArrays whether an array at the end of the path counts by its elements or as itself
 */
export function considerPath(
  document: BsonDocument,
  path: string,
  leafArrays: 'elements' | 'itself',
): ConsideredValues {
  const values: Value[] = [];
  let exists = false;
  visitPath(document, splitPath(path), 'array-only', (value) => {
    if (value === undefined) return false;
    exists = true;
    if (Array.isArray(value) && leafArrays === 'elements') values.push(...value);
    else values.push(value);
    return false;
  });
  return { values, exists };
}

/** `consideredValue`, or `consideredValues` when there is not exactly one. */
export function consideredEntries({ values }: ConsideredValues): Entry[] {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return [['consideredValue', only]];
  const entries: Entry[] = [['consideredValues', values.slice(0, MOST_VALUES)]];
  if (values.length > MOST_VALUES) entries.push(['consideredValuesTruncated', true]);
  return entries;
}

/** `consideredType`, or `consideredTypes` when there are several; nothing when there are no values. */
export function typeEntries({ values }: ConsideredValues): Entry[] {
  const types = [...new Set(values.map(bsonTypeName))].sort();
  const [only] = types;
  if (only === undefined) return [];
  return types.length === 1 ? [['consideredType', only]] : [['consideredTypes', types]];
}
