import { detailsOf } from './details-of';

type Case = readonly [schema: object, document: object, rulesNotSatisfied: object[]];

const failed = { reason: 'comparison failed' };
const minimum = (limit: number, consideredValue: number): object => ({
  operatorName: 'minimum',
  specifiedAs: { minimum: limit },
  ...failed,
  consideredValue,
});
const maximum = (limit: number, consideredValue: number): object => ({
  operatorName: 'maximum',
  specifiedAs: { maximum: limit },
  ...failed,
  consideredValue,
});
const type = (name: string, consideredValue: unknown, consideredType: string): object => ({
  operatorName: 'type',
  specifiedAs: { type: name },
  reason: 'type did not match',
  consideredValue,
  consideredType,
});

/** What `properties` says when one property has these faults. */
function property(name: string, ...details: object[]): object {
  return {
    operatorName: 'properties',
    propertiesNotSatisfied: [{ propertyName: name, details }],
  };
}

const scalars: Case[] = [
  [
    { properties: { a: { minimum: 10, maximum: -10 } } },
    { a: 5 },
    [property('a', maximum(-10, 5), minimum(10, 5))],
  ],
  [
    { properties: { a: { minimum: 1, exclusiveMinimum: true } } },
    { a: 1 },
    [
      property('a', {
        operatorName: 'minimum',
        specifiedAs: { minimum: 1, exclusiveMinimum: true },
        ...failed,
        consideredValue: 1,
      }),
    ],
  ],
  [
    { properties: { a: { type: 'string', minimum: 5 } } },
    { a: 6 },
    [property('a', type('string', 6, 'int'))],
  ],
  [
    { properties: { a: { bsonType: ['array'] } } },
    { a: 2 },
    [
      property('a', {
        operatorName: 'bsonType',
        specifiedAs: { bsonType: ['array'] },
        reason: 'type did not match',
        consideredValue: 2,
        consideredType: 'int',
      }),
    ],
  ],
  [
    { properties: { a: { minLength: 4, pattern: '^S', enum: ['Slow'] } } },
    { a: 'foo' },
    [
      property(
        'a',
        {
          operatorName: 'pattern',
          specifiedAs: { pattern: '^S' },
          reason: 'regular expression did not match',
          consideredValue: 'foo',
        },
        {
          operatorName: 'minLength',
          specifiedAs: { minLength: 4 },
          reason: 'specified string length was not satisfied',
          consideredValue: 'foo',
        },
        {
          operatorName: 'enum',
          specifiedAs: { enum: ['Slow'] },
          reason: 'value was not found in enum',
          consideredValue: 'foo',
        },
      ),
    ],
  ],
  [
    { properties: { a: { multipleOf: 2.5 } } },
    { a: 3 },
    [
      property('a', {
        operatorName: 'multipleOf',
        specifiedAs: { multipleOf: 2.5 },
        reason: 'considered value is not a multiple of the specified value',
        consideredValue: 3,
      }),
    ],
  ],
];

const arrays: Case[] = [
  [
    { properties: { a: { minItems: 2 } } },
    { a: [1] },
    [
      property('a', {
        operatorName: 'minItems',
        specifiedAs: { minItems: 2 },
        reason: 'array did not match specified length',
        consideredValue: [1],
        numberOfItems: 1,
      }),
    ],
  ],
  [
    { properties: { a: { uniqueItems: true } } },
    { a: [1, 3, 3, 4, 4] },
    [
      property('a', {
        operatorName: 'uniqueItems',
        specifiedAs: { uniqueItems: true },
        reason: 'found a duplicate item',
        consideredValue: [1, 3, 3, 4, 4],
        duplicatedValue: 3,
      }),
    ],
  ],
  [
    { properties: { a: { items: { type: 'string', description: 'texts' } } } },
    { a: ['A', 1, 2] },
    [
      property('a', {
        operatorName: 'items',
        description: 'texts',
        reason: 'At least one item did not match the sub-schema',
        itemIndex: 1,
        details: [type('string', 1, 'int')],
      }),
    ],
  ],
  [
    {
      properties: {
        a: { items: [{ type: 'number' }, { type: 'string' }], additionalItems: { type: 'object' } },
      },
    },
    { a: [1, 2, {}, 'last'] },
    [
      property(
        'a',
        {
          operatorName: 'items',
          details: [{ itemIndex: 1, details: [type('string', 2, 'int')] }],
        },
        {
          operatorName: 'additionalItems',
          reason: 'At least one additional item did not match the sub-schema',
          itemIndex: 3,
          details: [type('object', 'last', 'string')],
        },
      ),
    ],
  ],
  [
    { properties: { a: { items: [{}], additionalItems: false } } },
    { a: [1, 2, 3] },
    [
      property('a', {
        operatorName: 'additionalItems',
        specifiedAs: { additionalItems: false },
        reason: 'found additional items',
        additionalItems: [2, 3],
      }),
    ],
  ],
];

