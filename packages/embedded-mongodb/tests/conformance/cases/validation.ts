import { Decimal128, Double, type Document } from 'mongodb';
import { call, caseFile, command, fails, outcome, queryFile } from '../build-cases';
import type { UnifiedTest, UnifiedTestFile } from '../runner/schema';

const STOCK = [
  { _id: 1, name: 'lamp', price: 12.5, tags: ['light', 'home'] },
  { _id: 2, name: 'desk', price: Decimal128.fromString('120'), size: { width: 140, depth: 70 } },
  { _id: 3, name: 7, price: '12', tags: ['light', 'light'] },
  { _id: 4, size: { width: 'wide' }, tags: 'home' },
];

/** `$jsonSchema` as a query operator. */
export const schemaQueries: readonly UnifiedTestFile[] = [
  queryFile('reference/operator/query/jsonSchema', STOCK, [
    ['the empty schema finds everything', { $jsonSchema: {} }, [1, 2, 3, 4]],
    ['required properties', { $jsonSchema: { required: ['name', 'price'] } }, [1, 2, 3]],
    [
      'types speak about existing properties only',
      { $jsonSchema: { properties: { name: { type: 'string' } } } },
      [1, 2, 4],
    ],
    [
      'the type number is all numeric types',
      { $jsonSchema: { required: ['price'], properties: { price: { bsonType: 'number' } } } },
      [1, 2],
    ],
    [
      'a bound does not speak about other types',
      { $jsonSchema: { properties: { price: { minimum: 100 } } } },
      [2, 3, 4],
    ],
    [
      'arrays are not looked through',
      { $jsonSchema: { properties: { tags: { type: 'string' } } } },
      [2, 4],
    ],
    [
      'items and uniqueItems',
      { $jsonSchema: { properties: { tags: { items: { type: 'string' }, uniqueItems: true } } } },
      [1, 2, 4],
    ],
    [
      'nested properties',
      {
        $jsonSchema: {
          required: ['size'],
          properties: { size: { properties: { width: { bsonType: 'int' } }, required: ['depth'] } },
        },
      },
      [2],
    ],
    [
      'no other properties than those named',
      {
        $jsonSchema: {
          properties: { _id: {}, name: {}, price: {}, tags: {} },
          additionalProperties: false,
        },
      },
      [1, 3],
    ],
    [
      'oneOf',
      { $jsonSchema: { oneOf: [{ required: ['tags'] }, { required: ['size'] }] } },
      [1, 2, 3],
    ],
    [
      'the negation of a schema finds what does not satisfy it',
      { $nor: [{ $jsonSchema: { required: ['name'] } }] },
      [4],
    ],
    [
      'an unknown keyword is refused',
      { $jsonSchema: { requires: ['name'] } },
      fails(9, 'Unknown $jsonSchema keyword: requires'),
    ],
    [
      'a keyword of JSON Schema that MongoDB omits is refused',
      { $jsonSchema: { properties: { name: { $ref: '#/x' } } } },
      fails(9, "$jsonSchema keyword '$ref' is not currently supported"),
    ],
    [
      'the type integer is refused',
      { $jsonSchema: { properties: { name: { type: 'integer' } } } },
      fails(9, "$jsonSchema type 'integer' is not currently supported."),
    ],
    ['something else than an object is refused', { $jsonSchema: [] }, fails(14)],
  ]),
];

const SCHEMA = {
  bsonType: 'object',
  title: 'Books',
  required: ['title', 'pages'],
  properties: {
    title: { bsonType: 'string', description: 'must be a text' },
    pages: { bsonType: 'int', minimum: 1, description: 'must be an integer of at least 1' },
    price: { bsonType: ['double'], description: 'must be a double if it exists' },
  },
};
const BOOK = { _id: 1, title: 'One', pages: 10 };
const FAILURE = { code: 121, errmsg: 'Document failed validation' };

function rule(operatorName: string, specified: unknown, reason: string, value: unknown): Document {
  return {
    operatorName,
    specifiedAs: { [operatorName]: specified },
    reason,
    consideredValue: value,
  };
}

const PAGES_TOO_FEW = {
  failingDocumentId: 2,
  details: {
    operatorName: '$jsonSchema',
    title: 'Books',
    schemaRulesNotSatisfied: [
      {
        operatorName: 'properties',
        propertiesNotSatisfied: [
          {
            propertyName: 'pages',
            description: 'must be an integer of at least 1',
            details: [rule('minimum', 1, 'comparison failed', 0)],
          },
        ],
      },
    ],
  },
};

