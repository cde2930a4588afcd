import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/bson-types';
import type { BsonDocument, Value } from '../values/types';

/** A parsed `$text` condition (manual: "$text"). */
export interface TextQuery {
  readonly search: string;
  /** Undefined: the index's own default language. */
  readonly language?: string;
  readonly caseSensitive: boolean;
  readonly diacriticSensitive: boolean;
}

const FIELDS = new Set(['$search', '$language', '$caseSensitive', '$diacriticSensitive']);

/**
 * Parses the operand of `$text`.
 * @throws MongoServerError 2 BadValue on an unknown field, 14 TypeMismatch on a wrong type, 9 when
 * `$search` is missing
 */
export function parseTextQuery(spec: Value): TextQuery {
  if (!(spec instanceof Map)) throw new MongoServerError('BadValue', '$text expects an object');
  for (const name of spec.keys()) {
    if (!FIELDS.has(name)) throw new MongoServerError('BadValue', 'extra fields in $text');
  }
  const search = field(spec, '$search', 'string');
  if (search === undefined) throw wrongType('$search', 'string', 'missing');
  return {
    search: search as string,
    language: field(spec, '$language', 'string') as string | undefined,
    caseSensitive: field(spec, '$caseSensitive', 'bool') === true,
    diacriticSensitive: field(spec, '$diacriticSensitive', 'bool') === true,
  };
}

function field(spec: BsonDocument, name: string, type: 'string' | 'bool'): Value | undefined {
  const value = spec.get(name);
  const actual = bsonTypeName(value);
  if (value !== undefined && actual !== type) throw wrongType(name, type, actual);
  return value;
}

function wrongType(name: string, expected: string, actual: string): MongoServerError {
  return new MongoServerError(
    'TypeMismatch',
    `"${name}" had the wrong type. Expected ${expected}, found ${actual}`,
  );
}
