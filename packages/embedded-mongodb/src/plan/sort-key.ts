import { Double } from 'bson';
import { MongoServerError } from '../errors';
import type { Collation } from '../values/collation';
import { encodeKey } from '../values/key';
import { metadataOf } from '../values/metadata';
import { extractIndexKeys, splitPath } from '../values/paths';
import type { BsonDocument, MaybeValue } from '../values/types';
import type { SortPattern } from './query';

/** Sort keys and their order. */
export interface SortOrder {
  readonly keyOf: (document: BsonDocument) => Buffer;
  readonly compare: (left: Buffer, right: Buffer) => number;
  /** Only keys that `keyOf` itself gave can be compared, not copies of their bytes. */
  readonly hasVolatileKeys?: boolean;
}

/** The order of a sort, also under a collation, where bytes alone do not tell it. */
export function createSortOrder(sort: SortPattern): SortOrder {
  const collation = sort.map((field) => field.kind === 'path' && field.collation).find(Boolean);
  if (!collation) {
    const keyOf = createSortKeyGenerator(sort);
    return { keyOf, compare: (left, right) => Buffer.compare(left, right) };
  }
  return createCollatedOrder(sort, collation);
}

function createCollatedOrder(sort: SortPattern, collation: Collation): SortOrder {
  const { directions, rowsOf } = sortRows(sort);
  // A key by bytes accounts for the memory; the values behind it are what is compared.
  const rowOfKey = new WeakMap<Buffer, readonly MaybeValue[]>();
  const compare = (left: Buffer, right: Buffer): number => {
    const leftRow = rowOfKey.get(left) ?? [];
    const rightRow = rowOfKey.get(right) ?? [];
    for (const [position, direction] of directions.entries()) {
      const order = collation.compare(leftRow[position], rightRow[position]);
      if (order !== 0) return order * direction;
    }
    return 0;
  };
  const keyOf = (document: BsonDocument): Buffer => {
    const keys = rowsOf(document).map((row) => {
      const key = encodeKey(row, directions);
      rowOfKey.set(key, row);
      return key;
    });
    return keys.reduce((least, key) => (compare(key, least) < 0 ? key : least));
  };
  return { keyOf, compare, hasVolatileKeys: true };
}

/**
 * Makes a function that gives the sort key of a document: bytes whose order (Buffer.compare) is the
 * order of the sort. An array sorts by its least element ascending and by its greatest descending,
 * an empty array below null, a missing field as null (manual: "Comparison/Sort Order").
 * The function throws 2 BadValue for a document with parallel arrays among the sort fields.
 */
export function createSortKeyGenerator(sort: SortPattern): (document: BsonDocument) => Buffer {
  const { directions, rowsOf } = sortRows(sort);
  return (document) => {
    const keys = rowsOf(document).map((row) => encodeKey(row, directions));
    return keys.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
  };
}

/** The values that a document may sort by: several rows when a field holds an array. */
function sortRows(sort: SortPattern): {
  directions: (1 | -1)[];
  rowsOf: (document: BsonDocument) => (readonly MaybeValue[])[];
} {
  const directions = sort.map((field) => (field.kind === 'path' ? field.direction : -1));
  const paths = sort.flatMap((field) => (field.kind === 'path' ? [field.path] : []));
  const components = paths.map(splitPath);
  const rowsOf = (document: BsonDocument): (readonly MaybeValue[])[] => {
    const simple = simpleValues(document, components);
    const rows = simple === undefined ? arrayRows(document, paths) : [simple];
    return rows.map((row) => withScore(row, sort, document));
  };
  return { directions, rowsOf };
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
