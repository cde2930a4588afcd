import { DocumentValidator } from '../../src/validation/validator';
import { documentFromPlain, toPlain } from '../../src/values/plain';
import type { Value } from '../../src/values/types';

/**
 * What `errInfo` says of a document that the validator does not accept.
 * @throws Error when it does accept it
 */
export function errorInformation(validator: object, document: object): Record<string, unknown> {
  const subject = new DocumentValidator(documentFromPlain(validator));
  const refused = documentFromPlain(document);
  if (subject.accepts(refused)) throw new Error('the document was accepted');
  const errInfo = subject.failure(refused).extra.get('errInfo') as Value;
  return toPlain(errInfo) as Record<string, unknown>;
}

/** The `details` for a document with `_id` 1 and the given fields. */
export function detailsOf(validator: object, document: object): unknown {
  return errorInformation(validator, { _id: 1, ...document })['details'];
}
