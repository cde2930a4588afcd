import { MongoServerError } from '../errors';
import { bsonTypeName, canonicalType, compareValues } from './compare';
import { isNumeric, toDouble } from './numbers';
import type { BsonDocument, MaybeValue, Value } from './types';
import { createTextKeys, type ValueOrder } from './value-order';

/** Compares strings as the rules of a language say, and with them all values that hold strings. */
export type Collation = ValueOrder;

const FIELDS = new Set([
  'locale',
  'caseLevel',
  'caseFirst',
  'strength',
  'numericOrdering',
  'alternate',
  'maxVariable',
  'normalization',
  'backwards',
  'version',
]);

/** Text without a language: the simple collation compares bytes and is the same as none. */
const SIMPLE = 'simple';

/** `Intl` and MongoDB both collate by ICU; these are ICU's strengths in Intl's words. */
const SENSITIVITY = { 1: 'base', 2: 'accent', 3: 'variant' } as const;

/**
 * Reads a collation document (https://www.mongodb.com/docs/v7.0/reference/collation/).
 * @returns undefined for the simple collation
 * @throws MongoServerError 2 for unknown locales and values, 40414 without a locale, 40415 for unknown
 *   fields, 238 for what `Intl.Collator` cannot do (strengths 4 and 5, `backwards`)
 */
export function parseCollation(specification: BsonDocument): Collation | undefined {
  for (const name of specification.keys()) {
    if (!FIELDS.has(name)) {
      throw new MongoServerError(40415, `BSON field 'collation.${name}' is an unknown field.`);
    }
  }
  const locale = specification.get('locale');
  if (locale === undefined) {
    throw new MongoServerError(
      40414,
      "BSON field 'collation.locale' is missing but a required field",
    );
  }
  if (typeof locale !== 'string') throw wrongType('locale', locale, 'string');
  if (locale === SIMPLE) return undefined;
  refuseUnsupported(specification);
  const collator = new Intl.Collator(languageTag(locale, specification), {
    sensitivity: sensitivityOf(specification),
    numeric: flag(specification, 'numericOrdering'),
    ignorePunctuation: specification.get('alternate') === 'shifted',
    caseFirst: caseFirstOf(specification),
  });
  return new IntlCollation(collator);
}

/** True for values whose comparison a collation can change. */
export function holdsText(value: MaybeValue): boolean {
  if (typeof value === 'string') return true;
  if (Array.isArray(value)) return value.some(holdsText);
  return value instanceof Map && [...value.values()].some(holdsText);
}

class IntlCollation implements Collation {
  constructor(private readonly collator: Intl.Collator) {}

  createKeys(): (value: MaybeValue) => string {
    return createTextKeys(this.collator.compare);
  }

  readonly compare = (left: MaybeValue, right: MaybeValue): number => {
    if (typeof left === 'string' && typeof right === 'string') {
      return this.collator.compare(left, right);
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      return this.compareEach(left, right, this.compare);
    }
    if (left instanceof Map && right instanceof Map) {
      return this.compareEach([...left], [...right], (one, other) => this.compareField(one, other));
    }
    return compareValues(left, right);
  };

  private compareField(
    [leftName, left]: [string, Value],
    [rightName, right]: [string, Value],
  ): number {
    return (
      canonicalType(left) - canonicalType(right) ||
      compareValues(leftName, rightName) ||
      this.compare(left, right)
    );
  }

  private compareEach<T>(
    left: readonly T[],
    right: readonly T[],
    compare: (one: T, other: T) => number,
  ): number {
    const shared = Math.min(left.length, right.length);
    for (let index = 0; index < shared; index += 1) {
      const order = compare(left[index]!, right[index]!);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
}

/** @throws MongoServerError BadValue in the server's words for a locale that ICU does not have. */
function languageTag(locale: string, specification: BsonDocument): string {
  const [base = '', variant] = locale.split('@collation=');
  const tag = base.replaceAll('_', '-');
  const isKnown = /^[A-Za-z-]+$/.test(tag) && supports(tag);
  if (!isKnown) {
    throw new MongoServerError(
      'BadValue',
      `Field 'locale' is invalid in: { ${[...specification.keys()].map((name) => `${name}: ${name === 'locale' ? `"${locale}"` : '...'}`).join(', ')} }`,
    );
  }
  return variant === undefined
    ? tag
    : `${tag}-u-co-${variant === 'phonebook' ? 'phonebk' : variant}`;
}

function supports(tag: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf(tag).length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function sensitivityOf(specification: BsonDocument): Intl.CollatorOptions['sensitivity'] {
  const strength = strengthOf(specification);
  // Without accents but with case is what Intl calls "case".
  if (flag(specification, 'caseLevel') && strength === 1) return 'case';
  return SENSITIVITY[strength];
}

function strengthOf(specification: BsonDocument): 1 | 2 | 3 {
  const given = specification.get('strength');
  if (given === undefined) return 3;
  if (!isNumeric(given)) throw wrongType('strength', given, 'int');
  const strength = toDouble(given);
  if (strength === 1 || strength === 2 || strength === 3) return strength;
  if (strength === 4 || strength === 5) throw unsupported(`strength ${strength}`);
  throw new MongoServerError(
    'BadValue',
    `Enumeration value '${strength}' for field 'collation.strength' is not a valid value.`,
  );
}

function caseFirstOf(specification: BsonDocument): Intl.CollatorOptions['caseFirst'] {
  const given = specification.get('caseFirst') ?? 'off';
  if (given === 'off') return 'false';
  if (given === 'upper' || given === 'lower') return given;
  throw new MongoServerError(
    'BadValue',
    "Enumeration value for field 'collation.caseFirst' is not a valid value.",
  );
}

function refuseUnsupported(specification: BsonDocument): void {
  if (flag(specification, 'backwards')) throw unsupported('backwards');
  if (flag(specification, 'caseLevel') && strengthOf(specification) !== 1) {
    throw unsupported('caseLevel with a strength above 1');
  }
  const alternate = specification.get('alternate');
  if (alternate === 'shifted' && specification.get('maxVariable') === 'space') {
    throw unsupported("maxVariable 'space'");
  }
  if (alternate === undefined || alternate === 'shifted' || alternate === 'non-ignorable') return;
  throw new MongoServerError(
    'BadValue',
    "Enumeration value for field 'collation.alternate' is not a valid value.",
  );
}

function flag(specification: BsonDocument, name: string): boolean {
  const value = specification.get(name);
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw wrongType(name, value, 'bool');
}

function wrongType(name: string, value: MaybeValue, expected: string): MongoServerError {
  return new MongoServerError(
    'TypeMismatch',
    `BSON field 'collation.${name}' is the wrong type '${bsonTypeName(value)}', expected type '${expected}'`,
  );
}

function unsupported(what: string): MongoServerError {
  return new MongoServerError('NotImplemented', `collation: ${what} is not supported`);
}
