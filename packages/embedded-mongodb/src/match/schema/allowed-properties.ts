import type { BsonDocument, Value } from '../../values/types';
import { compileRegex } from '../regex';
import { withinLimit } from '../regex-limit';
import { wrongType } from './errors';
import { explanation, nestedExplanation, specifiedExplanation } from './explanation';
import { documentOf } from './object-keywords';
import type { KeywordSite, Schema, SchemaRule } from './types';

type NameTest = (name: string) => boolean;

interface PatternSchema {
  readonly pattern: string;
  readonly matches: NameTest;
  readonly schema: Schema;
}

/** `patternProperties`: schemas of the properties whose names match a regular expression. */
export function parsePatternProperties(site: KeywordSite): SchemaRule {
  const { keyword, operand, parseNested } = site;
  const patterns = [...patternEntries(operand)].map(([pattern, schema]): PatternSchema => {
    if (!(schema instanceof Map)) {
      throw wrongType(keyword, `has property '${pattern}' which is not an object`);
    }
    return { pattern, matches: nameTest(pattern), schema: parseNested(schema) };
  });
  return {
    accepts: (value) =>
      [...documentOf(value)].every(([name, property]) =>
        patterns.every(({ matches, schema }) => !matches(name) || schema.accepts(property)),
      ),
    explain: (value) => {
      const details = [...documentOf(value)].flatMap(([name, property]) =>
        patterns
          .filter(({ matches, schema }) => matches(name) && !schema.accepts(property))
          .map(({ pattern, schema }) =>
            nestedExplanation([['propertyName', name]], schema, property, [
              ['regexMatched', pattern],
            ]),
          ),
      );
      return explanation(keyword, [['details', details]]);
    },
  };
}

/** `additionalProperties`: what neither `properties` nor `patternProperties` names. */
export function parseAdditionalProperties(site: KeywordSite): SchemaRule | undefined {
  const { keyword, operand, schema, parseNested } = site;
  if (typeof operand !== 'boolean' && !(operand instanceof Map)) {
    throw wrongType(keyword, 'must be an object or a boolean');
  }
  if (operand === true) return undefined;
  const isNamed = namedProperties(schema);
  if (operand === false) return noneRule(site, isNamed);
  const nested = parseNested(operand);
  const firstFailing = (value: Value): [string, Value] | undefined =>
    [...documentOf(value)].find(([name, property]) => !isNamed(name) && !nested.accepts(property));
  return {
    accepts: (value) => firstFailing(value) === undefined,
    explain: (value) => {
      const [name = '', property = null] = firstFailing(value) ?? [];
      return explanation(
        keyword,
        [
          ['reason', 'at least one additional property did not match the subschema'],
          ['failingProperty', name],
          ['details', nested.explain(property)],
        ],
        nested.annotations,
      );
    },
  };
}

function noneRule(site: KeywordSite, isNamed: NameTest): SchemaRule {
  const additional = (value: Value): string[] =>
    [...documentOf(value).keys()].filter((name) => !isNamed(name));
  return {
    accepts: (value) => additional(value).length === 0,
    explain: (value) => specifiedExplanation(site, [['additionalProperties', additional(value)]]),
  };
}

function namedProperties(schema: BsonDocument): NameTest {
  const properties = schema.get('properties');
  const patterns = [...patternEntries(schema.get('patternProperties') ?? new Map()).keys()].map(
    nameTest,
  );
  return (name) =>
    (properties instanceof Map && properties.has(name)) ||
    patterns.some((matches) => matches(name));
}

function patternEntries(operand: Value): BsonDocument {
  if (operand instanceof Map) return operand;
  throw wrongType('patternProperties', 'must be an object');
}

function nameTest(pattern: string): NameTest {
  const { expression, hazard } = compileRegex(pattern, '');
  return (name) => withinLimit(hazard, name, () => expression.test(name));
}
