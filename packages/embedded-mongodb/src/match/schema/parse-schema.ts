import { MongoServerError } from '../../errors';
import type { BsonDocument, Value } from '../../values/types';
import { parseAdditionalProperties, parsePatternProperties } from './allowed-properties';
import {
  itemCountParser,
  parseAdditionalItems,
  parseItems,
  parseUniqueItems,
} from './array-keywords';
import { parseDependencies } from './dependencies';
import { wrongType } from './errors';
import { parseAllOf, parseAnyOf, parseEnum, parseNot, parseOneOf } from './logical-keywords';
import { parseProperties, parseRequired, propertyCountParser } from './object-keywords';
import {
  boundParser,
  exclusiveParser,
  lengthParser,
  parseMultipleOf,
  parsePattern,
} from './scalar-keywords';
import { parseBsonType, parseType } from './type-keywords';
import type { KeywordParser, KeywordSite, Schema, SchemaRule } from './types';

const atMost = (number: bigint, limit: bigint): boolean => number <= limit;
const atLeast = (number: bigint, limit: bigint): boolean => number >= limit;

/** In the order in which the server's explanations name what was not satisfied. */
const KEYWORDS = new Map<string, KeywordParser>([
  ['pattern', parsePattern],
  ['maxLength', lengthParser(atMost)],
  ['minLength', lengthParser(atLeast)],
  ['multipleOf', parseMultipleOf],
  ['maximum', boundParser('exclusiveMaximum', 'lte')],
  ['exclusiveMaximum', exclusiveParser('maximum')],
  ['minimum', boundParser('exclusiveMinimum', 'gte')],
  ['exclusiveMinimum', exclusiveParser('minimum')],
  ['minItems', itemCountParser(atLeast)],
  ['maxItems', itemCountParser(atMost)],
  ['uniqueItems', parseUniqueItems],
  ['items', parseItems],
  ['additionalItems', parseAdditionalItems],
  ['properties', parseProperties],
  ['additionalProperties', parseAdditionalProperties],
  ['patternProperties', parsePatternProperties],
  ['required', parseRequired],
  ['minProperties', propertyCountParser(atLeast)],
  ['maxProperties', propertyCountParser(atMost)],
  ['dependencies', parseDependencies],
  ['allOf', parseAllOf],
  ['anyOf', parseAnyOf],
  ['oneOf', parseOneOf],
  ['not', parseNot],
  ['enum', parseEnum],
  ['type', parseType],
  ['bsonType', parseBsonType],
]);

const ANNOTATIONS = ['title', 'description'];

/** Keywords of JSON Schema that MongoDB does not have. */
const UNSUPPORTED = new Set(['$ref', '$schema', 'default', 'definitions', 'format', 'id']);

/** Keywords of client-side field level encryption, which the engine does not have. */
const ENCRYPTION = new Set(['encrypt', 'encryptMetadata']);

/**
 * Parses a JSON Schema (draft 4 with MongoDB's changes;
 * https://www.mongodb.com/docs/v7.0/reference/operator/query/jsonSchema/).
 * @throws MongoServerError 9 FailedToParse for unknown keywords and operands without meaning,
 * 14 TypeMismatch for operands of the wrong type, 2 BadValue for unknown types, 238 for encryption
 */
export function parseSchema(schema: BsonDocument): Schema {
  for (const keyword of schema.keys()) assertKnown(keyword);
  const annotations = annotationsOf(schema);
  if (schema.has('type') && schema.has('bsonType')) {
    throw new MongoServerError(
      'FailedToParse',
      "Cannot specify both $jsonSchema keywords 'type' and 'bsonType'",
    );
  }
  const rules: SchemaRule[] = [];
  for (const [keyword, parse] of KEYWORDS) {
    const operand = schema.get(keyword);
    if (operand === undefined) continue;
    const rule = parse(siteOf(keyword, operand, schema));
    if (rule) rules.push(rule);
  }
  return {
    annotations,
    accepts: (value) => rules.every((rule) => rule.accepts(value)),
    explain: (value) =>
      rules.filter((rule) => !rule.accepts(value)).map((rule) => rule.explain(value)),
  };
}

function siteOf(keyword: string, operand: Value, schema: BsonDocument): KeywordSite {
  return { keyword, operand, schema, parseNested: parseSchema };
}

function assertKnown(keyword: string): void {
  if (KEYWORDS.has(keyword) || ANNOTATIONS.includes(keyword)) return;
  if (ENCRYPTION.has(keyword)) {
    throw new MongoServerError(
      'NotImplemented',
      `$jsonSchema keyword '${keyword}' is not supported`,
    );
  }
  throw new MongoServerError(
    'FailedToParse',
    UNSUPPORTED.has(keyword)
      ? `$jsonSchema keyword '${keyword}' is not currently supported`
      : `Unknown $jsonSchema keyword: ${keyword}`,
  );
}

function annotationsOf(schema: BsonDocument): BsonDocument {
  const annotations: BsonDocument = new Map();
  for (const keyword of ANNOTATIONS) {
    const text = schema.get(keyword);
    if (text === undefined) continue;
    if (typeof text !== 'string') throw wrongType(keyword, 'must be of type string');
    annotations.set(keyword, text);
  }
  return annotations;
}
