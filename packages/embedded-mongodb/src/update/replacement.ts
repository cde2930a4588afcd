import { Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { formatElement } from '../match/operands';
import { valuesEqual, valuesIdentical } from '../values/compare';
import type { BsonDocument, Value } from '../values/types';
import type { UpdateResult } from './types';

/**
 * Checks a replacement document.
 * @throws MongoServerError 52 when a top-level name starts with `$`
 */
export function checkReplacement(replacement: BsonDocument): void {
  for (const name of replacement.keys()) {
    if (name.startsWith('$') && !isDbRefField(name, replacement)) {
      throw new MongoServerError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an ` +
          "update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
      );
    }
  }
}

function isDbRefField(name: string, document: BsonDocument): boolean {
  return ['$ref', '$id', '$db'].includes(name) && document.has('$ref') && document.has('$id');
}

/**
 * Puts `replacement` in the place of `document`, keeping its `_id`, which comes first.
 * @throws MongoServerError 66 when the replacement has another `_id`
 */
export function replaceDocument(document: BsonDocument, replacement: BsonDocument): UpdateResult {
  const oldId = document.get('_id');
  const newId = replacement.get('_id');
  if (oldId !== undefined && newId !== undefined && !valuesEqual(oldId, newId)) {
    throw new MongoServerError(
      'ImmutableField',
      "After applying the update, the (immutable) field '_id' was found to have been altered to " +
        formatElement('_id', newId),
    );
  }
  // Not `??`: null is an _id like any other.
  const id = newId === undefined ? oldId : newId;
  const result: BsonDocument = new Map(id === undefined ? [] : [['_id', id]]);
  for (const [name, value] of replacement) {
    if (name !== '_id') result.set(name, value);
  }
  return valuesIdentical(result, document)
    ? { document, changed: false }
    : { document: result, changed: true };
}

/** MongoDB fills in the time for an empty timestamp at the top level of a stored document. */
export function fillEmptyTimestamps(document: BsonDocument, now: Date): BsonDocument {
  const isEmpty = (value: Value): boolean =>
    value instanceof Timestamp && value.high === 0 && value.low === 0;
  if (![...document.values()].some(isEmpty)) return document;
  const current = new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  return new Map(
    [...document].map(([name, value]) => [
      name,
      name !== '_id' && isEmpty(value) ? current : value,
    ]),
  );
}
