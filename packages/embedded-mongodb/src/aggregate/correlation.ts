import type { Expression } from '../expression/types';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

/** An equality between a field of the foreign collection and a `let` variable. */
export interface Correlation {
  readonly path: string;
  readonly variable: Expression;
}

interface LetVariable {
  readonly name: string;
  readonly expression: Expression;
}

function asPath(value: MaybeValue): string | undefined {
  return typeof value === 'string' && /^\$[^$]/.test(value) ? value.slice(1) : undefined;
}

function fromEquality(operands: Value, variables: readonly LetVariable[]): Correlation | undefined {
  if (!Array.isArray(operands) || operands.length !== 2) return undefined;
  for (const [fieldIndex, variableIndex] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const path = asPath(operands[fieldIndex]);
    const variable = variables.find(({ name }) => operands[variableIndex] === `$$${name}`);
    if (path !== undefined && variable) return { path, variable: variable.expression };
  }
  return undefined;
}

function fromExpression(
  value: MaybeValue,
  variables: readonly LetVariable[],
): Correlation | undefined {
  if (!(value instanceof Map)) return undefined;
  const equality = value.get('$eq');
  if (equality !== undefined) return fromEquality(equality, variables);
  const all = value.get('$and');
  if (!Array.isArray(all)) return undefined;
  for (const part of all) {
    const found = fromExpression(part, variables);
    if (found) return found;
  }
  return undefined;
}

/**
 * The equality that narrows a `$lookup` pipeline, when its first stage is a `$match` whose `$expr`
 * demands `$eq` of a foreign field and a variable. Any document that the pipeline keeps holds the
 * variable's value (or null, for a missing one) at the path in the sense of a query, unless the
 * value is an array.
 */
export function correlationOf(
  pipeline: readonly BsonDocument[],
  variables: readonly LetVariable[],
): Correlation | undefined {
  const filter = pipeline[0]?.get('$match');
  return filter instanceof Map ? fromExpression(filter.get('$expr'), variables) : undefined;
}
