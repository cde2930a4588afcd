import { BSONRegExp } from 'bson';
import { DocumentValidator } from '../../src/validation/validator';
import { documentFromPlain } from '../../src/values/plain';
import { detailsOf, errorInformation } from './details-of';

type Case = readonly [validator: object, document: object, expected: object];

const failed = { reason: 'comparison failed' };
const missing = { reason: 'field was missing' };

const comparisons: Case[] = [
  [{ a: 2 }, { a: 1 }, { operatorName: '$eq', ...failed, consideredValue: 1 }],
  [{ a: { $eq: 2 } }, { b: 1 }, { operatorName: '$eq', ...missing }],
  [{ a: { $gt: 2 } }, { a: [0, 1] }, { operatorName: '$gt', ...failed, consideredValues: [0, 1] }],
  [{ a: { $gte: 3 } }, { a: [] }, { operatorName: '$gte', ...failed, consideredValues: [] }],
  [
    { 'a.b': { $lt: 0 } },
    { a: [{ b: [1, 2] }, { b: 3 }, {}] },
    { operatorName: '$lt', ...failed, consideredValues: [1, 2, 3] },
  ],
  [{ 'a.b': 2 }, { a: [{ b: 3 }] }, { operatorName: '$eq', ...failed, consideredValue: 3 }],
  [
    { a: { $lte: 0 } },
    { a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
    {
      operatorName: '$lte',
      ...failed,
      consideredValues: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      consideredValuesTruncated: true,
    },
  ],
  [
    { a: { $ne: 2 } },
    { a: 2 },
    { operatorName: '$ne', reason: 'comparison succeeded', consideredValue: 2 },
  ],
  [
    { a: { $in: [1, 2] } },
    { a: 4 },
    { operatorName: '$in', reason: 'no matching value found in array', consideredValue: 4 },
  ],
  [
    { a: { $nin: [1, 2] } },
    { a: 2 },
    { operatorName: '$nin', reason: 'matching value found in array', consideredValue: 2 },
  ],
];

const others: Case[] = [
  [{ a: { $exists: true } }, {}, { operatorName: '$exists', reason: 'path does not exist' }],
  [{ a: { $exists: false } }, { a: 1 }, { operatorName: '$exists', reason: 'path does exist' }],
  [
    { a: { $type: 'int' } },
    { a: 'one' },
    {
      operatorName: '$type',
      reason: 'type did not match',
      consideredValue: 'one',
      consideredType: 'string',
    },
  ],
  [
    { a: { $type: 'int' } },
    { a: ['x', true] },
    {
      operatorName: '$type',
      reason: 'type did not match',
      consideredValues: ['x', true],
      consideredTypes: ['bool', 'string'],
    },
  ],
  [
    { a: { $mod: [2, 1] } },
    { a: 2 },
    {
      operatorName: '$mod',
      reason: '$mod did not evaluate to expected remainder',
      consideredValue: 2,
    },
  ],
  [
    { a: { $mod: [2, 1] } },
    { a: 'two' },
    {
      operatorName: '$mod',
      reason: 'type did not match',
      consideredType: 'string',
      expectedTypes: ['decimal', 'double', 'int', 'long'],
      consideredValue: 'two',
    },
  ],
  [
    { a: { $bitsAllSet: 2 } },
    { a: 5 },
    { operatorName: '$bitsAllSet', reason: 'bitwise operator failed to match', consideredValue: 5 },
  ],
  [
    { a: { $bitsAnySet: 2 } },
    { a: 'x' },
    {
      operatorName: '$bitsAnySet',
      reason: 'type did not match',
      consideredType: 'string',
      expectedTypes: ['binData', 'decimal', 'double', 'int', 'long'],
      consideredValue: 'x',
    },
  ],
  [
    { a: { $regex: '^S', $options: 'm' } },
    { a: 'x' },
    { operatorName: '$regex', reason: 'regular expression did not match', consideredValue: 'x' },
  ],
  [
    { a: new BSONRegExp('^S') },
    { a: 1 },
    {
      operatorName: '$regex',
      reason: 'type did not match',
      consideredType: 'int',
      expectedTypes: ['regex', 'string', 'symbol'],
      consideredValue: 1,
    },
  ],
  [
    { a: { $size: 2 } },
    { a: [1] },
    {
      operatorName: '$size',
      reason: 'array length was not equal to given size',
      consideredValue: [1],
    },
  ],
  [
    { a: { $size: 2 } },
    { a: 5 },
    {
      operatorName: '$size',
      reason: 'type did not match',
      consideredType: 'int',
      expectedType: 'array',
      consideredValue: 5,
    },
  ],
  [
    { a: { $all: [1, 2] } },
    { a: [1] },
    {
      operatorName: '$all',
      reason: 'array did not contain all specified values',
      consideredValue: [1],
    },
  ],
  [
    { a: { $all: [] } },
    { a: [1] },
    { operatorName: '$all', reason: 'expression always evaluates to false' },
  ],
  [
    { a: { $elemMatch: { $gt: 0, $lt: 10 } } },
    { a: [10] },
    {
      operatorName: '$elemMatch',
      reason: 'array did not satisfy the child predicate',
      consideredValue: [10],
    },
  ],
  [
    { $expr: { $eq: ['$a', '$b'] } },
    { a: 1, b: 2 },
    { operatorName: '$expr', reason: 'expression did not match', expressionResult: false },
  ],
  [
    { $expr: { $divide: [10, '$a'] } },
    { a: 0 },
    {
      operatorName: '$expr',
      reason: 'failed to evaluate aggregation expression',
      details: { code: 2, codeName: 'BadValue', errmsg: "can't $divide by zero" },
    },
  ],
  [
    { $sampleRate: 0 },
    {},
    { operatorName: '$sampleRate', reason: 'expression did not match', expressionResult: false },
  ],
  [
    { $alwaysFalse: 1 },
    {},
    { operatorName: '$alwaysFalse', reason: 'expression always evaluates to false' },
  ],
];

test.each(
  [...comparisons, ...others].map((one) => [JSON.stringify(one.slice(0, 2)), one] as const),
)(
  'a validator of one condition and a document that it refuses, %s, says why as MongoDB does',
  (_text, [validator, document, expected]) => {
    expect(detailsOf(validator, document)).toEqual({ ...expected, specifiedAs: validator });
  },
);

const less = { operatorName: '$lt', specifiedAs: { a: { $lt: 10 } } };
const greater = { operatorName: '$gt', specifiedAs: { a: { $gt: 20 } } };
const because15 = { ...failed, consideredValue: 15 };
const although15 = { reason: 'comparison succeeded', consideredValue: 15 };

const combined: Case[] = [
  [
    { a: { $gt: 0, $lt: 10 } },
    { a: 15 },
    {
      operatorName: '$and',
      clausesNotSatisfied: [{ index: 1, details: { ...less, ...because15 } }],
    },
  ],
  [
    { $and: [{ a: { $lt: 10 } }, { a: { $gt: 20 } }] },
    { a: 15 },
    {
      operatorName: '$and',
      clausesNotSatisfied: [
        { index: 0, details: { ...less, ...because15 } },
        { index: 1, details: { ...greater, ...because15 } },
      ],
    },
  ],
  [
    { $and: [{ $or: [{ a: { $lt: 10 } }] }, { a: 15 }] },
    { a: 15 },
    {
      operatorName: '$and',
      clausesNotSatisfied: [
        {
          index: 0,
          details: {
            operatorName: '$or',
            clausesNotSatisfied: [{ index: 0, details: { ...less, ...because15 } }],
          },
        },
      ],
    },
  ],
  [
    { $nor: [{ a: { $gt: 20 } }, { a: { $lt: 20 } }] },
    { a: 15 },
    {
      operatorName: '$nor',
      clausesSatisfied: [
        {
          index: 1,
          details: { operatorName: '$lt', specifiedAs: { a: { $lt: 20 } }, ...although15 },
        },
      ],
    },
  ],
  [
    { a: { $not: { $lt: 20, $gt: 5 } } },
    { a: 15 },
    {
      operatorName: '$not',
      details: {
        operatorName: '$and',
        clausesSatisfied: [
          {
            index: 0,
            details: { operatorName: '$lt', specifiedAs: { a: { $lt: 20 } }, ...although15 },
          },
          {
            index: 1,
            details: { operatorName: '$gt', specifiedAs: { a: { $gt: 5 } }, ...although15 },
          },
        ],
      },
    },
  ],
  [
    { a: { $not: { $not: { $lt: 10 } } } },
    { a: 15 },
    {
      operatorName: '$not',
      details: { operatorName: '$not', details: { ...less, ...because15 } },
    },
  ],
  [
    { a: { $not: new BSONRegExp('^S') } },
    { a: 'S' },
    {
      operatorName: '$not',
      details: {
        operatorName: '$regex',
        specifiedAs: { a: new BSONRegExp('^S') },
        reason: 'regular expression did match',
        consideredValue: 'S',
      },
    },
  ],
  [
    { $nor: [{ $jsonSchema: { minimum: 1 } }] },
    { a: 2 },
    {
      operatorName: '$nor',
      clausesSatisfied: [
        { index: 0, details: { operatorName: '$jsonSchema', reason: 'schema matched' } },
      ],
    },
  ],
  [
    { $nor: [{ $expr: { $divide: [1, '$a'] } }] },
    { a: 0 },
    {
      operatorName: '$nor',
      clausesSatisfied: [
        {
          index: 0,
          details: {
            operatorName: '$expr',
            specifiedAs: { $expr: { $divide: [1, '$a'] } },
            reason: 'failed to evaluate aggregation expression',
            details: { code: 2, codeName: 'BadValue', errmsg: "can't $divide by zero" },
          },
        },
      ],
    },
  ],
];

test.each(combined.map((one) => [JSON.stringify(one[0]), one] as const))(
  'a validator of several conditions, %s, names those that decided',
  (_text, [validator, document, expected]) => {
    expect(detailsOf(validator, document)).toEqual(expected);
  },
);

test('an explanation, when it would be larger than a reply may be, leaves the values out', () => {
  const document = { _id: 1, a: 'x'.repeat(13 * 1024 * 1024) };
  expect(errorInformation({ a: 1 }, document)).toEqual({
    failingDocumentId: 1,
    details: { operatorName: '$eq', reason: 'comparison failed' },
    truncated: true,
  });
});

test('an explanation, when it would be nested too deeply, says only that', () => {
  let validator: object = { a: 1 };
  for (let depth = 0; depth < 70; depth += 1) validator = { $or: [validator] };
  expect(errorInformation(validator, { _id: 1 })).toEqual({
    failingDocumentId: 1,
    reason: 'generated error was too deeply nested',
    truncated: true,
  });
});

test('$$NOW in a validator, when documents come later, is the moment of each write', async () => {
  const validator = { $expr: { $lte: ['$at', '$$NOW'] } };
  const subject = new DocumentValidator(documentFromPlain(validator));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(subject.accepts(documentFromPlain({ at: new Date() }))).toBe(true);
});
