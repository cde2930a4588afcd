import { MongoServerError } from '../errors';
import { textTerms } from '../text/index-terms';
import type { TextIndexSpec } from '../text/specification';
import { encodeKey } from '../values/key';
import { extractIndexKeys } from '../values/paths';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { LONG_KEYS_FLAG, MULTIKEY_FLAG, type Index } from './catalog';
import { recordIdBytes } from './identifiers';
import {
  cutKey,
  entryRoom,
  finishEntryKey,
  indexPrefix,
  isLongKey,
  isStoredUnderKeyAlone,
} from './keys';

/** What one document puts into one index. */
export interface IndexEntries {
  /** The keys under which the entries are stored: with the record id unless the index is unique. */
  readonly keys: readonly Buffer[];
  /** The values of each key, in the order of `keys`, for the duplicate key error. */
  readonly rows: readonly (readonly MaybeValue[])[];
  /** Flags that the index must have because of these entries. */
  readonly flags: readonly string[];
}

/** The name of the term column in a text index's key pattern. */
const TERM_PATH = '_fts';

const NO_FLAGS: readonly string[] = [];
const NO_ENTRIES: IndexEntries = { keys: [], rows: [], flags: [] };

/**
 * The entries of a document in an index: none when a partial filter or sparse leaves it out.
 * Throws 171 CannotIndexParallelArrays.
 */
export function indexEntriesOf(
  index: Index,
  document: BsonDocument,
  recordId: number,
): IndexEntries {
  if (index.partialFilter && !index.partialFilter.matches(document)) return NO_ENTRIES;
  const { keys: plainRows, multikeyPaths } = extractIndexKeys(document, index.paths, {
    sparse: index.sparse,
  });
  const flags = multikeyPaths ? multikeyFlags(index, document) : [];
  const rows = index.text ? withTerms(index, index.text, document, plainRows, flags) : plainRows;
  if (rows.length === 0) return NO_ENTRIES;
  const storedId = isStoredUnderKeyAlone(index) ? undefined : recordId;
  const keys = rows.map((row) => {
    const key = entryKey(index, row, storedId);
    if (key) return key;
    flags.push(LONG_KEYS_FLAG);
    return longEntryKey(index, row, storedId);
  });
  return { keys, rows, flags: flags.length === 0 ? NO_FLAGS : flags };
}

/**
 * The entries of a document that comes into an index.
 * Throws as indexEntriesOf, and 16766 for an array on the path of a hashed column.
 */
export function newIndexEntriesOf(
  index: Index,
  document: BsonDocument,
  recordId: number,
): IndexEntries {
  const entries = indexEntriesOf(index, document, recordId);
  if (index.kind === 'hashed' && entries.flags.length > 0) refuseHashedArray(index, entries.flags);
  return entries;
}

function refuseHashedArray(index: Index, flags: readonly string[]): void {
  const pattern = index.specification.get('key');
  const columns = pattern instanceof Map ? [...pattern] : [];
  for (const [path, order] of columns) {
    if (order !== 'hashed' || !flags.includes(MULTIKEY_FLAG + path)) continue;
    throw new MongoServerError(
      16766,
      `Error: hashed indexes do not currently support array values. Found array at path: ${path}`,
    );
  }
}

/** The key of an entry; undefined when it is longer than the store takes. */
function entryKey(
  index: Index,
  row: readonly MaybeValue[],
  recordId: number | undefined,
): Buffer | undefined {
  const room = entryRoom(index.id, recordId);
  const key = encodeKey(row, index.columnDirections, room);
  if (isLongKey(key.length - room.before - room.after)) return undefined;
  finishEntryKey(key, index.id, recordId);
  return key;
}

function longEntryKey(
  index: Index,
  row: readonly MaybeValue[],
  recordId: number | undefined,
): Buffer {
  const encoded = cutKey(encodeKey(row, index.columnDirections));
  const suffix = recordId === undefined ? [] : [recordIdBytes(recordId)];
  return Buffer.concat([indexPrefix(index.id), encoded, ...suffix]);
}

/** True when the two documents surely have the same entries, told without computing them. */
export function hasSameSources(index: Index, before: BsonDocument, after: BsonDocument): boolean {
  if (index.partialFilter || index.text?.wildcardWeight !== undefined) return false;
  return index.topLevelFields.every((field) => before.get(field) === after.get(field));
}

/** `keyValue` of the duplicate key error. */
export function rowAsDocument(index: Index, row: readonly MaybeValue[]): BsonDocument {
  return new Map<string, Value>(index.paths.map((path, column) => [path, row[column] ?? null]));
}

/** The rows of a text index: each term of the document between the fields before and after the text. */
function withTerms(
  index: Index,
  text: TextIndexSpec,
  document: BsonDocument,
  plainRows: readonly MaybeValue[][],
  flags: string[],
): MaybeValue[][] {
  const terms = [...textTerms(document, text).keys()];
  if (terms.length > 1) flags.push(`${MULTIKEY_FLAG}${TERM_PATH}`);
  const { termColumn } = index;
  return plainRows.flatMap((row) =>
    terms.map((term) => [...row.slice(0, termColumn), term, ...row.slice(termColumn)]),
  );
}

function multikeyFlags(index: Index, document: BsonDocument): string[] {
  const isWholly = index.paths.length === 1;
  return index.paths
    .filter((path) => isWholly || extractIndexKeys(document, [path]).multikeyPaths)
    .map((path) => MULTIKEY_FLAG + path);
}
