import { Long } from 'bson';
import { MongoServerError } from '../../../src/errors';
import { compileMatch } from '../../../src/match/compile';
import { documentFromPlain } from '../../../src/values/plain';

function failure(schema: unknown): { code: number; message: string } {
  try {
    compileMatch(documentFromPlain({ $jsonSchema: schema }));
  } catch (error) {
    if (error instanceof MongoServerError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the schema was accepted');
}

type Case = readonly [schema: unknown, code: number, message: string];

const whole: Case[] = [
  ['x', 14, '$jsonSchema must be an object'],
  [[], 14, '$jsonSchema must be an object'],
  [{ unknown: 1 }, 9, 'Unknown $jsonSchema keyword: unknown'],
  [{ if: {} }, 9, 'Unknown $jsonSchema keyword: if'],
  [{ $ref: '#/definitions/a' }, 9, "$jsonSchema keyword '$ref' is not currently supported"],
  [{ definitions: {} }, 9, "$jsonSchema keyword 'definitions' is not currently supported"],
  [{ format: 'email' }, 9, "$jsonSchema keyword 'format' is not currently supported"],
  [
    { properties: { a: { default: 1 } } },
    9,
    "$jsonSchema keyword 'default' is not currently supported",
  ],
  [{ properties: { a: { encrypt: {} } } }, 238, "$jsonSchema keyword 'encrypt' is not supported"],
  [{ title: 1 }, 14, "$jsonSchema keyword 'title' must be of type string"],
  [{ description: {} }, 14, "$jsonSchema keyword 'description' must be of type string"],
];

const types: Case[] = [
  [
    { type: 'object', bsonType: 'object' },
    9,
    "Cannot specify both $jsonSchema keywords 'type' and 'bsonType'",
  ],
  [{ type: 3 }, 14, "$jsonSchema keyword 'type' must be either a string or an array of strings"],
  [{ bsonType: ['int', 1] }, 14, "$jsonSchema keyword 'bsonType' array elements must be strings"],
  [{ type: 'integer' }, 9, "$jsonSchema type 'integer' is not currently supported."],
  [{ type: 'int' }, 2, 'Unknown type name alias: int'],
  [{ bsonType: 'boolean' }, 2, 'Unknown type name alias: boolean'],
  [{ type: [] }, 9, "$jsonSchema keyword 'type' must name at least one type"],
  [{ type: ['string', 'string'] }, 9, "$jsonSchema keyword 'type' has duplicate value: string"],
];

const scalars: Case[] = [
  [{ minimum: '1' }, 14, "$jsonSchema keyword 'minimum' must be a number"],
  [{ maximum: {} }, 14, "$jsonSchema keyword 'maximum' must be a number"],
  [
    { minimum: 1, exclusiveMinimum: 1 },
    14,
    "$jsonSchema keyword 'exclusiveMinimum' must be a boolean",
  ],
  [
    { exclusiveMaximum: true },
    9,
    "$jsonSchema keyword 'maximum' must be a present if exclusiveMaximum is present",
  ],
  [{ multipleOf: 'x' }, 14, "$jsonSchema keyword 'multipleOf' must be a number"],
  [{ multipleOf: 0 }, 9, "$jsonSchema keyword 'multipleOf' must have a positive value"],
  [
    { multipleOf: Long.fromNumber(-1) },
    9,
    "$jsonSchema keyword 'multipleOf' must have a positive value",
  ],
  [{ minLength: 'x' }, 9, 'Expected a number in: minLength: "x"'],
  [{ maxLength: -1 }, 9, 'Expected a non-negative number in: maxLength: -1'],
  [{ maxLength: 1.5 }, 9, 'Expected an integer: maxLength: 1.5'],
  [{ pattern: /x/ }, 14, "$jsonSchema keyword 'pattern' must be a string"],
  [
    { enum: 1 },
    14,
    "$jsonSchema keyword 'enum' must be an array, but found an element of type int",
  ],
  [{ enum: [] }, 9, "$jsonSchema keyword 'enum' cannot be an empty array"],
  [
    {
      enum: [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    },
    9,
    "$jsonSchema keyword 'enum' array cannot contain duplicate values.",
  ],
];

const containers: Case[] = [
  [{ minItems: -1 }, 9, 'Expected a non-negative number in: minItems: -1'],
  [{ uniqueItems: 1 }, 14, "$jsonSchema keyword 'uniqueItems' must be a boolean"],
  [{ items: 1 }, 14, "$jsonSchema keyword 'items' must be an array or an object, not int"],
  [
    { items: ['x'] },
    14,
    "$jsonSchema keyword 'items' requires that each element of the array is an object, but found a string",
  ],
  [
    { additionalItems: 1 },
    14,
    "$jsonSchema keyword 'additionalItems' must be either an object or a boolean, but got a int",
  ],
  [{ properties: [] }, 14, "$jsonSchema keyword 'properties' must be an object"],
  [{ properties: { a: 1 } }, 14, "Nested schema for $jsonSchema property 'a' must be an object"],
  [{ patternProperties: 1 }, 14, "$jsonSchema keyword 'patternProperties' must be an object"],
  [
    { patternProperties: { x: 1 } },
    14,
    "$jsonSchema keyword 'patternProperties' has property 'x' which is not an object",
  ],
  [
    { additionalProperties: 1 },
    14,
    "$jsonSchema keyword 'additionalProperties' must be an object or a boolean",
  ],
  [
    { required: 'a' },
    14,
    "$jsonSchema keyword 'required' must be an array, but found an element of type string",
  ],
  [{ required: [] }, 9, "$jsonSchema keyword 'required' cannot be an empty array"],
  [
    { required: [1] },
    14,
    "$jsonSchema keyword 'required' must be an array of strings, but found an element of type: int",
  ],
  [
    { required: ['a', 'a'] },
    9,
    "$jsonSchema keyword 'required' array cannot contain duplicate values",
  ],
  [{ dependencies: 1 }, 14, "$jsonSchema keyword 'dependencies' must be an object"],
  [
    { dependencies: { a: 1 } },
    14,
    "property 'a' in $jsonSchema keyword 'dependencies' must be either an object or an array",
  ],
  [
    { dependencies: { a: [] } },
    9,
    "property 'a' in $jsonSchema keyword 'dependencies' cannot be an empty array",
  ],
  [
    { dependencies: { a: [1] } },
    14,
    "array 'a' in $jsonSchema keyword 'dependencies' can only contain strings, but found element of type: int",
  ],
  [
    { dependencies: { a: ['b', 'b'] } },
    9,
    "array 'a' in $jsonSchema keyword 'dependencies' contains duplicate element: b",
  ],
  [{ allOf: {} }, 14, "$jsonSchema keyword 'allOf' must be an array"],
  [{ anyOf: [] }, 2, "$jsonSchema keyword 'anyOf' must be a non-empty array"],
  [
    { oneOf: [1] },
    14,
    "$jsonSchema keyword 'oneOf' must be an array of objects, but found an element of type int",
  ],
  [
    { not: [] },
    14,
    "$jsonSchema keyword 'not' must be an object, but found an element of type array",
  ],
];

test.each(
  [...whole, ...types, ...scalars, ...containers].map(
    (one) => [JSON.stringify(one[0]), one] as const,
  ),
)(
  '$jsonSchema %s, when MongoDB would refuse it, is refused in the same words',
  (_text, [schema, code, message]) => {
    expect(failure(schema)).toEqual({ code, message });
  },
);

test('$jsonSchema, when it stands within $elemMatch, is refused', () => {
  const filter = documentFromPlain({ a: { $elemMatch: { $jsonSchema: {} } } });
  expect(() => compileMatch(filter)).toThrow(
    '$jsonSchema can only be applied to the top-level document',
  );
});

test('$jsonSchema, when it stands in an array filter, is refused', () => {
  const filter = documentFromPlain({ $jsonSchema: {} });
  expect(() => compileMatch(filter, { allowSpecialOperators: false })).toThrow(
    '$jsonSchema is not allowed in this context',
  );
});
