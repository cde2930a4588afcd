import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/bson-types';
import type { BsonDocument, Value } from '../../values/types';
import { malformed, wrongType } from './errors';
import { explanation, nestedExplanation, specifiedExplanation } from './explanation';
import type { KeywordSite, Schema, SchemaRule } from './types';
import { unorderedKey } from './unordered';

function schemasOf({ keyword, operand, parseNested }: KeywordSite): Schema[] {
  if (!Array.isArray(operand)) throw wrongType(keyword, 'must be an array');
  if (operand.length === 0) {
    const message = `$jsonSchema keyword '${keyword}' must be a non-empty array`;
    throw new MongoServerError('BadValue', message);
  }
  return operand.map((schema) => {
    if (schema instanceof Map) return parseNested(schema);
    throw wrongType(
      keyword,
      `must be an array of objects, but found an element of type ${bsonTypeName(schema)}`,
    );
  });
}

function unsatisfied(keyword: string, schemas: readonly Schema[], value: Value): BsonDocument {
  const failures = schemas.flatMap((schema, index): BsonDocument[] =>
    schema.accepts(value) ? [] : [nestedExplanation([['index', new Int32(index)]], schema, value)],
  );
  return explanation(keyword, [['schemasNotSatisfied', failures]]);
}

/** `allOf`. */
export function parseAllOf(site: KeywordSite): SchemaRule {
  const schemas = schemasOf(site);
  return {
    accepts: (value) => schemas.every((schema) => schema.accepts(value)),
    explain: (value) => unsatisfied(site.keyword, schemas, value),
  };
}

/** `anyOf`. */
export function parseAnyOf(site: KeywordSite): SchemaRule {
  const schemas = schemasOf(site);
  return {
    accepts: (value) => schemas.some((schema) => schema.accepts(value)),
    explain: (value) => unsatisfied(site.keyword, schemas, value),
  };
}

/** `oneOf`: exactly one. */
export function parseOneOf(site: KeywordSite): SchemaRule {
  const schemas = schemasOf(site);
  const matching = (value: Value): number[] =>
    [...schemas.keys()].filter((index) => schemas[index]?.accepts(value));
  return {
    accepts: (value) => matching(value).length === 1,
    explain: (value) => {
      const indexes = matching(value);
      if (indexes.length === 0) return unsatisfied(site.keyword, schemas, value);
      return explanation(site.keyword, [
        ['reason', 'more than one subschema matched'],
        ['matchingSchemaIndexes', indexes.map((index) => new Int32(index))],
      ]);
    },
  };
}

/** `not`. */
export function parseNot({ keyword, operand, parseNested }: KeywordSite): SchemaRule {
  if (!(operand instanceof Map)) {
    throw wrongType(
      keyword,
      `must be an object, but found an element of type ${bsonTypeName(operand)}`,
    );
  }
  const schema = parseNested(operand);
  return {
    accepts: (value) => !schema.accepts(value),
    explain: () => explanation(keyword, [['reason', 'child expression matched']]),
  };
}

/** `enum`: one of these values, whatever the order of their fields. */
export function parseEnum(site: KeywordSite): SchemaRule {
  const { keyword, operand } = site;
  if (!Array.isArray(operand)) {
    throw wrongType(
      keyword,
      `must be an array, but found an element of type ${bsonTypeName(operand)}`,
    );
  }
  if (operand.length === 0) throw malformed(keyword, 'cannot be an empty array');
  const keys = new Set(operand.map(unorderedKey));
  if (keys.size < operand.length)
    throw malformed(keyword, 'array cannot contain duplicate values.');
  return {
    accepts: (value) => keys.has(unorderedKey(value)),
    explain: (value) =>
      specifiedExplanation(site, [
        ['reason', 'value was not found in enum'],
        ['consideredValue', value],
      ]),
  };
}
