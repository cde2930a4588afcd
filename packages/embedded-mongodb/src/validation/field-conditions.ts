import { bsonTypeName } from '../values/bson-types';
import type { BsonDocument, Value } from '../values/types';
import { considerPath, consideredEntries, typeEntries } from './considered-values';

const NUMBERS = ['decimal', 'double', 'int', 'long'];
const TEXTS = ['regex', 'string', 'symbol'];
const BITS = ['binData', ...NUMBERS];

/** How the server words the outcome of an operator, and the types that it looks at. */
interface Wording {
  readonly failed: string;
  readonly succeeded: string;
  readonly types?: readonly string[];
  /** For operators that look at an array as such. */
  readonly ofArray?: 'any' | 'only';
}

const COMPARISON: Wording = { failed: 'comparison failed', succeeded: 'comparison succeeded' };
const BIT_TEST: Wording = {
  failed: 'bitwise operator failed to match',
  succeeded: 'bitwise operator matched successfully',
  types: BITS,
};

const WORDINGS = new Map<string, Wording>([
  ['$ne', { failed: COMPARISON.succeeded, succeeded: COMPARISON.failed }],
  [
    '$in',
    { failed: 'no matching value found in array', succeeded: 'matching value found in array' },
  ],
  [
    '$nin',
    { failed: 'matching value found in array', succeeded: 'no matching value found in array' },
  ],
  ['$type', { failed: 'type did not match', succeeded: 'type did match' }],
  [
    '$mod',
    {
      failed: '$mod did not evaluate to expected remainder',
      succeeded: '$mod did evaluate to expected remainder',
      types: NUMBERS,
    },
  ],
  [
    '$regex',
    {
      failed: 'regular expression did not match',
      succeeded: 'regular expression did match',
      types: TEXTS,
    },
  ],
  ['$bitsAllSet', BIT_TEST],
  ['$bitsAllClear', BIT_TEST],
  ['$bitsAnySet', BIT_TEST],
  ['$bitsAnyClear', BIT_TEST],
  [
    '$size',
    {
      failed: 'array length was not equal to given size',
      succeeded: 'array length was equal to given size',
      ofArray: 'only',
    },
  ],
  [
    '$elemMatch',
    {
      failed: 'array did not satisfy the child predicate',
      succeeded: 'array did satisfy the child predicate',
      ofArray: 'only',
    },
  ],
  [
    '$all',
    {
      failed: 'array did not contain all specified values',
      succeeded: 'array did contain all specified values',
      ofArray: 'any',
    },
  ],
]);

/** One operator on one field, as the validator gives it. */
export interface FieldCondition {
  readonly operator: string;
  readonly path: string;
  readonly operand: Value;
  /** The condition as a filter of its own, as far as possible in the words of the validator. */
  readonly source: BsonDocument;
}

/**
 * Why a condition does not hold for a document or, `inverted`, why it does.
 * @returns operatorName, specifiedAs, reason and, where there is one, what was considered
 */
export function explainCondition(
  condition: FieldCondition,
  document: BsonDocument,
  inverted: boolean,
): BsonDocument {
  return new Map<string, Value>([
    ['operatorName', condition.operator],
    ['specifiedAs', condition.source],
    ...outcome(condition, document, inverted),
  ]);
}

function outcome(
  { operator, path, operand }: FieldCondition,
  document: BsonDocument,
  inverted: boolean,
): [string, Value][] {
  const wording = WORDINGS.get(operator) ?? COMPARISON;
  const considered = considerPath(document, path, wording.ofArray ? 'itself' : 'elements');
  if (operator === '$exists') {
    return [['reason', considered.exists ? 'path does exist' : 'path does not exist']];
  }
  if (operator === '$all' && Array.isArray(operand) && operand.length === 0) {
    return [['reason', 'expression always evaluates to false']];
  }
  if (!considered.exists) return [['reason', 'field was missing']];
  const values = consideredEntries(considered);
  const mismatch = inverted ? undefined : typeMismatch(wording, considered.values);
  const reason = inverted ? wording.succeeded : wording.failed;
  if (mismatch) {
    return entriesOf(['reason', 'type did not match'], typeEntries(considered), [mismatch], values);
  }
  const types = operator === '$type' ? typeEntries(considered) : [];
  return entriesOf(['reason', reason], values, types);
}

/** The types that were expected, when no value has any of them. */
function typeMismatch(
  { types, ofArray }: Wording,
  values: readonly Value[],
): readonly [string, Value] | undefined {
  if (values.length === 0) return undefined;
  if (ofArray === 'only') {
    return values.some(Array.isArray) ? undefined : ['expectedType', 'array'];
  }
  if (!types || values.some((value) => types.includes(bsonTypeName(value)))) return undefined;
  return ['expectedTypes', [...types]];
}

function entriesOf(
  first: readonly [string, Value],
  ...groups: readonly (readonly (readonly [string, Value])[])[]
): [string, Value][] {
  return [first, ...groups.flat()].map(([name, value]) => [name, value]);
}
