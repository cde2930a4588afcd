import { Int32 } from 'bson';
import { bsonTypeName } from '../../values/bson-types';
import type { BsonDocument, Value } from '../../values/types';
import { wrongType } from './errors';
import { explanation, nestedExplanation, specifiedExplanation } from './explanation';
import { parseLength } from './lengths';
import type { KeywordParser, KeywordSite, Schema, SchemaRule } from './types';
import { unorderedKey } from './unordered';

/** `minItems` and `maxItems`. */
export function itemCountParser(
  accepts: (length: bigint, limit: bigint) => boolean,
): KeywordParser {
  return (site) => {
    const limit = parseLength(site);
    return {
      accepts: (value) => !Array.isArray(value) || accepts(BigInt(value.length), limit),
      explain: (value) =>
        specifiedExplanation(site, [
          ['reason', 'array did not match specified length'],
          ['consideredValue', value],
          ['numberOfItems', new Int32(itemsOf(value).length)],
        ]),
    };
  };
}

/** `uniqueItems`. */
export function parseUniqueItems(site: KeywordSite): SchemaRule | undefined {
  if (typeof site.operand !== 'boolean') throw wrongType(site.keyword, 'must be a boolean');
  if (!site.operand) return undefined;
  return {
    accepts: (value) => firstRepeated(itemsOf(value)) === undefined,
    explain: (value) =>
      specifiedExplanation(site, [
        ['reason', 'found a duplicate item'],
        ['consideredValue', value],
        ['duplicatedValue', firstRepeated(itemsOf(value)) ?? null],
      ]),
  };
}

function firstRepeated(items: readonly Value[]): Value | undefined {
  const seen = new Set<string>();
  return items.find((item) => {
    const key = unorderedKey(item);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

/** `items`: one schema for every item, or one for each position. */
export function parseItems(site: KeywordSite): SchemaRule {
  const { keyword, operand, parseNested } = site;
  if (operand instanceof Map) {
    return eachItemRule(
      keyword,
      0,
      parseNested(operand),
      'At least one item did not match the sub-schema',
    );
  }
  if (Array.isArray(operand)) return positionsRule(site, operand);
  throw wrongType(keyword, `must be an array or an object, not ${bsonTypeName(operand)}`);
}

function positionsRule({ keyword, parseNested }: KeywordSite, operand: Value[]): SchemaRule {
  const schemas = operand.map((schema) => {
    if (schema instanceof Map) return parseNested(schema);
    throw wrongType(
      keyword,
      `requires that each element of the array is an object, but found a ${bsonTypeName(schema)}`,
    );
  });
  const acceptsAt = (item: Value, index: number): boolean => schemas[index]?.accepts(item) ?? true;
  return {
    accepts: (value) => itemsOf(value).every(acceptsAt),
    explain: (value) => {
      const details = itemsOf(value).flatMap((item, index): BsonDocument[] => {
        const schema = schemas[index];
        if (schema === undefined || schema.accepts(item)) return [];
        return [nestedExplanation([['itemIndex', new Int32(index)]], schema, item)];
      });
      return explanation(keyword, [['details', details]]);
    },
  };
}

/** `additionalItems`: what comes behind the positions that `items` lists. */
export function parseAdditionalItems(site: KeywordSite): SchemaRule | undefined {
  const { keyword, operand, schema, parseNested } = site;
  if (typeof operand !== 'boolean' && !(operand instanceof Map)) {
    throw wrongType(
      keyword,
      `must be either an object or a boolean, but got a ${bsonTypeName(operand)}`,
    );
  }
  const nested = operand instanceof Map ? parseNested(operand) : undefined;
  const items = schema.get('items');
  if (!Array.isArray(items) || operand === true) return undefined;
  if (nested) {
    const reason = 'At least one additional item did not match the sub-schema';
    return eachItemRule(keyword, items.length, nested, reason);
  }
  return {
    accepts: (value) => itemsOf(value).length <= items.length,
    explain: (value) =>
      specifiedExplanation(site, [
        ['reason', 'found additional items'],
        ['additionalItems', itemsOf(value).slice(items.length)],
      ]),
  };
}

function eachItemRule(keyword: string, start: number, schema: Schema, reason: string): SchemaRule {
  const isWrong = (item: Value, index: number): boolean => index >= start && !schema.accepts(item);
  return {
    accepts: (value) => !itemsOf(value).some(isWrong),
    explain: (value) => {
      const items = itemsOf(value);
      const index = items.findIndex(isWrong);
      return explanation(
        keyword,
        [
          ['reason', reason],
          ['itemIndex', new Int32(index)],
          ['details', schema.explain(items[index] as Value)],
        ],
        schema.annotations,
      );
    },
  };
}

function itemsOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
