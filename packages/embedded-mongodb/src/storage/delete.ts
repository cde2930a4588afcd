import { Int32 } from 'bson';
import { compileMatch, type MatchExpression } from '../match/compile';
import { asSafeInteger } from '../values/numbers';
import type { Value } from '../values/types';
import { modifyMany } from './modify-many';
import { modifyOne } from './modify-one';
import type { Operation } from './operation';
import { findStatement, recordStatement } from './retry-table';
import type { DeleteRequest, DeleteResult, DeleteStatement } from './types';
import { commandVariables } from './update';
import { deleteDocument } from './write';
import { toWriteError } from './write-errors';
import type { EngineParts } from './writer';

/** The statements of a `delete` command, in order and up to the first error, or all that can be. */
export async function deleteDocuments(
  parts: EngineParts,
  operation: Operation,
  request: DeleteRequest,
): Promise<DeleteResult> {
  const result: DeleteResult = { deleted: 0, writeErrors: [], retriedStatementIds: [] };
  for (const [index, statement] of request.statements.entries()) {
    const statementId = request.statementIds?.[index] ?? index;
    try {
      const earlier = findDeleted(operation, statementId);
      if (earlier !== undefined) {
        result.retriedStatementIds.push(statementId);
        result.deleted += earlier;
        continue;
      }
      const variables = commandVariables(parts, request.variables);
      const match = compileMatch(statement.filter, { variables, collation: statement.collation });
      result.deleted +=
        statement.limit === 1
          ? await deleteOne(parts, operation, request, { statement, statementId, match })
          : await deleteMany(parts, operation, request, { statement, match });
    } catch (error) {
      result.writeErrors.push(toWriteError(error, index, operation));
      if (request.ordered) break;
    }
  }
  return result;
}

async function deleteOne(
  parts: EngineParts,
  operation: Operation,
  { namespace }: DeleteRequest,
  work: { statement: DeleteStatement; statementId: number; match: MatchExpression },
): Promise<number> {
  const { statement, statementId, match } = work;
  const deleted = await modifyOne(parts, operation, {
    namespace,
    filter: statement.filter,
    match,
    hint: statement.hint,
    collation: statement.collation,
    apply: (target, collection, found) => {
      deleteDocument(target, collection, found.recordId, found);
      if (!operation.transaction) {
        const result = new Map<string, Value>([['deleted', new Int32(1)]]);
        recordStatement(target.writer, operation.session, statementId, { count: 1, result });
      }
      return 1;
    },
  });
  return deleted ?? 0;
}

async function deleteMany(
  parts: EngineParts,
  operation: Operation,
  { namespace }: DeleteRequest,
  { statement, match }: { statement: DeleteStatement; match: MatchExpression },
): Promise<number> {
  const { matched, error } = await modifyMany(parts, operation, {
    namespace,
    match,
    hint: statement.hint,
    apply: (target, collection, found) => deleteDocument(target, collection, found.recordId, found),
  });
  if (error !== undefined) throw error as Error;
  return matched;
}

function findDeleted(operation: Operation, statementId: number): number | undefined {
  if (operation.transaction || operation.session?.txnNumber === undefined) return undefined;
  const record = findStatement(operation.reader(), operation.session, statementId);
  operation.release();
  return record && (asSafeInteger(record.result.get('deleted')) ?? 0);
}
