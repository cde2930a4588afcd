import { Decimal128, Double } from 'bson';
import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { isNumeric } from '../values/bson-types';
import { isIntegralNumber, toBigInteger, toDouble } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** An element as MongoDB writes it in messages: `name: value`. */
export function formatElement(name: string, value: Value): string {
  return `${name}: ${formatValue(value)}`;
}

/** A document whose first field is an operator, except a DBRef ({ $ref, $id }). */
export function isExpressionDocument(
  value: Value,
  options: { allowIncompleteDbRef?: boolean } = {},
): value is BsonDocument {
  if (!(value instanceof Map)) return false;
  const [first] = value.keys();
  if (first === undefined || !first.startsWith('$')) return false;
  const hasReference = value.has('$ref');
  const hasId = value.has('$id');
  const isDbRef =
    options.allowIncompleteDbRef === true
      ? hasReference || hasId || value.has('$db')
      : hasReference && hasId;
  return !isDbRef;
}

/** Why an operand is not an integer, or the integer. */
export type ParsedInteger = { readonly value: bigint } | { readonly reason: string };

/** Reads a number that must be integral and fit 64 bits (MongoDB's parseIntegerElementToLong). */
export function parseInteger(name: string, operand: Value): ParsedInteger {
  const element = formatElement(name, operand);
  if (!isNumeric(operand)) return { reason: `Expected a number in: ${element}` };
  if (operand instanceof Double && Number.isNaN(operand.value)) {
    return { reason: `Expected an integer, but found NaN in: ${element}` };
  }
  const value = toBigInteger(operand);
  if (value === undefined || value < INT64_MIN || value > INT64_MAX) {
    return { reason: `Cannot represent as a 64-bit integer: ${element}` };
  }
  if (!isIntegralNumber(operand)) {
    const isDecimal = operand instanceof Decimal128;
    return {
      reason: isDecimal
        ? `Cannot represent as a 64-bit integer: ${element}`
        : `Expected an integer: ${element}`,
    };
  }
  return { value };
}

/**
 * As parseInteger.
 * @throws MongoServerError 9 FailedToParse with the reason
 */
export function parseIntegerOrThrow(name: string, operand: Value): bigint {
  const parsed = parseInteger(name, operand);
  if ('reason' in parsed) throw new MongoServerError('FailedToParse', parsed.reason);
  return parsed.value;
}

/**
 * A number cut to 64 bits, as `$mod` takes its operands.
 * @returns the integer, or why there is none
 */
export function coerceToLong(operand: Value): ParsedInteger {
  const value = isNumeric(operand) ? toBigInteger(operand) : undefined;
  if (value === undefined || (isNumeric(operand) && Number.isNaN(toDouble(operand)))) {
    return { reason: 'Unable to coerce NaN/Inf to integral type' };
  }
  if (value < INT64_MIN || value > INT64_MAX) {
    return { reason: 'Out of bounds coercing to integral value' };
  }
  return { value };
}
