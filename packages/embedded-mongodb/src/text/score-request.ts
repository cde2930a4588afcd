import { MongoServerError } from '../errors';
import { LITERALS } from '../expression/literals';
import type { Value } from '../values/types';

/** Whether an expression, or a document of expressions, reads `{ $meta: 'textScore' }`. */
export function asksForTextScore(value: Value): boolean {
  if (Array.isArray(value)) return value.some(asksForTextScore);
  if (!(value instanceof Map)) return false;
  if (value.size === 1 && value.get('$meta') === 'textScore') return true;
  return [...value].some(([name, inner]) => !LITERALS.has(name) && asksForTextScore(inner));
}

/** The error 40218 of a read that asks for a score and makes no text search. */
export function noTextScore(): MongoServerError {
  return new MongoServerError(40218, 'query requires text score metadata, but it is not available');
}
