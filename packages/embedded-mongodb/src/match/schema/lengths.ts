import { MongoServerError } from '../../errors';
import { formatElement, parseIntegerOrThrow } from '../operands';
import type { KeywordSite } from './types';

/**
 * The operand of a keyword that limits a length or a number.
 * @throws MongoServerError 9 FailedToParse unless it is an integer of 0 or more
 */
export function parseLength({ keyword, operand }: KeywordSite): bigint {
  const length = parseIntegerOrThrow(keyword, operand);
  if (length >= 0n) return length;
  throw new MongoServerError(
    'FailedToParse',
    `Expected a non-negative number in: ${formatElement(keyword, operand)}`,
  );
}
