import { BSONRegExp } from 'bson';
import { MongoServerError } from '../errors';
import { isTruthy } from '../expression/truth';
import type { BsonDocument, Value } from '../values/types';
import { underCollation } from './collated';
import { coerceToLong, isExpressionDocument, parseInteger } from './operands';
import { parseFilter, isPathlessOperator, type ParseContext } from './parse';
import { parseBitTest } from './parse-bits';
import { parseTypeSet } from './parse-type';
import { compileRegex, type CompiledRegex } from './regex';
import type { Predicate } from './types';

interface FieldOperand {
  readonly path: string;
  readonly name: string;
  readonly operand: Value;
  /** The whole operator document: `$regex` and `$options` read each other. */
  readonly operators: BsonDocument;
  readonly context: ParseContext;
}

type OperatorParser = (field: FieldOperand) => Predicate | undefined;

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

const GEO_OPERATORS = new Set([
  '$near',
  '$nearSphere',
  '$geoNear',
  '$geoWithin',
  '$within',
  '$geoIntersects',
  '$maxDistance',
  '$minDistance',
]);

const PARSERS = new Map<string, OperatorParser>([
  ['$eq', ({ operand }) => ({ op: 'eq', value: operand })],
  ['$ne', parseNotEqual],
  ['$lt', (field) => parseComparison('lt', field)],
  ['$lte', (field) => parseComparison('lte', field)],
  ['$gt', (field) => parseComparison('gt', field)],
  ['$gte', (field) => parseComparison('gte', field)],
  ['$in', (field) => parseIn('in', field)],
  ['$nin', (field) => parseIn('nin', field)],
  ['$not', parseNot],
  ['$exists', ({ operand }) => ({ op: 'exists', exists: isTruthy(operand) })],
  ['$type', ({ path, operand }) => ({ op: 'type', types: parseTypeSet(path, operand) })],
  ['$regex', parseRegex],
  ['$options', parseOptions],
  ['$mod', parseMod],
  ['$size', parseSize],
  ['$all', parseAll],
  ['$elemMatch', parseElemMatch],
  ['$bitsAllSet', (field) => parseBits('$bitsAllSet', field)],
  ['$bitsAllClear', (field) => parseBits('$bitsAllClear', field)],
  ['$bitsAnySet', (field) => parseBits('$bitsAnySet', field)],
  ['$bitsAnyClear', (field) => parseBits('$bitsAnyClear', field)],
]);

/** True for the operators that apply to a field (`$not` only negates them). */
export function isFieldOperator(name: string): boolean {
  return (PARSERS.has(name) && name !== '$not') || GEO_OPERATORS.has(name);
}

/**
 * Parses `{ $gt: 5, $lt: 8 }`, the operators of one field; all of them must hold.
 * @throws MongoServerError as MongoDB's query parser
 */
export function parseFieldOperators(
  path: string,
  operators: BsonDocument,
  context: ParseContext,
): Predicate[] {
  const predicates: Predicate[] = [];
  for (const [name, operand] of operators) {
    const parser = PARSERS.get(name);
    if (parser === undefined) throw unknownOperator(name);
    const predicate = parser({ path, name, operand, operators, context });
    if (predicate === undefined) continue;
    const { collation } = context;
    predicates.push(collation ? underCollation(predicate, collation) : predicate);
  }
  return predicates;
}

function unknownOperator(name: string): MongoServerError {
  if (GEO_OPERATORS.has(name)) {
    return new MongoServerError('NotImplemented', `${name} is not supported`);
  }
  return bad(
    name === '$where' ? '$where cannot be applied to a field' : `unknown operator: ${name}`,
  );
}

function parseComparison(
  op: 'lt' | 'lte' | 'gt' | 'gte',
  { path, operand }: FieldOperand,
): Predicate {
  if (operand instanceof BSONRegExp) {
    throw bad(`Can't have RegEx as arg to predicate over field '${path}'.`);
  }
  return { op, value: operand };
}

function parseNotEqual({ operand }: FieldOperand): Predicate {
  if (operand instanceof BSONRegExp) throw bad("Can't have regex as arg to $ne.");
  return { op: 'ne', value: operand };
}

function parseIn(op: 'in' | 'nin', { operand }: FieldOperand): Predicate {
  if (!Array.isArray(operand)) throw bad(`$${op} needs an array`);
  const values: Value[] = [];
  const regexes: CompiledRegex[] = [];
  for (const entry of operand) {
    if (isExpressionDocument(entry)) throw bad('cannot nest $ under $in');
    if (entry instanceof BSONRegExp) regexes.push(compileRegex(entry.pattern, entry.options));
    else values.push(entry);
  }
  return { op, values, regexes };
}

function parseNot({ path, operand, context }: FieldOperand): Predicate {
  if (operand instanceof BSONRegExp) {
    const regex = compileRegex(operand.pattern, operand.options);
    return { op: 'not', predicates: [{ op: 'regex', regex }] };
  }
  if (!(operand instanceof Map)) throw bad('$not needs a regex or a document');
  if (operand.size === 0) throw bad('$not cannot be empty');
  return { op: 'not', predicates: parseFieldOperators(path, operand, context) };
}

