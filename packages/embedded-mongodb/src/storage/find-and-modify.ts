import { Int32 } from 'bson';
import { compileMatch, type MatchExpression } from '../match/compile';
import { compileProjection, type CompiledProjection } from '../project/compile';
import { compileUpdate, type CompiledUpdate } from '../update/compile';
import { asSafeInteger } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { executing } from './executing';
import { modifyOne } from './modify-one';
import type { Operation } from './operation';
import { findStatement, recordStatement } from './retry-table';
import type { FindAndModifyRequest, FindAndModifyResult } from './types';
import { applyUpdate, commandVariables, insertUpsert } from './update';
import { deleteDocument, type WriteTarget } from './write';
import type { EngineParts } from './writer';

interface Compiled {
  readonly match: MatchExpression;
  /** Undefined: remove. */
  readonly update?: CompiledUpdate;
  readonly projection?: CompiledProjection;
}

const NOTHING_FOUND: FindAndModifyResult = {
  value: undefined,
  matched: 0,
  updatedExisting: false,
  upsertedId: undefined,
  retried: false,
};

/** Finds the first match in sort order, changes or removes it, and answers it as it was or as it is. */
export async function findAndModify(
  parts: EngineParts,
  operation: Operation,
  request: FindAndModifyRequest,
): Promise<FindAndModifyResult> {
  const earlier = findEarlier(operation, request.statementId ?? 0);
  if (earlier) return earlier;
  const compiled = compile(parts, request);
  const record = (target: WriteTarget, result: FindAndModifyResult): FindAndModifyResult => {
    if (!operation.transaction) recordResult(target, operation, request.statementId ?? 0, result);
    return result;
  };
  const result = await modifyOne<FindAndModifyResult>(parts, operation, {
    namespace: request.namespace,
    filter: request.filter,
    match: compiled.match,
    sort: request.sort,
    collation: request.collation,
    hint: request.hint,
    apply: executing((target, collection, found) => {
      const { update } = compiled;
      if (!update) {
        deleteDocument(target, collection, found.recordId, found);
        const value = project(compiled, found.document);
        return record(target, { ...NOTHING_FOUND, value, matched: 1 });
      }
      const changed = applyUpdate(target, collection, { operation, update }, found);
      const after = changed?.document ?? found.document;
      const value = project(compiled, request.returnNew ? after : found.document);
      return record(target, { ...NOTHING_FOUND, value, matched: 1, updatedExisting: true });
    }),
    insert:
      request.upsert && compiled.update
        ? executing((target, collection) => {
            const { match, update } = compiled as Required<Compiled>;
            const { document } = insertUpsert(parts, target, collection, {
              operation,
              match,
              update,
            });
            const value = request.returnNew ? project(compiled, document) : undefined;
            const upsertedId = document.get('_id');
            return record(target, { ...NOTHING_FOUND, value, matched: 1, upsertedId });
          })
        : undefined,
  });
  return result ?? NOTHING_FOUND;
}

function compile(parts: EngineParts, request: FindAndModifyRequest): Compiled {
  const variables = commandVariables(parts, request.variables);
  const { collation } = request;
  const match = compileMatch(request.filter, { variables, collation });
  const projection =
    request.projection && request.projection.size > 0
      ? compileProjection(request.projection, { match, variables, collation, kind: 'find' })
      : undefined;
  if (request.remove) return { match, projection };
  const update = compileUpdate(request.update ?? new Map(), {
    arrayFilters: request.arrayFilters,
    variables,
    collation,
    now: parts.now,
  });
  return { match, update, projection };
}

function project({ projection }: Compiled, document: BsonDocument): BsonDocument {
  return projection ? projection.apply(document) : document;
}

function findEarlier(operation: Operation, statementId: number): FindAndModifyResult | undefined {
  if (operation.transaction || operation.session?.txnNumber === undefined) return undefined;
  const record = findStatement(operation.reader(), operation.session, statementId);
  operation.release();
  if (!record) return undefined;
  const { result } = record;
  return {
    value: result.get('value') as BsonDocument | undefined,
    matched: asSafeInteger(result.get('matched')) ?? 0,
    updatedExisting: result.get('updatedExisting') === true,
    upsertedId: result.get('upsertedId'),
    retried: true,
  };
}

function recordResult(
  target: WriteTarget,
  operation: Operation,
  statementId: number,
  { value, matched, updatedExisting, upsertedId }: FindAndModifyResult,
): void {
  const entries: [string, MaybeValue][] = [
    ['value', value],
    ['matched', new Int32(matched)],
    ['updatedExisting', updatedExisting],
    ['upsertedId', upsertedId],
  ];
  const result = new Map(
    entries.filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
  recordStatement(target.writer, operation.session, statementId, { count: 1, result });
}
