import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { bsonTypeName, compareValues } from '../../values/compare';
import type { BsonDocument, MaybeValue } from '../../values/types';
import { binary, compileNamed, foldConstant, isNullish, unary, variadic } from '../build';
import { formatValue } from '../format';
import { assertTextFits } from '../growth';
import { asciiLowerCase, asciiUpperCase, codePointLength, coerceToText } from '../text';
import type { Expression, OperatorCall, OperatorTable } from '../types';

function concat(values: MaybeValue[]): MaybeValue {
  let result = '';
  for (const value of values) {
    if (isNullish(value)) return null;
    if (typeof value !== 'string') {
      throw new MongoServerError(
        16702,
        `$concat only supports strings, not ${bsonTypeName(value)}`,
      );
    }
    assertTextFits(result.length + value.length);
    result += value;
  }
  return result;
}

function split(input: MaybeValue, separator: MaybeValue): MaybeValue {
  if (isNullish(input) || isNullish(separator)) return null;
  if (typeof input !== 'string') {
    throw new MongoServerError(
      40085,
      `$split requires an expression that evaluates to a string as a first argument, found: ${bsonTypeName(input)}`,
    );
  }
  if (typeof separator !== 'string') {
    throw new MongoServerError(
      40086,
      `$split requires an expression that evaluates to a string as a second argument, found: ${bsonTypeName(separator)}`,
    );
  }
  if (separator === '') throw new MongoServerError(40087, '$split requires a non-empty separator');
  return input.split(separator);
}

function compareIgnoringCase(left: MaybeValue, right: MaybeValue): MaybeValue {
  const order = compareValues(
    asciiUpperCase(coerceToText(left)),
    asciiUpperCase(coerceToText(right)),
  );
  return new Int32(Math.sign(order));
}

function length(value: MaybeValue, name: string): MaybeValue {
  if (typeof value !== 'string') {
    throw new MongoServerError(
      name === '$strLenCP' ? 34471 : 34473,
      `${name} requires a string argument, found: ${bsonTypeName(value)}`,
    );
  }
  return new Int32(name === '$strLenCP' ? codePointLength(value) : Buffer.byteLength(value));
}

const WHITESPACE =
  '\0\u0020\t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';

function trim(text: string, characters: string, name: string): string {
  const trimmed = new Set(characters);
  const points = [...text];
  let start = 0;
  let end = points.length;
  if (name !== '$rtrim') while (start < end && trimmed.has(points[start]!)) start += 1;
  if (name !== '$ltrim') while (end > start && trimmed.has(points[end - 1]!)) end -= 1;
  return points.slice(start, end).join('');
}

function trimArguments(call: OperatorCall): BsonDocument {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      50696,
      `${name} only supports an object as an argument, found ${bsonTypeName(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (field !== 'input' && field !== 'chars') {
      throw new MongoServerError(50694, `${name} found an unknown argument: ${field}`);
    }
  }
  if (operand.has('input')) return operand;
  throw new MongoServerError(50695, `${name} requires an 'input' field`);
}

function compileTrim(call: OperatorCall): Expression {
  const { name } = call;
  const fields = trimArguments(call);
  const input = compileNamed(call, fields, 'input');
  const characters = compileNamed(call, fields, 'chars', WHITESPACE);
  const evaluate = (text: MaybeValue, chars: MaybeValue): MaybeValue => {
    if (isNullish(text)) return null;
    if (typeof text !== 'string') {
      throw new MongoServerError(
        50699,
        `${name} requires its input to be a string, got ${formatValue(text)} (of type ${bsonTypeName(text)}) instead.`,
      );
    }
    if (isNullish(chars)) return null;
    if (typeof chars !== 'string') {
      throw new MongoServerError(
        50700,
        `${name} requires 'chars' to be a string, got ${formatValue(chars)} (of type ${bsonTypeName(chars)}) instead.`,
      );
    }
    return trim(text, chars, name);
  };
  return foldConstant(
    (environment) => evaluate(input.evaluate(environment), characters.evaluate(environment)),
    [input, characters],
    call.scope,
  );
}

const REPLACE_ARGUMENTS = [
  { field: 'input', missing: 51749, notString: 51746 },
  { field: 'find', missing: 51748, notString: 51745 },
  { field: 'replacement', missing: 51747, notString: 51744 },
] as const;

function replaceArguments(call: OperatorCall): Expression[] {
  const { name, operand } = call;
  if (!(operand instanceof Map)) {
    throw new MongoServerError(
      51751,
      `${name} requires an object as an argument, found: ${bsonTypeName(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (!REPLACE_ARGUMENTS.some((argument) => argument.field === field)) {
      throw new MongoServerError(51750, `${name} found an unknown argument: ${field}`);
    }
  }
  return REPLACE_ARGUMENTS.map(({ field, missing }) => {
    const value = operand.get(field);
    if (value !== undefined) return call.compile(value);
    throw new MongoServerError(missing, `${name} requires '${field}' to be specified`);
  });
}

function compileReplace(call: OperatorCall): Expression {
  const { name } = call;
  const operands = replaceArguments(call);
  const replace = (values: MaybeValue[]): MaybeValue => {
    values.forEach((value, index) => {
      if (isNullish(value) || typeof value === 'string') return;
      const { field, notString } = REPLACE_ARGUMENTS[index]!;
      throw new MongoServerError(
        notString,
        `${name} requires that '${field}' be a string, found: ${formatValue(value)}`,
      );
    });
    const [input, find, replacement] = values;
    if (typeof input !== 'string' || typeof find !== 'string' || typeof replacement !== 'string') {
      return null;
    }
    // A function, so that `$&` and the like in the replacement stay plain text.
    return name === '$replaceOne'
      ? input.replace(find, () => replacement)
      : input.replaceAll(find, () => replacement);
  };
  return foldConstant(
    (environment) => replace(operands.map((operand) => operand.evaluate(environment))),
    operands,
    call.scope,
  );
}

export const STRING_OPERATORS: OperatorTable = {
  $concat: variadic(concat),
  $ltrim: compileTrim,
  $replaceAll: compileReplace,
  $replaceOne: compileReplace,
  $rtrim: compileTrim,
  $split: binary(split),
  $strLenBytes: unary(length),
  $strLenCP: unary(length),
  $strcasecmp: binary(compareIgnoringCase),
  $toLower: unary((value) => asciiLowerCase(coerceToText(value))),
  $toUpper: unary((value) => asciiUpperCase(coerceToText(value))),
  $trim: compileTrim,
};
