import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';

const LISTS = new Set(['$and', '$or', '$nor']);
const NEARNESS = new Set(['$near', '$nearSphere', '$geoNear']);

/**
 * Refuses the query operators that a validator may not have
 * (https://www.mongodb.com/docs/v7.0/core/schema-validation/specify-query-expression-rules/).
 * @throws MongoServerError 2 BadValue
 */
export function refuseForbiddenOperators(filter: BsonDocument): void {
  for (const [name, operand] of filter) {
    if (name === '$text' || name === '$where') throw forbidden(`${name} is`);
    if (LISTS.has(name)) eachDocument(operand, refuseForbiddenOperators);
    else refuseNearness(name, operand);
  }
}

function refuseNearness(name: string, operand: Value): void {
  if (NEARNESS.has(name)) throw forbidden('$geoNear, $near, and $nearSphere are');
  if (name.startsWith('$') && name !== '$not') return;
  if (operand instanceof Map) for (const [inner, value] of operand) refuseNearness(inner, value);
}

function eachDocument(operand: Value, visit: (document: BsonDocument) => void): void {
  if (!Array.isArray(operand)) return;
  for (const element of operand) if (element instanceof Map) visit(element);
}

function forbidden(what: string): MongoServerError {
  return new MongoServerError('BadValue', `${what} not allowed in this context`);
}