const objects: Case[] = [
  [
    { required: ['a', 'b'], properties: { a: { minimum: 1 } } },
    { b: 1 },
    [
      {
        operatorName: 'required',
        specifiedAs: { required: ['a', 'b'] },
        missingProperties: ['a'],
      },
    ],
  ],
  [
    { properties: { a: { title: 'A', description: 'at least 1', minimum: 1 } } },
    { a: 0 },
    [
      {
        operatorName: 'properties',
        propertiesNotSatisfied: [
          {
            propertyName: 'a',
            title: 'A',
            description: 'at least 1',
            details: [minimum(1, 0)],
          },
        ],
      },
    ],
  ],
  [
    { minProperties: 10 },
    { a: 1 },
    [
      {
        operatorName: 'minProperties',
        specifiedAs: { minProperties: 10 },
        reason: 'specified number of properties was not satisfied',
        numberOfProperties: 2,
      },
    ],
  ],
  [
    {
      properties: { _id: {} },
      patternProperties: { '^S': { type: 'number' } },
      additionalProperties: false,
    },
    { Slow: 'x', b: 1 },
    [
      {
        operatorName: 'additionalProperties',
        specifiedAs: { additionalProperties: false },
        additionalProperties: ['b'],
      },
      {
        operatorName: 'patternProperties',
        details: [
          { propertyName: 'Slow', regexMatched: '^S', details: [type('number', 'x', 'string')] },
        ],
      },
    ],
  ],
  [
    { properties: { _id: {} }, additionalProperties: { type: 'string', title: 'texts' } },
    { a: 'x', b: 1 },
    [
      {
        operatorName: 'additionalProperties',
        title: 'texts',
        reason: 'at least one additional property did not match the subschema',
        failingProperty: 'b',
        details: [type('string', 1, 'int')],
      },
    ],
  ],
  [
    {
      dependencies: {
        a: { properties: { b: { type: 'number' } } },
        b: ['a', 'c'],
        title: 'needs',
      },
    },
    { a: 1, b: 'x' },
    [
      {
        operatorName: 'dependencies',
        title: 'needs',
        failingDependencies: [
          { conditionalProperty: 'a', details: [property('b', type('number', 'x', 'string'))] },
          { conditionalProperty: 'b', missingProperties: ['c'] },
        ],
      },
    ],
  ],
];

const logic: Case[] = [
  [
    { allOf: [{ properties: { a: { minimum: 1 } } }, { properties: { b: { minimum: 2 } } }] },
    { a: 1, b: 0 },
    [
      {
        operatorName: 'allOf',
        schemasNotSatisfied: [{ index: 1, details: [property('b', minimum(2, 0))] }],
      },
    ],
  ],
  [
    { properties: { a: { anyOf: [{ type: 'string', title: 'text' }, { maximum: 3 }] } } },
    { a: 4 },
    [
      property('a', {
        operatorName: 'anyOf',
        schemasNotSatisfied: [
          { index: 0, title: 'text', details: [type('string', 4, 'int')] },
          { index: 1, details: [maximum(3, 4)] },
        ],
      }),
    ],
  ],
  [
    { properties: { a: { oneOf: [{ minimum: 1 }, { maximum: 3 }, { minimum: 9 }] } } },
    { a: 2 },
    [
      property('a', {
        operatorName: 'oneOf',
        reason: 'more than one subschema matched',
        matchingSchemaIndexes: [0, 1],
      }),
    ],
  ],
  [
    { properties: { a: { oneOf: [{ minimum: 4 }] } } },
    { a: 2 },
    [
      property('a', {
        operatorName: 'oneOf',
        schemasNotSatisfied: [{ index: 0, details: [minimum(4, 2)] }],
      }),
    ],
  ],
  [
    { not: { properties: { a: { minimum: 3 } } } },
    { a: 6 },
    [{ operatorName: 'not', reason: 'child expression matched' }],
  ],
];

test.each(
  [...scalars, ...arrays, ...objects, ...logic].map(
    (one) => [JSON.stringify(one[0]), one] as const,
  ),
)(
  'the schema %s, when a document does not satisfy it, says why as MongoDB does',
  (_text, [schema, document, schemaRulesNotSatisfied]) => {
    expect(detailsOf({ $jsonSchema: schema }, document)).toEqual({
      operatorName: '$jsonSchema',
      schemaRulesNotSatisfied,
    });
  },
);

test('a schema with a title, when a document does not satisfy it, repeats it', () => {
  const schema = { title: 'people', description: 'who we know', required: ['name'] };
  expect(detailsOf({ $jsonSchema: schema }, {})).toMatchObject({
    operatorName: '$jsonSchema',
    title: 'people',
    description: 'who we know',
  });
});

test('a schema of something else than documents, when given one, says that it is never satisfied', () => {
  const validator = { $jsonSchema: { type: 'number', properties: { a: {} } } };
  expect(detailsOf(validator, { a: 1 })).toEqual({
    operatorName: '$jsonSchema',
    specifiedAs: validator,
    reason: 'expression always evaluates to false',
  });
});
