import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import { formatValue } from '../../expression/format';
import type { VariableCell } from '../../expression/types';
import { inheritMetadata } from '../../values/metadata';
import type { BsonDocument, Value } from '../../values/types';
import { mapChunks } from '../stream';
import type { Stage, StageSite, StageTable } from '../types';

/** @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/redact/ */
function compileRedact({ name, specification, scope }: StageSite): Stage {
  // The expression is asked again for each embedded document, which is then $$CURRENT.
  const current: VariableCell = { value: undefined };
  const { evaluate } = compileExpression(specification, {
    ...scope,
    cells: new Map([...(scope.cells ?? []), ['CURRENT', current]]),
  });
  const redactDocument = (document: BsonDocument, root: BsonDocument): BsonDocument | undefined => {
    current.value = document;
    const decision = evaluate({ root });
    if (decision === 'keep') return document;
    if (decision === 'prune') return undefined;
    if (decision !== 'descend') {
      throw new MongoServerError(
        17053,
        `$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned ${formatValue(decision)}`,
      );
    }
    const result: BsonDocument = new Map();
    for (const [field, value] of document) {
      const redacted = redactValue(value, root);
      if (redacted !== undefined) result.set(field, redacted);
    }
    return result;
  };
  const redactValue = (value: Value, root: BsonDocument): Value | undefined => {
    if (value instanceof Map) return redactDocument(value, root);
    if (!Array.isArray(value)) return value;
    return value.flatMap((element) => {
      const redacted = redactValue(element, root);
      return redacted === undefined ? [] : [redacted];
    });
  };
  return {
    name,
    run: (input) =>
      mapChunks(input, (chunk) =>
        chunk.flatMap((document) => {
          const redacted = redactDocument(document, document);
          return redacted ? [inheritMetadata(document, redacted)] : [];
        }),
      ),
  };
}

export const REDACT_STAGES: StageTable = { $redact: compileRedact };
