import { LITERALS } from '../expression/literals';
import { rootOf } from '../plan/index-candidate';
import type { BsonDocument, Value } from '../values/types';
import type { Stage } from './types';

/** Variables that stand for the whole document. */
const WHOLE_DOCUMENT = new Set(['ROOT', 'CURRENT']);
/** Their field is computed, or is that of the document unless another is named. */
const FIELD_OPERATORS = new Set(['$getField', '$setField', '$unsetField']);

/**
 * The top-level fields of its input that matter to the stages, so that no others need to be read:
 * those that are looked at up to a stage behind which nothing else is left of a document.
 * @returns undefined when all may matter
 */
export function fieldsRead(stages: readonly Stage[]): string[] | undefined {
  const fields = new Set<string>();
  for (const { reads, replaces } of stages) {
    if (!reads) return undefined;
    for (const field of reads) fields.add(field);
    if (replaces) return [...fields];
  }
  return undefined;
}

/** The top-level fields that an expression, or a document of expressions, looks at; undefined: any. */
export function fieldsOfExpression(value: Value): string[] | undefined {
  const fields: string[] = [];
  return addFields(value, fields) ? fields : undefined;
}

/** The first components of the names of a document, such as the paths that a stage computes. */
export function rootsOf(document: BsonDocument): string[] {
  return [...document.keys()].map(rootOf);
}

/** Adds what an expression looks at; false when that may be any field. */
function addFields(value: Value, fields: string[]): boolean {
  if (typeof value === 'string') return addPath(value, fields);
  if (Array.isArray(value)) return value.every((element) => addFields(element, fields));
  if (!(value instanceof Map)) return true;
  for (const [name, inner] of value) {
    if (LITERALS.has(name)) continue;
    if (FIELD_OPERATORS.has(name)) return false;
    // Of `$topN` and its like: paths stand as names.
    if (name === 'sortBy' && inner instanceof Map) fields.push(...rootsOf(inner));
    if (!addFields(inner, fields)) return false;
  }
  return true;
}

function addPath(text: string, fields: string[]): boolean {
  if (text.startsWith('$$')) return !WHOLE_DOCUMENT.has(rootOf(text.slice(2)));
  if (text.startsWith('$')) fields.push(rootOf(text.slice(1)));
  return true;
}
