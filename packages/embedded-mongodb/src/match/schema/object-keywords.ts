import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/bson-types';
import type { BsonDocument, Value } from '../../values/types';
import { malformed, wrongType } from './errors';
import { explanation, nestedExplanation, specifiedExplanation } from './explanation';
import { parseLength } from './lengths';
import { hasProperty, propertyValues } from './properties';
import { isObject } from './type-keywords';
import type { KeywordParser, KeywordSite, Schema, SchemaRule } from './types';

const NOTHING: BsonDocument = new Map();

/** The document of an object keyword; any other value has no properties to find fault with. */
export function documentOf(value: Value): BsonDocument {
  return isObject(value) ? value : NOTHING;
}

/** `properties`: schemas of properties, as far as the properties exist. */
export function parseProperties({ keyword, operand, parseNested }: KeywordSite): SchemaRule {
  if (!(operand instanceof Map)) throw wrongType(keyword, 'must be an object');
  const schemas = [...operand].map(([name, schema]): [string, Schema] => {
    if (schema instanceof Map) return [name, parseNested(schema)];
    throw new MongoServerError(
      'TypeMismatch',
      `Nested schema for $jsonSchema property '${name}' must be an object`,
    );
  });
  const failing = (document: BsonDocument, name: string, schema: Schema): Value | undefined => {
    const values = propertyValues(document, name);
    return values.some((value) => schema.accepts(value)) ? undefined : values[0];
  };
  return {
    accepts: (value) => {
      const document = documentOf(value);
      return schemas.every(([name, schema]) => failing(document, name, schema) === undefined);
    },
    explain: (value) => {
      const document = documentOf(value);
      const failures = schemas.flatMap(([name, schema]): BsonDocument[] => {
        const found = failing(document, name, schema);
        return found === undefined
          ? []
          : [nestedExplanation([['propertyName', name]], schema, found)];
      });
      return explanation(keyword, [['propertiesNotSatisfied', failures]]);
    },
  };
}

/** `required`: properties that must exist. */
export function parseRequired(site: KeywordSite): SchemaRule {
  const names = requiredNames(site);
  const missing = (value: Value): string[] =>
    isObject(value) ? names.filter((name) => !hasProperty(value, name)) : [];
  return {
    accepts: (value) => missing(value).length === 0,
    explain: (value) => specifiedExplanation(site, [['missingProperties', missing(value)]]),
  };
}

function requiredNames({ keyword, operand }: KeywordSite): string[] {
  if (!Array.isArray(operand)) {
    throw wrongType(
      keyword,
      `must be an array, but found an element of type ${bsonTypeName(operand)}`,
    );
  }
  const names = operand.map((name) => {
    if (typeof name === 'string') return name;
    throw wrongType(
      keyword,
      `must be an array of strings, but found an element of type: ${bsonTypeName(name)}`,
    );
  });
  if (names.length === 0) throw malformed(keyword, 'cannot be an empty array');
  if (new Set(names).size < names.length) {
    throw malformed(keyword, 'array cannot contain duplicate values');
  }
  return names;
}

/** `minProperties` and `maxProperties`. */
export function propertyCountParser(
  accepts: (count: bigint, limit: bigint) => boolean,
): KeywordParser {
  return (site) => {
    const limit = parseLength(site);
    return {
      accepts: (value) => !isObject(value) || accepts(BigInt(value.size), limit),
      explain: (value) =>
        specifiedExplanation(site, [
          ['reason', 'specified number of properties was not satisfied'],
          ['numberOfProperties', new Int32(documentOf(value).size)],
        ]),
    };
  };
}
