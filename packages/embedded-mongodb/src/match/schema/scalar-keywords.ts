import { isNumeric } from '../../values/bson-types';
import { isZeroNumber, toDecimalParts } from '../../values/numbers';
import type { NumericValue, Value } from '../../values/types';
import { compileLeafTest } from '../leaf-tests';
import { compileRegex } from '../regex';
import { malformed, wrongType } from './errors';
import { explanation, specifiedExplanation } from './explanation';
import { parseLength } from './lengths';
import { isMultipleOf } from './multiple-of';
import type { KeywordParser, KeywordSite, SchemaRule } from './types';

/** A rule about numbers or strings, which fails with one reason. */
function scalarRule<T extends Value>(
  site: KeywordSite,
  concerns: (value: Value) => value is T,
  test: (value: T) => boolean,
  reason: string,
): SchemaRule {
  return {
    accepts: (value) => !concerns(value) || test(value),
    explain: (value) =>
      specifiedExplanation(site, [
        ['reason', reason],
        ['consideredValue', value],
      ]),
  };
}

const isString = (value: Value): value is string => typeof value === 'string';

/** `pattern`: a regular expression without options. */
export function parsePattern(site: KeywordSite): SchemaRule {
  if (!isString(site.operand)) throw wrongType(site.keyword, 'must be a string');
  const test = compileLeafTest({ op: 'regex', regex: compileRegex(site.operand, '') });
  return scalarRule(
    site,
    isString,
    (value) => test(value, undefined),
    'regular expression did not match',
  );
}

/** `minLength` and `maxLength`, which count code points. */
export function lengthParser(accepts: (length: bigint, limit: bigint) => boolean): KeywordParser {
  return (site) => {
    const limit = parseLength(site);
    return scalarRule(
      site,
      isString,
      (value) => accepts(BigInt(codePoints(value)), limit),
      'specified string length was not satisfied',
    );
  };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

/** `multipleOf`. */
export function parseMultipleOf(site: KeywordSite): SchemaRule {
  const { keyword, operand } = site;
  if (!isNumeric(operand)) throw wrongType(keyword, 'must be a number');
  if (isZeroNumber(operand) || toDecimalParts(operand).negative) {
    throw malformed(keyword, 'must have a positive value');
  }
  return scalarRule(
    site,
    isNumeric,
    (value: NumericValue) => isMultipleOf(value, operand),
    'considered value is not a multiple of the specified value',
  );
}

/** `minimum` or `maximum`, which the keyword `exclusive…` makes exclusive (draft 4 of JSON Schema). */
export function boundParser(exclusiveKeyword: string, op: 'gte' | 'lte'): KeywordParser {
  return (site) => {
    const { keyword, operand, schema } = site;
    const exclusive = schema.get(exclusiveKeyword) ?? false;
    if (typeof exclusive !== 'boolean') throw wrongType(exclusiveKeyword, 'must be a boolean');
    if (!isNumeric(operand)) throw wrongType(keyword, 'must be a number');
    const strict = op === 'gte' ? 'gt' : 'lt';
    const test = compileLeafTest({ op: exclusive ? strict : op, value: operand });
    const specified = new Map<string, Value>([[keyword, operand]]);
    if (exclusive) specified.set(exclusiveKeyword, true);
    return {
      accepts: (value) => !isNumeric(value) || test(value, undefined),
      explain: (value) =>
        explanation(keyword, [
          ['specifiedAs', specified],
          ['reason', 'comparison failed'],
          ['consideredValue', value],
        ]),
    };
  };
}

/** `exclusiveMinimum` or `exclusiveMaximum`: nothing by itself, and refused by itself. */
export function exclusiveParser(boundKeyword: string): KeywordParser {
  return ({ keyword, schema }) => {
    if (schema.has(boundKeyword)) return undefined;
    throw malformed(boundKeyword, `must be a present if ${keyword} is present`);
  };
}
