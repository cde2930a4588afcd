import { MongoServerError } from '../errors';
import type { MatchExpression } from '../match/compile';
import type { Value } from '../values/types';
import type { Collection } from './catalog';
import { readMatching, type FoundDocument } from './modify-one';
import type { Operation } from './operation';
import type { Namespace } from './types';
import type { WriteTarget } from './write';
import {
  RetryOperation,
  assertWritable,
  execute,
  findCollection,
  type EngineParts,
} from './writer';

/** Documents changed in one work: others get their turn in between. */
const CHUNK_DOCUMENTS = 200;

export interface ManyModification<T> {
  readonly namespace: Namespace;
  readonly match: MatchExpression;
  readonly hint?: Value;
  /** Changes one document; runs inside the write. Its error undoes that document's change only. */
  apply: (target: WriteTarget, collection: Collection, found: FoundDocument) => T;
  /** Told of each change after it is on disk (in a transaction: in its write-set). */
  applied?: (result: T) => void;
}

interface ManyOutcome {
  readonly matched: number;
  readonly error?: unknown;
}

/**
 * Changes every document that matches in one snapshot and still matches when its turn comes: each once,
 * however the change moves it in an index. Not atomic as a whole, as on the server: it stops at the first
 * error and says so, and with 175 QueryPlanKilled when the collection goes after some were changed. When
 * it goes before, whatever has its name by then is what is changed.
 */
export async function modifyMany<T>(
  parts: EngineParts,
  operation: Operation,
  modification: ManyModification<T>,
): Promise<ManyOutcome> {
  for (;;) {
    operation.checkInterrupted();
    const collection = findCollection(parts, operation, modification.namespace);
    if (!collection) return { matched: 0 };
    const outcome = await modifyAll(parts, operation, collection, modification);
    if (outcome) return outcome;
  }
}

/** Undefined when the collection was gone before the first change. */
async function modifyAll<T>(
  parts: EngineParts,
  operation: Operation,
  collection: Collection,
  modification: ManyModification<T>,
): Promise<ManyOutcome | undefined> {
  let matched = 0;
  try {
    for await (const ids of candidateChunks(parts, operation, collection, modification)) {
      for (let start = 0; start < ids.length; start += CHUNK_DOCUMENTS) {
        const chunk = ids.slice(start, start + CHUNK_DOCUMENTS);
        const { results, error } = await execute(parts, operation, (target) => {
          assertWritable(operation, collection);
          return modifyChunk(target, collection, modification, chunk);
        });
        matched += results.length;
        for (const result of results) modification.applied?.(result);
        if (error !== undefined) return { matched, error };
      }
    }
    return { matched };
  } catch (error) {
    if (!(error instanceof RetryOperation)) throw error;
    return matched === 0 ? undefined : { matched, error: collectionDropped(collection) };
  } finally {
    operation.release();
  }
}

function collectionDropped({ uuid }: Collection): MongoServerError {
  return new MongoServerError(
    'QueryPlanKilled',
    `collection dropped. UUID ${uuid.toUUID().toHexString(true)}`,
  );
}

/** Inside a transaction all at once: there the scan would meet its own writes. */
async function* candidateChunks<T>(
  parts: EngineParts,
  operation: Operation,
  collection: Collection,
  { match, hint }: ManyModification<T>,
): AsyncGenerator<number[], void, void> {
  const candidates = parts.findCandidates(operation, collection, { match, hint });
  if (!operation.transaction) return yield* candidates;
  const ids = new Set<number>();
  for await (const chunk of candidates) for (const id of chunk) ids.add(id);
  yield [...ids];
}

function modifyChunk<T>(
  target: WriteTarget,
  collection: Collection,
  { match, apply }: ManyModification<T>,
  recordIds: readonly number[],
): { results: T[]; error?: unknown } {
  const results: T[] = [];
  for (const recordId of recordIds) {
    const found = readMatching(target.writer, collection, recordId, match);
    if (!found) continue;
    try {
      results.push(target.writer.attempt(() => apply(target, collection, found)));
    } catch (error) {
      if (isControlFlow(error)) throw error;
      return { results, error };
    }
  }
  return { results };
}

/** Errors by which a work asks to be run again later; they undo the whole chunk. */
function isControlFlow(error: unknown): boolean {
  return !(error instanceof Error && 'codeName' in error);
}
