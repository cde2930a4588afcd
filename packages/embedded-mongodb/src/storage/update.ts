import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { Variables } from '../expression/variables';
import { compileMatch, type MatchExpression } from '../match/compile';
import { compileUpdate, equalitiesForUpsert, type CompiledUpdate } from '../update/compile';
import { formatValue } from '../expression/format';
import { valuesIdentical } from '../values/compare';
import { asSafeInteger } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { Collection } from './catalog';
import { prepareInsert, prepareUpdate } from './document-rules';
import { assertValidInsert, assertValidUpdate } from './document-validation';
import { modifyMany } from './modify-many';
import { modifyOne, type FoundDocument } from './modify-one';
import type { Operation } from './operation';
import { findStatement, recordStatement } from './retry-table';
import type { UpdateRequest, UpdateResult, UpdateStatement } from './types';
import { insertDocument, replaceDocument, type StoredDocument, type WriteTarget } from './write';
import { toWriteError } from './write-errors';
import type { EngineParts } from './writer';

/** What one update statement did. */
export interface UpdateOutcome {
  readonly matched: number;
  readonly modified: number;
  readonly upsertedId?: Value;
}

const NOTHING_MATCHED: UpdateOutcome = { matched: 0, modified: 0 };

/** The statements of an `update` command, in order and up to the first error, or all that can be. */
export async function updateDocuments(
  parts: EngineParts,
  operation: Operation,
  request: UpdateRequest,
): Promise<UpdateResult> {
  const result: UpdateResult = {
    matched: 0,
    modified: 0,
    upserted: [],
    writeErrors: [],
    retriedStatementIds: [],
  };
  for (const [index, statement] of request.statements.entries()) {
    const statementId = request.statementIds?.[index] ?? index;
    try {
      const earlier = findOutcome(operation, statementId);
      if (earlier) result.retriedStatementIds.push(statementId);
      const outcome =
        earlier ?? (await runStatement(parts, operation, request, { statement, statementId }));
      result.matched += outcome.matched;
      result.modified += outcome.modified;
      if (outcome.upsertedId !== undefined) {
        result.upserted.push({ index, id: outcome.upsertedId });
      }
    } catch (error) {
      if (error instanceof PartialUpdate) {
        result.matched += error.matched;
        result.modified += error.modified;
      }
      const reason = error instanceof PartialUpdate ? error.cause : error;
      result.writeErrors.push(toWriteError(reason, index, operation));
      if (request.ordered) break;
    }
  }
  return result;
}

/** A multi-update that failed after it had changed some documents. */
class PartialUpdate extends Error {
  constructor(
    readonly matched: number,
    readonly modified: number,
    cause: unknown,
  ) {
    super('the update failed midway', { cause });
  }
}

/** Changes a found document by `update`. Answers the new version, or undefined when nothing changed. */
export function applyUpdate(
  target: WriteTarget,
  collection: Collection,
  { operation, update }: { operation: Operation; update: CompiledUpdate },
  found: FoundDocument,
): StoredDocument | undefined {
  const { document, changed } = update.apply(found.document, {
    arrayIndex: found.arrayIndex,
    isInsert: false,
  });
  if (!changed) return undefined;
  assertSameId(found.document.get('_id'), document.get('_id'));
  const after = prepareUpdate(document);
  assertValidUpdate(operation, collection, found.document, document);
  replaceDocument(target, collection, found.recordId, found, after);
  return after;
}

interface Upsert {
  readonly operation: Operation;
  readonly match: MatchExpression;
  readonly update: CompiledUpdate;
}

/** Inserts what an upsert inserts when nothing matched. */
export function insertUpsert(
  parts: EngineParts,
  target: WriteTarget,
  collection: Collection,
  { operation, match, update }: Upsert,
): StoredDocument {
  const stored = prepareInsert(update.buildUpsert(equalitiesForUpsert(match)), parts.now);
  assertValidInsert(operation, collection, stored.document);
  insertDocument(target, collection, stored);
  return stored;
}

/** The variables that the expressions of one command see. */
export function commandVariables(parts: EngineParts, variables: Variables | undefined): Variables {
  return variables?.has('NOW') ? variables : new Map([...(variables ?? []), ['NOW', parts.now()]]);
}

