import { MongoServerError } from '../errors';
import { encodeKey } from './key';
import { asIndex } from './numbers';
import { splitPath } from './paths';
import type { BsonDocument, MaybeValue, Value } from './types';

/** What an index holds for one document. */
export interface IndexKeys {
  /** One row per entry, one column per field of the key pattern; undefined is BSON undefined. */
  readonly keys: MaybeValue[][];
  /** True when some indexed path goes through, or ends at, an array. */
  readonly multikeyPaths: boolean;
}

/** How far one field of the key pattern has been followed into the document. */
interface Cursor {
  readonly kind: 'value' | 'missing' | 'empty-array';
  readonly value: MaybeValue;
  /** Components still to follow from `value`. */
  readonly rest: readonly string[];
  /** The last component followed, for the error message. */
  readonly name: string;
  /** A leaf array that a numeric component named: indexed as a whole. */
  readonly whole: boolean;
}

/**
 * The index entries of a document: a missing field is null, an array gives an entry per element, an
 * empty array the entry undefined (which sorts below null); equal entries are given once.
 * @param options.sparse leave out entries in which every field is missing
 * @throws MongoServerError 171 when two fields go through different arrays of the document,
 * 16746 when a numeric component means both an array position and a field
 */
export function extractIndexKeys(
  document: BsonDocument,
  keyPattern: BsonDocument | readonly string[],
  options: { sparse?: boolean } = {},
): IndexKeys {
  const fields = keyPattern instanceof Map ? [...keyPattern.keys()] : keyPattern;
  const simple = simpleRow(document, fields, options.sparse === true);
  if (simple !== undefined) return simple;
  const keys: MaybeValue[][] = [];
  const cursors = fields.map((field): Cursor => {
    return { kind: 'value', value: document, rest: splitPath(field), name: '', whole: false };
  });
  const multikeyPaths = expand(cursors, keys, options.sparse === true);
  return { keys: keys.length > 1 ? distinctRows(keys) : keys, multikeyPaths };
}

/** The usual case, without arrays: one row, no cursors. Undefined when an array is met. */
function simpleRow(
  document: BsonDocument,
  fields: readonly string[],
  sparse: boolean,
): IndexKeys | undefined {
  const row: MaybeValue[] = [];
  let missing = 0;
  for (const field of fields) {
    const components = splitPath(field);
    let value: MaybeValue = document;
    for (let depth = 0; depth < components.length && value !== undefined; depth++) {
      value = value instanceof Map ? value.get(components[depth] as string) : undefined;
      if (Array.isArray(value)) return undefined;
    }
    if (value === undefined) missing++;
    row.push(value ?? null);
  }
  return { keys: sparse && missing === fields.length ? [] : [row], multikeyPaths: false };
}

/** Follows a cursor to its value or to the first array on its way. */
function advance(cursor: Cursor): Cursor {
  if (cursor.kind !== 'value') return cursor;
  let { value, name } = cursor;
  let followed = 0;
  while (followed < cursor.rest.length && value instanceof Map) {
    name = cursor.rest[followed] as string;
    value = value.get(name);
    followed++;
  }
  const rest = cursor.rest.slice(followed);
  const lost = value === undefined || (rest.length > 0 && !Array.isArray(value));
  return lost ? missing(name) : { ...cursor, value, rest, name };
}

const missing = (name: string): Cursor => {
  return { kind: 'missing', value: undefined, rest: [], name, whole: false };
};

function isExpandable(cursor: Cursor): boolean {
  return Array.isArray(cursor.value) && !cursor.whole;
}

/** Adds the rows of the cursors to `keys`; answers whether an array was expanded. */
function expand(cursors: readonly Cursor[], keys: MaybeValue[][], sparse: boolean): boolean {
  const advanced = cursors.map(advance);
  const lead = advanced.find(isExpandable);
  if (lead === undefined) {
    if (sparse && advanced.every(({ kind }) => kind === 'missing')) return false;
    keys.push(advanced.map(({ kind, value }) => (kind === 'missing' ? null : value)));
    return false;
  }
  const array = lead.value as Value[];
  for (const other of advanced) {
    if (isExpandable(other) && other.value !== array) {
      throw new MongoServerError(
        'CannotIndexParallelArrays',
        `cannot index parallel arrays [${other.name}] [${lead.name}]`,
      );
    }
  }
  return expandArray(advanced, array, keys, sparse);
}

function expandArray(
  cursors: readonly Cursor[],
  array: Value[],
  keys: MaybeValue[][],
  sparse: boolean,
): boolean {
  const isAtArray = (cursor: Cursor): boolean => isExpandable(cursor) && cursor.value === array;
  const positional = cursors.map((cursor) =>
    isAtArray(cursor) ? named(cursor, array) : undefined,
  );
  if (cursors.every((cursor, index) => !isAtArray(cursor) || positional[index] !== undefined)) {
    return expand(
      cursors.map((cursor, index) => positional[index] ?? cursor),
      keys,
      sparse,
    );
  }
  const elements: MaybeValue[] = array.length === 0 ? [undefined] : array;
  for (const element of elements) {
    const row = cursors.map((cursor, index) => {
      if (!isAtArray(cursor)) return cursor;
      const position = positional[index];
      if (position === undefined) return elementCursor(cursor, element);
      refuseAmbiguity(cursor, element);
      return position;
    });
    expand(row, keys, sparse);
  }
  return true;
}

/** The cursor at the element that a numeric component names; undefined when it names none. */
function named(cursor: Cursor, array: readonly Value[]): Cursor | undefined {
  const [component, ...rest] = cursor.rest;
  if (component === undefined) return undefined;
  const index = asIndex(component);
  if (index === undefined || index >= array.length) return undefined;
  array.forEach((element) => refuseAmbiguity(cursor, element));
  return { ...cursor, value: array[index], rest, name: component, whole: rest.length === 0 };
}

function refuseAmbiguity(cursor: Cursor, element: MaybeValue): void {
  const component = cursor.rest[0];
  if (component !== undefined && element instanceof Map && element.has(component)) {
    throw new MongoServerError(
      16746,
      'Ambiguous field name found in array (do not use numeric field names in embedded elements ' +
        `in an array), field: '${component}'`,
    );
  }
}

function elementCursor(cursor: Cursor, element: MaybeValue): Cursor {
  if (cursor.rest.length > 0) {
    return element instanceof Map ? { ...cursor, value: element } : missing(cursor.name);
  }
  if (element === undefined) return { ...cursor, kind: 'empty-array', value: undefined };
  // An array inside an array is one element: it is indexed as a whole.
  return { ...cursor, value: element, whole: true };
}

function distinctRows(rows: MaybeValue[][]): MaybeValue[][] {
  const byKey = new Map<string, MaybeValue[]>();
  for (const row of rows) {
    const key = encodeKey(row).toString('latin1');
    if (!byKey.has(key)) byKey.set(key, row);
  }
  return [...byKey.values()];
}