function parseRegex({ operators }: FieldOperand): Predicate {
  let pattern = '';
  let options = '';
  for (const [name, operand] of operators) {
    if (name === '$regex') {
      if (operand instanceof BSONRegExp) {
        pattern = operand.pattern;
        if (operand.options !== '') {
          if (options !== '') throw optionsTwice(51074);
          options = operand.options;
        }
      } else if (typeof operand === 'string') {
        pattern = operand;
      } else {
        throw bad('$regex has to be a string');
      }
    } else if (name === '$options') {
      if (typeof operand !== 'string') throw bad('$options has to be a string');
      if (options !== '') throw optionsTwice(51075);
      options = operand;
    }
  }
  return { op: 'regex', regex: compileRegex(pattern, options) };
}

function optionsTwice(code: number): MongoServerError {
  return new MongoServerError(code, 'options set in both $regex and $options');
}

/** Checked here, applied by `$regex`, which may come before or after it. */
function parseOptions({ operators }: FieldOperand): undefined {
  if (!operators.has('$regex')) throw bad('$options needs a $regex');
  return undefined;
}

function parseMod({ operand }: FieldOperand): Predicate {
  if (!Array.isArray(operand)) throw bad('malformed mod, needs to be an array');
  if (operand.length < 2) throw bad('malformed mod, not enough elements');
  if (operand.length > 2) throw bad('malformed mod, too many elements');
  const divisor = modOperand('divisor', operand[0] as Value);
  const remainder = modOperand('remainder', operand[1] as Value);
  if (divisor === 0n) throw bad('divisor cannot be 0');
  return { op: 'mod', divisor, remainder };
}

function modOperand(role: string, operand: Value): bigint {
  if (typeof operand !== 'object' || operand === null || !('_bsontype' in operand)) {
    throw bad(`malformed mod, ${role} not a number`);
  }
  if (!['Int32', 'Long', 'Double', 'Decimal128'].includes(operand._bsontype)) {
    throw bad(`malformed mod, ${role} not a number`);
  }
  const parsed = coerceToLong(operand);
  if ('reason' in parsed) {
    throw bad(`malformed mod, ${role} value is invalid :: caused by :: ${parsed.reason}`);
  }
  return parsed.value;
}

function parseSize({ name, operand }: FieldOperand): Predicate {
  const parsed = parseInteger(name, operand);
  if ('reason' in parsed) throw bad(`Failed to parse $size. ${parsed.reason}`);
  if (parsed.value < 0n) {
    throw bad(`Failed to parse $size. Expected a non-negative number in: $size: ${parsed.value}`);
  }
  if (parsed.value > 2147483647n) {
    throw bad(`Failed to parse $size. Cannot represent $size: ${parsed.value} in an int`);
  }
  return { op: 'size', size: Number(parsed.value) };
}

function firstName(value: Value | undefined): string | undefined {
  return value instanceof Map ? [...value.keys()][0] : undefined;
}

function parseAll(field: FieldOperand): Predicate {
  const { operand } = field;
  if (!Array.isArray(operand)) throw bad('$all needs an array');
  if (firstName(operand[0]) === '$elemMatch') return parseAllElemMatch(field, operand);
  const predicates = operand.map((entry): Predicate => {
    if (entry instanceof BSONRegExp) {
      return { op: 'regex', regex: compileRegex(entry.pattern, entry.options) };
    }
    const name = firstName(entry);
    if (name !== undefined && isFieldOperator(name)) throw bad('no $ expressions in $all');
    return { op: 'eq', value: entry };
  });
  return { op: 'all', predicates };
}

function parseAllElemMatch(field: FieldOperand, operand: readonly Value[]): Predicate {
  const predicates = operand.map((entry) => {
    if (!(entry instanceof Map) || firstName(entry) !== '$elemMatch') {
      throw bad('$all/$elemMatch has to be consistent');
    }
    return parseElemMatch({ ...field, operand: entry.get('$elemMatch') as Value });
  });
  return { op: 'all', predicates };
}

function parseElemMatch({ operand, context }: FieldOperand): Predicate {
  if (!(operand instanceof Map)) throw bad('$elemMatch needs an Object');
  const inner: ParseContext = { ...context, inSubdocument: true };
  const first = firstName(operand);
  const isValueForm =
    first !== undefined &&
    isExpressionDocument(operand, { allowIncompleteDbRef: true }) &&
    !isPathlessOperator(first);
  return isValueForm
    ? { op: 'elemMatchValue', predicates: parseFieldOperators('', operand, inner) }
    : { op: 'elemMatchObject', node: parseFilter(operand, inner) };
}

type BitOperator = '$bitsAllSet' | '$bitsAllClear' | '$bitsAnySet' | '$bitsAnyClear';

function parseBits(name: BitOperator, { path, operand }: FieldOperand): Predicate {
  return { op: 'bits', test: { name, positions: parseBitTest(path, name, operand) } };
}