interface StatementToRun {
  readonly statement: UpdateStatement;
  readonly statementId: number;
}

async function runStatement(
  parts: EngineParts,
  operation: Operation,
  request: UpdateRequest,
  { statement, statementId }: StatementToRun,
): Promise<UpdateOutcome> {
  const variables = commandVariables(parts, request.variables);
  const match = compileMatch(statement.filter, { variables, collation: statement.collation });
  const update = compileUpdate(statement.update, {
    arrayFilters: statement.arrayFilters,
    variables: withConstants(variables, statement.constants),
    collation: statement.collation,
    now: parts.now,
  });
  if (statement.multi && update.kind === 'replacement') {
    throw new MongoServerError(
      'FailedToParse',
      'multi update is not supported for replacement-style update',
    );
  }
  const compiled = { match, update };
  if (statement.multi) {
    const outcome = await updateMany(parts, operation, request, statement, compiled);
    if (outcome.matched > 0 || !statement.upsert) return outcome;
  }
  return updateOne(parts, operation, request, { statement, statementId, ...compiled });
}

interface CompiledStatement {
  readonly match: MatchExpression;
  readonly update: CompiledUpdate;
}

async function updateMany(
  parts: EngineParts,
  operation: Operation,
  { namespace }: UpdateRequest,
  { hint }: UpdateStatement,
  { match, update }: CompiledStatement,
): Promise<UpdateOutcome> {
  let modified = 0;
  const { matched, error } = await modifyMany(parts, operation, {
    namespace,
    match,
    hint,
    apply: (target, collection, found) =>
      applyUpdate(target, collection, { operation, update }, found),
    applied: (after) => {
      if (after) modified += 1;
    },
  });
  if (error !== undefined) throw new PartialUpdate(matched, modified, error);
  return { matched, modified };
}

async function updateOne(
  parts: EngineParts,
  operation: Operation,
  { namespace }: UpdateRequest,
  { statement, statementId, match, update }: StatementToRun & CompiledStatement,
): Promise<UpdateOutcome> {
  const outcome = await modifyOne<UpdateOutcome>(parts, operation, {
    namespace,
    filter: statement.filter,
    match,
    sort: statement.sort,
    collation: statement.collation,
    hint: statement.hint,
    apply: (target, collection, found) => {
      const after = applyUpdate(target, collection, { operation, update }, found);
      const result = { matched: 1, modified: after ? 1 : 0 };
      recordOutcome(target, operation, statementId, result);
      return result;
    },
    insert: statement.upsert
      ? (target, collection) => {
          const stored = insertUpsert(parts, target, collection, {
            operation,
            match,
            update,
          });
          const upsertedId = stored.document.get('_id') as Value;
          const result = { matched: 0, modified: 0, upsertedId };
          recordOutcome(target, operation, statementId, result);
          return result;
        }
      : undefined,
  });
  return outcome ?? NOTHING_MATCHED;
}

function withConstants(variables: Variables, constants: BsonDocument | undefined): Variables {
  return constants ? new Map([...variables, ...constants]) : variables;
}

function assertSameId(before: MaybeValue, after: MaybeValue): void {
  if (valuesIdentical(before, after)) return;
  throw new MongoServerError(
    'ImmutableField',
    `Performing an update on the path '_id' would modify the immutable field '_id' (was ${formatValue(before)})`,
  );
}

function findOutcome(operation: Operation, statementId: number): UpdateOutcome | undefined {
  if (operation.transaction || operation.session?.txnNumber === undefined) return undefined;
  const record = findStatement(operation.reader(), operation.session, statementId);
  operation.release();
  if (!record) return undefined;
  return {
    matched: asSafeInteger(record.result.get('matched')) ?? 0,
    modified: asSafeInteger(record.result.get('modified')) ?? 0,
    upsertedId: record.result.get('upsertedId'),
  };
}

function recordOutcome(
  target: WriteTarget,
  operation: Operation,
  statementId: number,
  { matched, modified, upsertedId }: UpdateOutcome,
): void {
  if (operation.transaction) return;
  const result = new Map<string, Value>([
    ['matched', new Int32(matched)],
    ['modified', new Int32(modified)],
  ]);
  if (upsertedId !== undefined) result.set('upsertedId', upsertedId);
  recordStatement(target.writer, operation.session, statementId, { count: 1, result });
}
