import { BSON, type Document } from 'mongodb';
import { inspect } from 'node:util';
import type { Entities } from './entities';

/** A mismatch names where it is, so that a failed case explains itself. */
export class Mismatch extends Error {
  constructor(path: string, expected: unknown, actual: unknown) {
    const show = (value: unknown): string => inspect(value, { depth: 8, breakLength: 100 });
    super(`at ${path || 'the root'}: expected ${show(expected)} but got ${show(actual)}`);
    this.name = 'Mismatch';
  }
}

/**
 * Compares as the unified test format demands: root documents may have further fields, nested ones
 * may not; numbers compare by value whatever their type; `$$` operators match specially.
 * @throws Mismatch
 */
export class Matcher {
  constructor(private readonly entities: Entities) {}

  match(actual: unknown, expected: unknown): void {
    if (Array.isArray(expected)) {
      if (!Array.isArray(actual) || actual.length !== expected.length) {
        throw new Mismatch('', expected, actual);
      }
      expected.forEach((item, index) => this.value(actual[index], item, `[${index}]`, true));
      return;
    }
    this.value(actual, expected, '', true);
  }

  private value(actual: unknown, expected: unknown, path: string, isRoot: boolean): void {
    const operator = specialOperator(expected);
    if (operator) {
      this.special(operator, (expected as Document)[operator], { actual, path, isRoot });
    } else if (Array.isArray(expected)) {
      if (!Array.isArray(actual) || actual.length !== expected.length) {
        throw new Mismatch(path, expected, actual);
      }
      expected.forEach((item, index) =>
        this.value(actual[index], item, `${path}[${index}]`, false),
      );
    } else if (isPlainDocument(expected)) {
      this.document(actual, expected, path, isRoot);
    } else if (!sameScalar(actual, expected)) throw new Mismatch(path, expected, actual);
  }

  private document(actual: unknown, expected: Document, path: string, isRoot: boolean): void {
    const fields = fieldsOf(actual);
    if (!fields) throw new Mismatch(path, expected, actual);
    for (const [name, value] of Object.entries(expected)) {
      this.value(fields[name], value, path ? `${path}.${name}` : name, false);
    }
    if (isRoot) return;
    const extra = Object.keys(fields).find((name) => !(name in expected));
    if (extra !== undefined) throw new Mismatch(`${path}.${extra}`, undefined, fields[extra]);
  }

  private special(
    operator: string,
    operand: unknown,
    place: { actual: unknown; path: string; isRoot: boolean },
  ): void {
    const { actual, path, isRoot } = place;
    const refuseUnless = (isMatch: boolean): void => {
      if (!isMatch) throw new Mismatch(path, { [operator]: operand }, actual);
    };
    switch (operator) {
      case '$$exists':
        return refuseUnless((actual !== undefined) === operand);
      case '$$type':
        return refuseUnless([operand].flat().some((type) => hasType(actual, String(type))));
      case '$$unsetOrMatches':
        if (actual !== undefined && actual !== null) this.value(actual, operand, path, isRoot);
        return;
      case '$$matchesEntity':
        return this.value(actual, this.entities.find(String(operand)), path, isRoot);
      case '$$matchesHexBytes':
        return refuseUnless(hexBytes(actual) === String(operand).toLowerCase());
      case '$$sessionLsid': {
        const lsid = this.entities.sessionIds.get(String(operand));
        return refuseUnless(lsid !== undefined && sameBson(actual, lsid));
      }
      case '$$lte':
        return refuseUnless(Number(actual) <= Number(operand));
      case '$$matchAsDocument':
        return this.value(BSON.EJSON.parse(String(actual)), operand, path, false);
      case '$$matchAsRoot':
        return this.value(actual, operand, path, true);
      default:
        throw new Error(`Unknown matching operator ${operator}`);
    }
  }
}

function specialOperator(expected: unknown): string | undefined {
  if (!isPlainDocument(expected)) return undefined;
  const [first, ...others] = Object.keys(expected);
  return others.length === 0 && first?.startsWith('$$') ? first : undefined;
}

/** A document as the driver or EJSON makes it, and not a BSON value such as an ObjectId. */
export function isPlainDocument(value: unknown): value is Document {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !ArrayBuffer.isView(value) &&
    !('_bsontype' in value)
  );
}

/** The driver sends sort specifications and index keys as Maps, and answers results as classes. */
function fieldsOf(actual: unknown): Document | undefined {
  if (actual instanceof Map) return Object.fromEntries(actual) as Document;
  return isPlainDocument(actual) ? actual : undefined;
}

function sameScalar(actual: unknown, expected: unknown): boolean {
  const left = numberOf(actual);
  const right = numberOf(expected);
  if (left !== undefined && right !== undefined) return Object.is(left, right) || left === right;
  if (actual === undefined || expected === undefined) return actual === expected;
  if (expected === null || actual === null) return actual === expected;
  return sameBson(actual, expected);
}

function sameBson(left: unknown, right: unknown): boolean {
  return BSON.EJSON.stringify({ value: left }) === BSON.EJSON.stringify({ value: right });
}

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof BSON.Long) return value.toNumber();
  if (value instanceof BSON.Int32 || value instanceof BSON.Double) return value.valueOf();
  return undefined;
}

function hexBytes(value: unknown): string {
  const bytes = value instanceof BSON.Binary ? value.buffer : value;
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
    : '';
}

const TYPE_TESTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  double: (value) => typeof value === 'number' || value instanceof BSON.Double,
  string: (value) => typeof value === 'string',
  object: isPlainDocument,
  array: Array.isArray,
  binData: (value) => value instanceof BSON.Binary,
  objectId: (value) => value instanceof BSON.ObjectId,
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  regex: (value) => value instanceof RegExp || value instanceof BSON.BSONRegExp,
  timestamp: (value) => value instanceof BSON.Timestamp,
  int: (value) => Number.isInteger(value) || value instanceof BSON.Int32,
  long: (value) =>
    Number.isInteger(value) || value instanceof BSON.Long || typeof value === 'bigint',
  decimal: (value) => value instanceof BSON.Decimal128,
  minKey: (value) => value instanceof BSON.MinKey,
  maxKey: (value) => value instanceof BSON.MaxKey,
};

function hasType(value: unknown, type: string): boolean {
  if (type === 'number') return numberOf(value) !== undefined || hasType(value, 'decimal');
  const test = TYPE_TESTS[type];
  if (!test) throw new Error(`Unknown type ${type}`);
  return test(value);
}
