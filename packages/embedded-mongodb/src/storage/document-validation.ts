import type { BsonDocument } from '../values/types';
import { validationRules, type ValidationRules } from '../validation/collection-rules';
import type { Collection } from './catalog';
import type { Operation } from './operation';

/** Compiled once for the options that they come from, which are replaced as a whole. */
const COMPILED = new WeakMap<BsonDocument, { readonly rules: ValidationRules | undefined }>();

/**
 * Checks a document that is to be inserted against the collection's validator.
 * Throws 121 DocumentValidationFailure with `errInfo`.
 */
export function assertValidInsert(
  operation: Operation,
  collection: Collection,
  document: BsonDocument,
): void {
  const rules = rulesFor(operation, collection);
  if (!rules || rules.validator.accepts(document)) return;
  throw rules.validator.failure(document);
}

/**
 * As assertValidInsert for the new version of a document; at the level `moderate`, a document that was
 * not valid before need not be so after.
 */
export function assertValidUpdate(
  operation: Operation,
  collection: Collection,
  before: BsonDocument,
  after: BsonDocument,
): void {
  const rules = rulesFor(operation, collection);
  if (!rules || rules.validator.accepts(after)) return;
  if (rules.level === 'moderate' && !rules.validator.accepts(before)) return;
  throw rules.validator.failure(after);
}

/** The rules that can refuse a write of this operation. */
function rulesFor(operation: Operation, collection: Collection): ValidationRules | undefined {
  if (operation.bypassesValidation) return undefined;
  const rules = rulesOf(collection.options);
  return rules && rules.level !== 'off' && rules.action === 'error' ? rules : undefined;
}

/** What the options of a collection say about its documents. */
export function rulesOf(options: BsonDocument): ValidationRules | undefined {
  let compiled = COMPILED.get(options);
  if (!compiled) {
    compiled = { rules: validationRules(options) };
    COMPILED.set(options, compiled);
  }
  return compiled.rules;
}
