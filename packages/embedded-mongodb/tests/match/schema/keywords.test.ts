import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { compileMatch } from '../../../src/match/compile';
import { documentFromPlain } from '../../../src/values/plain';

function matches(schema: object, document: object): boolean {
  const filter = documentFromPlain({ $jsonSchema: schema });
  return compileMatch(filter).matches(documentFromPlain(document));
}

/** The schema stands for the property `a`; the values are what `a` holds. */
type PropertyCase = readonly [schema: object, accepted: unknown[], refused: unknown[]];

const scalars: PropertyCase[] = [
  [{ type: 'number' }, [1, 1.5, Long.fromNumber(1), Decimal128.fromString('1')], ['1', null, [1]]],
  [{ type: 'boolean' }, [true], [1, 'true']],
  [{ type: ['null', 'string'] }, [null, 'x'], [1, ['x']]],
  [{ type: 'object' }, [{}, { b: 1 }], [[], 'x']],
  [{ bsonType: 'int' }, [new Int32(1)], [new Double(1), Long.fromNumber(1)]],
  [{ bsonType: ['objectId', 'array'] }, [new ObjectId(), []], ['x', {}]],
  [{ bsonType: 'number' }, [1, Decimal128.fromString('2')], ['1']],
  [{ minimum: 3 }, [3, 4, '1', null, [1]], [2, Decimal128.fromString('2.9'), -Infinity, NaN]],
  [{ minimum: 3, exclusiveMinimum: true }, [3.1, 'x'], [3, Long.fromNumber(3)]],
  [{ minimum: 3, exclusiveMinimum: false }, [3], [2]],
  [{ maximum: 3 }, [3, -1, 'x'], [4, Infinity]],
  [{ maximum: 3, exclusiveMaximum: true }, [2], [3]],
  [{ multipleOf: 2 }, [4, 0, -6, Long.fromNumber(8), 'x'], [3, 4.5, Infinity, NaN]],
  [{ multipleOf: 1.1 }, [4.4, 1.1, Decimal128.fromString('2.2')], [1, 4.5]],
  [{ multipleOf: 0.01 }, [19.99, 0.07], [0.005]],
  [{ multipleOf: Decimal128.fromString('1E+6000') }, [0, Decimal128.fromString('2E+6000')], [1]],
  [{ minLength: 2 }, ['ab', '😀😀', 1], ['a', '', '😀']],
  [{ maxLength: 2 }, ['ab', '😀😀', 1], ['abc']],
  [{ minLength: 2.0, maxLength: Long.fromNumber(3) }, ['abc'], ['a', 'abcd']],
  [{ pattern: '^S' }, ['Super', 1, ['x']], ['super', '']],
  [{ enum: [1, 'x', null] }, [1, Long.fromNumber(1), 'x', null], [2, 'X', [1]]],
  [
    { enum: [{ b: 1, c: { d: 1, e: 2 } }, [1, 2]] },
    [{ c: { e: 2, d: 1 }, b: 1 }, [1, 2]],
    [{ b: 1 }, [2, 1], 1],
  ],
];

const arrays: PropertyCase[] = [
  [{ minItems: 1 }, [[1], 1, 'x'], [[]]],
  [{ maxItems: 1 }, [[], [1], 'xx'], [[1, 2]]],
  [
    { uniqueItems: true },
    [[1, '1', 2], [[1], [2]], 1],
    [
      [1, 1.0],
      [
        { b: 1, c: 2 },
        { c: 2, b: 1 },
      ],
    ],
  ],
  [{ uniqueItems: false }, [[1, 1]], []],
  [{ items: { type: 'string' } }, [['x'], [], 1], [['x', 1]]],
  [{ items: { items: { minimum: 0 } } }, [[[1], []], [1]], [[[1], [-1]]]],
  [{ items: [{ type: 'number' }, { type: 'string' }] }, [[1, 'x', true], [1], []], [['x'], [1, 2]]],
  [{ items: [], additionalItems: false }, [[], 1], [[1]]],
  [{ items: [{ type: 'number' }], additionalItems: false }, [[1], []], [[1, 2], ['x']]],
  [{ items: [{}], additionalItems: { type: 'string' } }, [[1, 'x'], [1]], [[1, 'x', 2]]],
  [{ items: [{}], additionalItems: true }, [[1, 'x']], []],
  [{ items: {}, additionalItems: false }, [[1, 2]], []],
  [{ additionalItems: false }, [[1, 2]], []],
];

