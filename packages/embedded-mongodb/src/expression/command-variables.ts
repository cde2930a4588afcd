import { MongoServerError } from '../errors';
import type { Collation } from '../values/collation';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { compileExpression } from './compile';
import { assertWritableVariableName, type Variables } from './variables';

/** Whether an expression reads the document (`$field`, `$$ROOT`, `$$CURRENT`). */
function readsDocument(value: MaybeValue): boolean {
  if (typeof value === 'string') {
    return /^\$[^$]/.test(value) || /^\$\$(ROOT|CURRENT)(\.|$)/.test(value);
  }
  if (Array.isArray(value)) return value.some(readsDocument);
  if (!(value instanceof Map) || value.has('$literal')) return false;
  return [...value.values()].some(readsDocument);
}

/**
 * The variables of a command: its `let`, whose expressions may use the variables before them but no
 * document, and the time at which the command began.
 * @param checkTime throws when the command is to end; expressions that iterate call it
 * @throws MongoServerError 4890500 for a `let` that reads a document
 * @see https://www.mongodb.com/docs/v7.0/reference/command/aggregate/ ("let")
 */
export function createCommandVariables(
  specification: BsonDocument | undefined,
  now: Date,
  { checkTime, collation }: { checkTime?: () => void; collation?: Collation } = {},
): Variables {
  const variables = Object.assign(new Map<string, Value>([['NOW', now]]), { checkTime });
  for (const [name, value] of specification ?? []) {
    assertWritableVariableName(name);
    if (readsDocument(value)) {
      throw new MongoServerError(
        4890500,
        'Command let Expression tried to access a field, but this is not allowed because Command let expressions run before the query examines any documents.',
      );
    }
    const evaluated = compileExpression(value, { variables, collation }).evaluate({
      root: new Map(),
    });
    if (evaluated !== undefined) variables.set(name, evaluated);
  }
  return variables;
}
