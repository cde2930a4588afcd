import { BSONRegExp, Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { compileRegex } from '../../match/regex';
import { withinLimit, type RegexHazard } from '../../match/regex-limit';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { bsonTypeName } from '../../values/compare';
import { compileNamed, foldConstant, isNullish } from '../build';
import { codePointLength } from '../text';
import type { Environment, Expression, OperatorCall, OperatorTable } from '../types';

/** The code of a query's pattern that cannot be compiled. */
const INVALID_PATTERN = 51091;

function regexArguments(call: OperatorCall): BsonDocument {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      51103,
      `${name} expects an object of named arguments but found: ${bsonTypeName(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (!['input', 'regex', 'options'].includes(field)) {
      throw new MongoServerError(31024, `${name} found unknown argument: ${field}`);
    }
  }
  if (!operand.has('input'))
    throw new MongoServerError(31022, `${name} requires 'input' parameter`);
  if (!operand.has('regex'))
    throw new MongoServerError(31023, `${name} requires 'regex' parameter`);
  return operand;
}

function assertNoNullByte(text: string, name: string, code: number, what: string): void {
  if (text.includes('\0')) {
    throw new MongoServerError(code, `${name}: ${what} cannot contain an embedded null byte`);
  }
}

function patternOf(regex: Value, options: MaybeValue, name: string): Pattern {
  let source: string;
  let flags = '';
  if (regex instanceof BSONRegExp) {
    source = regex.pattern;
    flags = regex.options;
  } else if (typeof regex === 'string') {
    source = regex;
  } else {
    throw new MongoServerError(51105, `${name} needs 'regex' to be of type string or regex`);
  }
  if (!isNullish(options)) {
    if (typeof options !== 'string') {
      throw new MongoServerError(51106, `${name} needs 'options' to be of type string`);
    }
    if (flags !== '') {
      throw new MongoServerError(
        51107,
        `${name}: found regex option(s) specified in both 'regex' and 'option' fields`,
      );
    }
    flags = options;
  }
  assertNoNullByte(source, name, 51109, 'regular expression');
  assertNoNullByte(flags, name, 51110, 'regular expression options');
  const invalid = [...flags].find((flag) => !'imsxu'.includes(flag));
  if (invalid !== undefined) {
    throw new MongoServerError(51108, `${name}: invalid flag in regex options: ${invalid}`);
  }
  return globalPattern(source, flags, name);
}

/** A pattern that searches on from `lastIndex`. */
interface Pattern {
  readonly expression: RegExp;
  readonly hazard: RegexHazard;
}

/** The pattern as queries read it. */
function globalPattern(source: string, flags: string, name: string): Pattern {
  try {
    const { expression, hazard } = compileRegex(source, flags);
    return { expression: new RegExp(expression.source, `${expression.flags}g`), hazard };
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== INVALID_PATTERN) throw error;
    throw new MongoServerError(51111, `Invalid Regex in ${name}: ${error.message}`);
  }
}

function matchDocument(match: RegExpExecArray, input: string): BsonDocument {
  return new Map<string, Value>([
    ['match', match[0]],
    ['idx', new Int32(codePointLength(input.slice(0, match.index)))],
    ['captures', match.slice(1).map((capture: string | undefined) => capture ?? null)],
  ]);
}

interface Answer {
  readonly search: (expression: RegExp, input: string) => Value;
  /** Where the input or the regex is null. */
  readonly forNull: () => Value;
}

/** The shared skeleton. */
function regexOperator({ search, forNull }: Answer) {
  return (call: OperatorCall): Expression => {
    const { name } = call;
    const fields = regexArguments(call);
    const input = compileNamed(call, fields, 'input');
    const regex = compileNamed(call, fields, 'regex');
    const options = compileNamed(call, fields, 'options');
    const isConstant = regex.constant !== undefined && options.constant !== undefined;
    const constantRegex = regex.constant?.value;
    const compiled =
      isConstant && !isNullish(constantRegex)
        ? patternOf(constantRegex, options.constant?.value, name)
        : undefined;
    const evaluate = (environment: Environment): MaybeValue => {
      const text = input.evaluate(environment);
      if (!isNullish(text) && typeof text !== 'string') {
        throw new MongoServerError(51104, `${name} needs 'input' to be of type string`);
      }
      const source = regex.evaluate(environment);
      if (isNullish(text) || isNullish(source)) return forNull();
      const pattern = compiled ?? patternOf(source, options.evaluate(environment), name);
      return withinLimit(pattern.hazard, text, () => search(pattern.expression, text));
    };
    return foldConstant(evaluate, [input, regex, options], call.scope);
  };
}

function findFirst(pattern: RegExp, input: string): Value {
  pattern.lastIndex = 0;
  const match = pattern.exec(input);
  return match ? matchDocument(match, input) : null;
}

function findAll(pattern: RegExp, input: string): Value {
  const found: BsonDocument[] = [];
  let start = 0;
  do {
    pattern.lastIndex = start;
    const match = pattern.exec(input);
    if (!match) break;
    found.push(matchDocument(match, input));
    // An empty match is followed by a search one character further on.
    const character = input.codePointAt(match.index) ?? 0;
    start = match.index + (match[0].length || (character > 0xffff ? 2 : 1));
  } while (start < input.length);
  return found;
}

function matches(pattern: RegExp, input: string): Value {
  pattern.lastIndex = 0;
  return pattern.test(input);
}

export const REGEX_OPERATORS: OperatorTable = {
  $regexFind: regexOperator({ search: findFirst, forNull: () => null }),
  $regexFindAll: regexOperator({ search: findAll, forNull: () => [] }),
  $regexMatch: regexOperator({ search: matches, forNull: () => false }),
};