const objects: PropertyCase[] = [
  [{ properties: { b: { minimum: 1 } } }, [{ b: 1 }, {}, 5, [{ b: 0 }]], [{ b: 0 }]],
  [{ required: ['b', 'c'] }, [{ b: null, c: 1 }, 1, [{}]], [{ b: 1 }, {}]],
  [{ minProperties: 1 }, [{ b: 1 }, 1], [{}]],
  [{ maxProperties: 1 }, [{ b: 1 }, {}, [1, 2]], [{ b: 1, c: 1 }]],
  [
    { properties: { b: {} }, additionalProperties: false },
    [{ b: 1 }, {}, 1],
    [{ b: 1, c: 1 }, { c: 1 }],
  ],
  [{ additionalProperties: { type: 'string' } }, [{ b: 'x' }, 1], [{ b: 'x', c: 1 }]],
  [
    { patternProperties: { '^S': { type: 'number' } }, additionalProperties: false },
    [{ Slow: 1 }, {}],
    [{ Slow: 'x' }, { slow: 1 }],
  ],
  [
    { patternProperties: { '^b': { minimum: 3 }, c$: { maximum: 1 } } },
    [{ b: 3, c: 1, x: 0 }],
    [{ bc: 2 }, { b: 2 }, { c: 2 }],
  ],
  [{ dependencies: { b: ['c'] } }, [{ b: 1, c: 1 }, { c: 1 }, {}, 1], [{ b: 1 }]],
  [
    { dependencies: { b: { properties: { c: { type: 'number' } } } } },
    [{ b: 1, c: 1 }, { b: 1 }, { c: 'x' }],
    [{ b: 1, c: 'x' }],
  ],
];

const logic: PropertyCase[] = [
  [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }, [1, 3, 'x'], [0, 4]],
  [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['x', 5, null], [4]],
  [{ oneOf: [{ minimum: 1 }, { maximum: 3 }] }, [0, 4], [2, 'x']],
  [{ not: { type: 'string' } }, [1, ['x']], ['x']],
  [{ not: { minimum: 3 } }, [2], [3, 'x']],
  [{ not: {} }, [], [1, null]],
];

const described = { title: 't', description: 'd' };

describe.each([
  ['scalars', scalars],
  ['arrays', arrays],
  ['objects', objects],
  ['logic', logic],
  ['annotations', [[described, [1], []]] as PropertyCase[]],
])('a $jsonSchema about %s', (_kind, cases) => {
  test.each(cases.map((one) => [JSON.stringify(one[0]), one] as const))(
    '%s, when a property has a value, accepts as MongoDB does',
    (_text, [schema, accepted, refused]) => {
      const accepts = (a: unknown): boolean => matches({ properties: { a: schema } }, { a });
      expect(accepted.map(accepts)).toEqual(accepted.map(() => true));
      expect(refused.map(accepts)).toEqual(refused.map(() => false));
      expect(matches({ properties: { a: schema } }, { other: 1 })).toBe(true);
    },
  );
});

describe('a $jsonSchema, when it speaks about the document itself,', () => {
  test.each([
    ['the empty schema accepts everything', {}, { a: 1 }, true],
    ['the type object accepts everything', { type: 'object' }, { a: 1 }, true],
    ['another type accepts nothing', { bsonType: 'string' }, { a: 'x' }, false],
    ['a bound for numbers has no effect', { minimum: 5, minItems: 2, pattern: '^S' }, {}, true],
    ['required properties must exist', { required: ['a'] }, { b: 1 }, false],
    ['properties that are null exist', { required: ['a'] }, { a: null }, true],
    ['fields are counted with _id', { minProperties: 2 }, { _id: 1, a: 1 }, true],
    [
      'no other properties includes _id',
      { properties: { a: {} }, additionalProperties: false },
      { _id: 1, a: 1 },
      false,
    ],
    ['an enum compares whole documents', { enum: [{ b: 2, a: 1 }, 5] }, { a: 1, b: 2 }, true],
    ['an enum without documents accepts nothing', { enum: [5] }, { a: 5 }, false],
    ['a dotted name is a path', { required: ['a.b'] }, { a: { b: 1 } }, true],
    ['a dotted name that leads nowhere is missing', { required: ['a.b'] }, { a: { c: 1 } }, false],
    [
      'the schema of a dotted name is met',
      { properties: { 'a.b': { type: 'string' } } },
      { a: { b: 1 } },
      false,
    ],
  ])('%s', (_what, schema, document, expected) => {
    expect(matches(schema, document)).toBe(expected);
  });
});

test('compileMatch, when $jsonSchema stands beside other conditions, asks for all of them', () => {
  const filter = documentFromPlain({ $jsonSchema: { required: ['a'] }, b: 1 });
  const match = compileMatch(filter);
  expect(match.matches(documentFromPlain({ a: 1, b: 1 }))).toBe(true);
  expect(match.matches(documentFromPlain({ a: 1, b: 2 }))).toBe(false);
  expect(match.matches(documentFromPlain({ b: 1 }))).toBe(false);
});
