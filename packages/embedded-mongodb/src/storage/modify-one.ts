import type { MatchExpression } from '../match/compile';
import { decodeDocument } from '../values/codec';
import type { Collation } from '../values/collation';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { Collection } from './catalog';
import { findById, getRecord } from './collection';
import type { Operation } from './operation';
import type { KeyValueReader, Namespace } from './types';
import type { StoredDocument, WriteTarget } from './write';
import {
  RetryOperation,
  assertWritable,
  ensureCollection,
  execute,
  findCollection,
  type EngineParts,
} from './writer';

/** A document that still matches, read inside the work that will change it. */
export interface FoundDocument extends StoredDocument {
  readonly recordId: number;
  /** For the positional operator `$`. */
  readonly arrayIndex?: number;
}

/** One document to find and change. */
export interface SingleModification<T> {
  readonly namespace: Namespace;
  readonly filter: BsonDocument;
  readonly match: MatchExpression;
  readonly sort?: BsonDocument;
  readonly collation?: Collation;
  readonly hint?: Value;
  /** Changes the document; runs inside the write. */
  apply: (target: WriteTarget, collection: Collection, found: FoundDocument) => T;
  /** Set for an upsert: runs when nothing matches, inside the write. */
  insert?: (target: WriteTarget, collection: Collection) => T;
}

const MORE_CANDIDATES = 16;

/**
 * Finds the first match in sort order on a snapshot, then re-checks and changes it inside the serial
 * writer; when it was changed meanwhile, starts over. Two racing upserts see each other there, so that
 * one of them inserts and the other updates.
 * Answers what `apply` or `insert` gave, undefined when nothing matched.
 */
export async function modifyOne<T>(
  parts: EngineParts,
  operation: Operation,
  modification: SingleModification<T>,
): Promise<T | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    operation.checkInterrupted();
    const collection = modification.insert
      ? (await ensureCollection(parts, operation, modification.namespace)).collection
      : findCollection(parts, operation, modification.namespace);
    if (!collection) return undefined;
    try {
      return await attemptOne(parts, operation, modification, { collection, attempt });
    } catch (error) {
      if (!(error instanceof RetryOperation)) throw error;
    }
  }
}

/** The `_id` when the filter is an equality on it and nothing else. */
export function soleIdOf(filter: BsonDocument): MaybeValue {
  const id = filter.size === 1 ? filter.get('_id') : undefined;
  if (id === undefined || Array.isArray(id) || isRegularExpression(id)) return undefined;
  if (!(id instanceof Map)) return id;
  if (id.size === 1 && id.has('$eq')) {
    const operand = id.get('$eq');
    return Array.isArray(operand) || isRegularExpression(operand) ? undefined : operand;
  }
  return [...id.keys()].some((name) => name.startsWith('$')) ? undefined : id;
}

/** The record as it is now, when it exists and matches. */
export function readMatching(
  reader: KeyValueReader,
  collection: Collection,
  recordId: number,
  match: MatchExpression,
): FoundDocument | undefined {
  const bytes = getRecord(reader, collection, recordId);
  if (!bytes) return undefined;
  const document = decodeDocument(bytes);
  const { matched, arrayIndex } = match.matchWithPosition(document);
  return matched ? { recordId, document, bytes, arrayIndex } : undefined;
}

async function attemptOne<T>(
  parts: EngineParts,
  operation: Operation,
  modification: SingleModification<T>,
  { collection, attempt }: { collection: Collection; attempt: number },
): Promise<T | undefined> {
  // Under a collation other ids than the given one may match too.
  const isById = modification.hint === undefined && modification.collation === undefined;
  const id = isById ? soleIdOf(modification.filter) : undefined;
  const candidates =
    id === undefined
      ? await readCandidates(parts, operation, modification, { collection, attempt })
      : undefined;
  if (candidates?.ids.length === 0 && !modification.insert) return undefined;
  return execute(parts, operation, (target) => {
    assertWritable(operation, collection);
    const ids = candidates ? candidates.ids : idCandidates(target, collection, id as Value);
    for (const recordId of ids) {
      const found = readMatching(target.writer, collection, recordId, modification.match);
      if (found) return modification.apply(target, collection, found);
    }
    // What the snapshot showed has changed: look again, for it may match elsewhere now.
    if (candidates && ids.length > 0) throw new RetryOperation();
    if (!modification.insert) return undefined;
    const newcomer = candidates && findNewcomer(target, collection, modification, candidates);
    return newcomer
      ? modification.apply(target, collection, newcomer)
      : modification.insert(target, collection);
  });
}

interface Candidates {
  readonly ids: readonly number[];
  /** The state in which they were looked for. */
  readonly sequence: number;
}

async function readCandidates<T>(
  parts: EngineParts,
  operation: Operation,
  { match, sort, hint, collation }: SingleModification<T>,
  { collection, attempt }: { collection: Collection; attempt: number },
): Promise<Candidates> {
  // After a lost race, more than one candidate: the other racers want the first one too.
  const limit = attempt === 0 ? 1 : attempt * MORE_CANDIDATES;
  const ids: number[] = [];
  try {
    const { sequence } = operation.reader();
    const query = { match, sort, hint, limit, collation };
    for await (const chunk of parts.findCandidates(operation, collection, query)) {
      ids.push(...chunk);
      if (ids.length >= limit) break;
    }
    return { ids, sequence };
  } finally {
    operation.release();
  }
}

function idCandidates(target: WriteTarget, collection: Collection, id: Value): number[] {
  const recordId = findById(target.writer, collection, id);
  return recordId === undefined ? [] : [recordId];
}

/** A matching document that was written after the snapshot on which nothing was found. */
function findNewcomer<T>(
  target: WriteTarget,
  collection: Collection,
  { match }: SingleModification<T>,
  { sequence }: Candidates,
): FoundDocument | undefined {
  if (target.sequence === undefined) return undefined;
  const recordIds = collection.recentWrites.since(sequence);
  if (!recordIds) throw new RetryOperation();
  for (const recordId of recordIds) {
    const found = readMatching(target.writer, collection, recordId, match);
    if (found) return found;
  }
  return undefined;
}

function isRegularExpression(value: MaybeValue): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    '_bsontype' in value &&
    value._bsontype === 'BSONRegExp'
  );
}
