import { encodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import { explainFilter, type Failure } from './clauses';

/** What a reply has room for, beside the rest of it. */
const MOST_BYTES = 12 * 1024 * 1024;
/** Leaves room for the reply around it, within the nesting that BSON may have. */
const DEEPEST_NESTING = 180;

/** Copies of what the validator or the document holds; they are what makes an explanation large. */
const COPIES = new Set(['specifiedAs', 'consideredValue', 'consideredValues']);

/**
 * The `errInfo` of a document that a validator does not accept: its `_id` and why.
 * @returns `{ failingDocumentId, details }`; with `truncated: true`, and without copies of values or
 * without details at all, when that would be too large or too deep
 */
export function errorInformation(validator: BsonDocument, failure: Failure): BsonDocument {
  const id = failure.document.get('_id') ?? null;
  const details = explainFilter(validator, failure, false);
  const whole = information(id, ['details', details]);
  if (depthOf(whole) > DEEPEST_NESTING) {
    return truncated(id, ['reason', 'generated error was too deeply nested']);
  }
  if (encodeDocument(whole).length <= MOST_BYTES) return whole;
  const shorter = truncated(id, ['details', withoutCopies(details)]);
  if (encodeDocument(shorter).length <= MOST_BYTES) return shorter;
  return truncated(id, ['reason', 'generated error was too large']);
}

function information(id: Value, ...entries: [string, Value][]): BsonDocument {
  return new Map<string, Value>([['failingDocumentId', id], ...entries]);
}

function truncated(id: Value, entry: [string, Value]): BsonDocument {
  return information(id, entry, ['truncated', true]);
}

function depthOf(value: Value): number {
  const children = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  let deepest = 0;
  for (const child of children) deepest = Math.max(deepest, depthOf(child));
  return value instanceof Map || Array.isArray(value) ? deepest + 1 : 0;
}

function withoutCopies(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutCopies);
  if (!(value instanceof Map)) return value;
  const kept = [...value].filter(([name]) => !COPIES.has(name));
  return new Map(kept.map(([name, child]) => [name, withoutCopies(child)]));
}