const schemaCases: readonly UnifiedTest[] = [
  {
    description: 'an insert that satisfies the schema',
    operations: [
      call('insertOne', {
        document: { _id: 2, title: 'Two', pages: 1, price: new Double(9.5) },
      }),
    ],
    outcome: outcome([BOOK, { _id: 2, title: 'Two', pages: 1, price: 9.5 }]),
  },
  {
    description: 'an insert that does not is told which rules it breaks',
    operations: [
      command(
        { insert: 'items', documents: [{ _id: 2, title: 'Two', pages: 0 }] },
        { ok: 1, n: 0, writeErrors: [{ index: 0, ...FAILURE, errInfo: PAGES_TOO_FEW }] },
      ),
    ],
    outcome: outcome([BOOK]),
  },
  {
    description: 'a missing property and a wrong type are both told',
    operations: [
      command(
        { insert: 'items', documents: [{ _id: 2, title: 'Two', price: 5 }] },
        {
          n: 0,
          writeErrors: [
            {
              index: 0,
              ...FAILURE,
              errInfo: {
                failingDocumentId: 2,
                details: {
                  operatorName: '$jsonSchema',
                  title: 'Books',
                  schemaRulesNotSatisfied: [
                    {
                      operatorName: 'properties',
                      propertiesNotSatisfied: [
                        {
                          propertyName: 'price',
                          description: 'must be a double if it exists',
                          details: [
                            {
                              ...rule('bsonType', ['double'], 'type did not match', 5),
                              consideredType: 'int',
                            },
                          ],
                        },
                      ],
                    },
                    {
                      operatorName: 'required',
                      specifiedAs: { required: ['title', 'pages'] },
                      missingProperties: ['pages'],
                    },
                  ],
                },
              },
            },
          ],
        },
      ),
    ],
    outcome: outcome([BOOK]),
  },
  {
    description: 'findAndModify fails as a whole',
    operations: [
      command(
        { findAndModify: 'items', query: { _id: 1 }, update: { $unset: { title: 1 } } },
        fails(121, 'Document failed validation'),
      ),
    ],
    outcome: outcome([BOOK]),
  },
];

const queryRuleCases: readonly UnifiedTest[] = [
  {
    description: 'an update that the expression refuses',
    operations: [
      command(
        { update: 'items', updates: [{ q: { _id: 1 }, u: { $set: { discounted: 20 } } }] },
        {
          n: 0,
          nModified: 0,
          writeErrors: [
            {
              index: 0,
              ...FAILURE,
              errInfo: {
                failingDocumentId: 1,
                details: {
                  operatorName: '$expr',
                  specifiedAs: { $expr: { $lt: ['$discounted', '$price'] } },
                  reason: 'expression did not match',
                  expressionResult: false,
                },
              },
            },
          ],
        },
      ),
    ],
    outcome: outcome([{ _id: 1, price: 20, discounted: 10 }]),
  },
  {
    description: 'operators that a validator may not have',
    operations: [
      command({ create: 'other', validator: { $text: { $search: 'x' } } }, fails(2)),
      command({ create: 'other', validator: { $where: 'true' } }, fails(2)),
      command({ create: 'other', validator: { a: { $nearSphere: [0, 0] } } }, fails(2)),
    ],
  },
];

const OLD = { _id: 1, pages: 'many' };

const levelCases: readonly UnifiedTest[] = [
  {
    description: 'moderate: a document that was invalid may stay so',
    operations: [
      command({
        collMod: 'items',
        validator: { pages: { $type: 'int' } },
        validationLevel: 'moderate',
      }),
      call('updateOne', { filter: { _id: 1 }, update: { $set: { seen: true } } }),
      call('insertOne', { document: { _id: 2, pages: 'few' } }, fails(121)),
    ],
    outcome: outcome([{ ...OLD, seen: true }]),
  },
  {
    description: 'strict: a document that was invalid must become valid',
    operations: [
      command({ collMod: 'items', validator: { pages: { $type: 'int' } } }),
      call('updateOne', { filter: { _id: 1 }, update: { $set: { seen: true } } }, fails(121)),
      call('updateOne', { filter: { _id: 1 }, update: { $set: { pages: 5 } } }),
    ],
    outcome: outcome([{ _id: 1, pages: 5 }]),
  },
  {
    description: 'off: nothing is checked',
    operations: [
      command({ collMod: 'items', validator: { pages: { $type: 'int' } }, validationLevel: 'off' }),
      call('insertOne', { document: { _id: 2, pages: 'few' } }),
    ],
    outcome: outcome([OLD, { _id: 2, pages: 'few' }]),
  },
];

const optionCases: readonly UnifiedTest[] = [
  {
    description: 'the action warn lets documents pass',
    operations: [
      command({ collMod: 'items', validationAction: 'warn' }),
      call('insertOne', { document: { _id: 2 } }),
    ],
    outcome: outcome([BOOK, { _id: 2 }]),
  },
  {
    description: 'bypassDocumentValidation lets the documents of one command pass',
    operations: [
      call('insertOne', { document: { _id: 2 }, bypassDocumentValidation: true }),
      call('insertOne', { document: { _id: 3 } }, fails(121)),
    ],
    outcome: outcome([BOOK, { _id: 2 }]),
  },
  {
    description: 'an empty validator accepts everything',
    operations: [
      command({ collMod: 'items', validator: {} }),
      call('insertOne', { document: { _id: 2 } }),
    ],
    outcome: outcome([BOOK, { _id: 2 }]),
  },
  {
    description: 'a level that does not exist is refused',
    operations: [command({ collMod: 'items', validationLevel: 'lax' }, fails(2))],
  },
  {
    description: 'a schema that does not parse is refused',
    operations: [
      command(
        { collMod: 'items', validator: { $jsonSchema: { nope: 1 } } },
        fails(9, 'Parsing of collection validator failed'),
      ),
    ],
  },
];

const WITH_SCHEMA = { validator: { $jsonSchema: SCHEMA } };

/** Validators of collections. */
export const validators: readonly UnifiedTestFile[] = [
  caseFile('core/schema-validation/specify-json-schema', [BOOK], schemaCases, WITH_SCHEMA),
  caseFile(
    'core/schema-validation/specify-query-expression-rules',
    [{ _id: 1, price: 20, discounted: 10 }],
    queryRuleCases,
    { validator: { $expr: { $lt: ['$discounted', '$price'] } } },
  ),
  caseFile('core/schema-validation/specify-validation-level', [OLD], levelCases),
  caseFile('core/schema-validation/update-schema-validation', [BOOK], optionCases, WITH_SCHEMA),
];
