import { MongoServerError } from '../../errors';
import { BSON_TYPE, bsonTypeName, bsonTypeNumber } from '../../values/bson-types';
import type { Value } from '../../values/types';
import { addTypeAlias } from '../parse-type';
import { malformed, wrongType } from './errors';
import { specifiedExplanation } from './explanation';
import type { KeywordSite, SchemaRule } from './types';

const JSON_TYPES = new Map<string, string>([
  ['array', 'array'],
  ['boolean', 'bool'],
  ['null', 'null'],
  ['number', 'number'],
  ['object', 'object'],
  ['string', 'string'],
]);

/** `type`: the types of JSON. */
export function parseType(site: KeywordSite): SchemaRule {
  return typeRule(site, (types, alias) => {
    const bsonAlias = JSON_TYPES.get(alias);
    if (bsonAlias === undefined) {
      throw new MongoServerError('BadValue', `Unknown type name alias: ${alias}`);
    }
    addTypeAlias(types, bsonAlias);
  });
}

/** `bsonType`: the aliases that `$type` knows. */
export function parseBsonType(site: KeywordSite): SchemaRule {
  return typeRule(site, addTypeAlias);
}

function typeRule(
  site: KeywordSite,
  addAlias: (types: Set<number>, alias: string) => void,
): SchemaRule {
  const types = new Set<number>();
  for (const alias of aliasesOf(site)) addAlias(types, alias);
  if (types.size === 0) throw malformed(site.keyword, 'must name at least one type');
  return {
    accepts: (value) => types.has(bsonTypeNumber(value)),
    explain: (value) =>
      specifiedExplanation(site, [
        ['reason', 'type did not match'],
        ['consideredValue', value],
        ['consideredType', bsonTypeName(value)],
      ]),
  };
}

function aliasesOf({ keyword, operand }: KeywordSite): Set<string> {
  if (typeof operand !== 'string' && !Array.isArray(operand)) {
    throw wrongType(keyword, 'must be either a string or an array of strings');
  }
  const aliases = new Set<string>();
  for (const alias of Array.isArray(operand) ? operand : [operand]) {
    if (typeof alias !== 'string') throw wrongType(keyword, 'array elements must be strings');
    if (alias === 'integer') {
      throw new MongoServerError(
        'FailedToParse',
        "$jsonSchema type 'integer' is not currently supported.",
      );
    }
    if (aliases.has(alias)) throw malformed(keyword, `has duplicate value: ${alias}`);
    aliases.add(alias);
  }
  return aliases;
}

/** True for the values that object keywords speak about. */
export function isObject(value: Value): value is Map<string, Value> {
  return bsonTypeNumber(value) === BSON_TYPE.OBJECT;
}
