import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
} from 'bson';
import { compileMatch } from '../../src/match/compile';
import { documentFromPlain } from '../../src/values/plain';

function matches(filter: object, document: object): boolean {
  return compileMatch(documentFromPlain(filter)).matches(documentFromPlain(document));
}

type Case = [filter: object, matching: object[], others: object[]];

const id = new ObjectId('0123456789abcdef01234567');

const comparison: Case[] = [
  [
    { a: 1 },
    [{ a: 1 }, { a: new Double(1) }, { a: [0, 1] }],
    [{ a: 2 }, {}, { a: '1' }, { a: [[1]] }],
  ],
  [{ a: { $eq: 'x' } }, [{ a: 'x' }, { a: ['y', 'x'] }], [{ a: 'X' }, { a: null }]],
  [
    { a: id },
    [{ a: new ObjectId(id.toHexString()) }],
    [{ a: new ObjectId() }, { a: id.toHexString() }],
  ],
  [{ a: null }, [{}, { a: null }, { a: [1, null] }], [{ a: 0 }, { a: [] }, { a: [1] }]],
  [{ a: [1, 2] }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [2, 1] }, { a: [1, 2, 3] }, { a: 1 }]],
  [{ a: [] }, [{ a: [] }, { a: [[]] }], [{ a: null }, {}, { a: [1] }]],
  [{ a: { b: 1, c: 2 } }, [{ a: { b: 1, c: 2 } }], [{ a: { c: 2, b: 1 } }, { a: { b: 1 } }]],
  [{ a: {} }, [{ a: {} }], [{ a: { b: 1 } }, {}]],
  [{ a: true }, [{ a: true }], [{ a: 1 }, { a: false }]],
  [{ a: NaN }, [{ a: NaN }, { a: Decimal128.fromString('NaN') }], [{ a: 0 }, {}]],
  [
    { a: Long.fromBigInt(9007199254740993n) },
    [{ a: 9007199254740993n }],
    [{ a: 9007199254740992 }],
  ],
  [{ a: { $ne: 1 } }, [{}, { a: 2 }, { a: [2] }, { a: null }], [{ a: 1 }, { a: [2, 1] }]],
  [
    { a: { $gt: 1 } },
    [{ a: 2 }, { a: 1.5 }, { a: [0, 2] }],
    [{ a: 1 }, { a: '2' }, { a: NaN }, {}],
  ],
  [{ a: { $gte: 1 } }, [{ a: 1 }, { a: Decimal128.fromString('1.0') }], [{ a: 0.5 }, { a: true }]],
  [{ a: { $lt: 1 } }, [{ a: 0 }, { a: -Infinity }], [{ a: 1 }, { a: NaN }, { a: null }, {}]],
  [{ a: { $lte: NaN } }, [{ a: NaN }], [{ a: 0 }]],
  [{ a: { $gte: null } }, [{ a: null }, {}], [{ a: 1 }]],
  [{ a: { $gt: null } }, [], [{ a: null }, {}, { a: 1 }]],
  [{ a: { $lt: new MaxKey() } }, [{ a: 1 }, { a: 'x' }], [{ a: new MaxKey() }]],
  [{ a: { $gte: new MinKey() } }, [{ a: 1 }, { a: new MinKey() }], []],
  [{ a: { $gt: 'a' } }, [{ a: 'b' }, { a: 'a\0' }], [{ a: 'a' }, { a: 1 }]],
  [{ a: { $gt: { b: 1 } } }, [{ a: { b: 2 } }, { a: { b: 1, c: 1 } }], [{ a: { b: 1 } }, { a: 5 }]],
  [{ a: { $gt: [1] } }, [{ a: [2] }, { a: [1, 0] }], [{ a: [0, 5] }, { a: 2 }]],
  [{ a: { $gt: 1, $lt: 3 } }, [{ a: 2 }, { a: [0, 5] }], [{ a: 0 }, { a: 5 }]],
  [
    { a: { $in: [1, 'x', null] } },
    [{ a: 1 }, { a: 'x' }, {}, { a: [9, 'x'] }],
    [{ a: 2 }, { a: [] }],
  ],
  [{ a: { $in: [] } }, [], [{}, { a: null }, { a: [] }]],
  [{ a: { $in: [1, 2, 3, 4, 5, 6, null] } }, [{ a: 6 }, { a: new Double(5) }, {}], [{ a: 7 }]],
  [{ a: { $in: [/^x/, 1] } }, [{ a: 'xy' }, { a: 1 }], [{ a: 'yx' }]],
  [{ a: { $in: [[1]] } }, [{ a: [1] }, { a: [[1]] }], [{ a: 1 }]],
  [{ a: { $nin: [1, null] } }, [{ a: 2 }, { a: [2, 3] }], [{}, { a: null }, { a: [2, 1] }]],
  [{ a: { $nin: [] } }, [{}, { a: 1 }], []],
];

const logical: Case[] = [
  [{}, [{}, { a: 1 }], []],
  [{ a: 1, b: 2 }, [{ a: 1, b: 2 }], [{ a: 1 }, { b: 2 }]],
  [{ $and: [{ a: 1 }, { b: 2 }] }, [{ a: 1, b: 2 }], [{ a: 1 }]],
  [{ $or: [{ a: 1 }, { b: 2 }] }, [{ a: 1 }, { b: 2 }], [{ a: 2, b: 1 }]],
  [{ $nor: [{ a: 1 }, { b: 2 }] }, [{}, { a: 2 }], [{ a: 1 }, { b: 2 }]],
  [{ a: { $not: { $gt: 1 } } }, [{ a: 1 }, {}, { a: 'x' }], [{ a: 2 }, { a: [0, 2] }]],
  [{ a: { $not: /x/ } }, [{ a: 'y' }, {}, { a: 1 }], [{ a: 'x' }, { a: ['y', 'x'] }]],
  [{ a: { $not: { $gt: 1, $lt: 3 } } }, [{ a: 1 }, { a: 3 }], [{ a: 2 }, { a: [0, 5] }]],
  [{ $comment: 'why', a: 1 }, [{ a: 1 }], [{ a: 2 }]],
  [{ $alwaysTrue: 1 }, [{}], []],
  [{ $alwaysFalse: 1 }, [], [{}]],
  [{ $sampleRate: 1 }, [{}], []],
  [{ $sampleRate: 0 }, [], [{}]],
  [{ $expr: { $gt: ['$a', '$b'] } }, [{ a: 2, b: 1 }], [{ a: 1, b: 2 }]],
];

const element: Case[] = [
  [{ a: { $exists: true } }, [{ a: 1 }, { a: null }, { a: [] }], [{}, { b: 1 }]],
  [{ a: { $exists: false } }, [{}], [{ a: null }, { a: [] }]],
  [{ a: { $exists: 0 } }, [{}], [{ a: 1 }]],
  [
    { 'a.b': { $exists: true } },
    [{ a: { b: 1 } }, { a: [{ c: 1 }, { b: 1 }] }],
    [{ a: [1] }, { a: 1 }],
  ],
  [{ a: { $type: 'string' } }, [{ a: 'x' }, { a: [1, 'x'] }], [{ a: 1 }, {}]],
  [{ a: { $type: 2 } }, [{ a: 'x' }], [{ a: 1 }]],
  [{ a: { $type: 'number' } }, [{ a: 1 }, { a: 1.5 }, { a: 1n }], [{ a: '1' }]],
  [{ a: { $type: 'array' } }, [{ a: [] }, { a: [[1]] }], [{ a: 1 }]],
  [{ a: { $type: ['int', 'null'] } }, [{ a: 1 }, { a: null }], [{ a: 1.5 }, {}]],
  [{ a: { $type: -1 } }, [{ a: new MinKey() }], [{ a: 1 }]],
];

const evaluation: Case[] = [
  [
    { a: { $mod: [3, 1] } },
    [{ a: 4 }, { a: 4.9 }, { a: [0, 1] }],
    [{ a: 3 }, { a: 'x' }, { a: NaN }],
  ],
  [{ a: { $mod: [3, -1] } }, [{ a: -4 }], [{ a: 4 }]],
  [{ a: { $mod: [3.9, 0] } }, [{ a: 6 }, { a: -6 }, { a: 6n }], [{ a: 7 }]],
  [{ a: /b+/ }, [{ a: 'abbc' }, { a: ['x', 'b'] }], [{ a: 'ac' }, { a: 1 }]],
  [{ a: { $regex: 'B', $options: 'i' } }, [{ a: 'abc' }], [{ a: 'ac' }]],
  [{ a: { $options: 'i', $regex: 'B' } }, [{ a: 'abc' }], [{ a: 'ac' }]],
  [{ a: { $regex: /b/i } }, [{ a: 'B' }], [{ a: 'c' }]],
  [
    { a: new BSONRegExp('x', '') },
    [{ a: new BSONRegExp('x', '') }],
    [{ a: new BSONRegExp('x', 'i') }],
  ],
];

const arrays: Case[] = [
  [{ a: { $size: 2 } }, [{ a: [1, 2] }], [{ a: [1] }, { a: 2 }, { a: [[1, 2]] }]],
  [{ a: { $all: [1, 2] } }, [{ a: [2, 1, 3] }], [{ a: [1] }, { a: 1 }]],
  [{ a: { $all: [1] } }, [{ a: 1 }, { a: [1] }], [{ a: 2 }]],
  [{ a: { $all: [[1, 2]] } }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [2, 1] }]],
  [{ a: { $all: [] } }, [], [{ a: [] }, {}]],
  [{ a: { $all: [/x/, 'y'] } }, [{ a: ['ax', 'y'] }], [{ a: ['y'] }]],
  [
    { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 2 } }] } },
    [{ a: [{ b: 1 }, { b: 2 }] }],
    [{ a: [{ b: 1 }] }],
  ],
  [
    { a: { $elemMatch: { $gt: 1, $lt: 3 } } },
    [{ a: [0, 2] }],
    [{ a: [0, 5] }, { a: 2 }, { a: [[2]] }],
  ],
  [{ a: { $elemMatch: { $not: { $gt: 1 } } } }, [{ a: [0] }], [{ a: [2] }, { a: [] }]],
  [{ a: { $elemMatch: { $ne: 1 } } }, [{ a: [1, 2] }], [{ a: [1] }]],
  [
    { a: { $elemMatch: { b: 1, c: 2 } } },
    [{ a: [{ b: 1, c: 2 }] }],
    [{ a: [{ b: 1 }, { c: 2 }] }, { a: { b: 1, c: 2 } }],
  ],
  [{ a: { $elemMatch: { $or: [{ b: 1 }, { c: 1 }] } } }, [{ a: [{ c: 1 }] }], [{ a: [{ d: 1 }] }]],
  [{ a: { $elemMatch: { 0: 5 } } }, [{ a: [[5]] }], [{ a: [5] }]],
  [{ 'a.b': { $elemMatch: { c: 1 } } }, [{ a: [{ b: [{ c: 1 }] }] }], [{ a: [{ b: { c: 1 } }] }]],
  [{ a: { $elemMatch: { $elemMatch: { $eq: 1 } } } }, [{ a: [[1]] }], [{ a: [1] }]],
];

const bits: Case[] = [
  [
    { a: { $bitsAllSet: [1, 5] } },
    [{ a: 54 }, { a: 54n }, { a: -1 }],
    [{ a: 20 }, { a: 54.5 }, { a: 'x' }],
  ],
  [{ a: { $bitsAllSet: 50 } }, [{ a: 54 }], [{ a: 20 }]],
  [{ a: { $bitsAllClear: [0, 3] } }, [{ a: 54 }], [{ a: 1 }]],
  [{ a: { $bitsAnySet: 3 } }, [{ a: 2 }], [{ a: 4 }]],
  [{ a: { $bitsAnyClear: 3 } }, [{ a: 2 }], [{ a: 3 }]],
  [{ a: { $bitsAllSet: [100] } }, [{ a: -1 }], [{ a: 1 }]],
  [
    { a: { $bitsAllSet: new Binary(Buffer.from([0x36])) } },
    [{ a: new Binary(Buffer.from([0x36, 0])) }, { a: 54 }],
    [{ a: new Binary(Buffer.from([0x06])) }],
  ],
  [{ a: { $bitsAllClear: [20] } }, [{ a: new Binary(Buffer.from([0xff])) }], []],
];

const paths: Case[] = [
  [
    { 'a.b': 1 },
    [{ a: { b: 1 } }, { a: [{ b: 1 }] }, { a: [{ b: [1] }] }],
    [{ a: 1 }, { 'a.b': 1 }],
  ],
  [
    { 'a.b': null },
    [{}, { a: 1 }, { a: null }, { a: {} }, { a: [{ b: 1 }, {}] }],
    [{ a: [] }, { a: [1, 2] }, { a: [[]] }, { a: [{ b: 1 }] }],
  ],
  [{ 'a.b': { $ne: null } }, [{ a: [] }, { a: [1] }, { a: { b: 1 } }], [{ a: [{ b: 1 }, {}] }]],
  [{ 'a.0': 5 }, [{ a: [5] }, { a: { 0: 5 } }, { a: [{ 0: 5 }] }], [{ a: [1, 5] }, { a: [[5]] }]],
  [{ 'a.0.b': 1 }, [{ a: [{ b: 1 }] }], [{ a: [{ b: 2 }, { b: 1 }] }]],
  [{ 'a.b.c': 1 }, [{ a: [{ b: [{ c: 1 }] }] }], [{ a: [{ b: [[{ c: 1 }]] }] }]],
];

describe.each([
  ['comparison', comparison],
  ['logical', logical],
  ['element', element],
  ['evaluation', evaluation],
  ['array', arrays],
  ['bitwise', bits],
  ['path', paths],
])('compileMatch, given %s conditions', (_kind, cases) => {
  const rows = cases.flatMap(([filter, matching, others]) => [
    ...matching.map((document): [object, object, boolean] => [filter, document, true]),
    ...others.map((document): [object, object, boolean] => [filter, document, false]),
  ]);
  test.each(
    rows.map(
      ([filter, document, expected]) =>
        [show(filter), show(document), expected, filter, document] as const,
    ),
  )(
    'when the filter is %s and the document %s, answers %p',
    (_filter, _document, expected, filter, document) => {
      expect(matches(filter, document)).toBe(expected);
    },
  );
});

function show(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'bigint' || entry instanceof RegExp ? String(entry) : entry,
  );
}

describe('matchWithPosition, given a matching array', () => {
  const positions: [string, object, object, number | undefined][] = [
    ['an element', { a: 5 }, { a: [1, 5] }, 1],
    ['a document in an array', { 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }, 1],
    ['the outer of nested arrays', { 'a.b': 2 }, { a: [{ b: [2, 1] }, { b: [9] }] }, 0],
    ['$elemMatch', { a: { $elemMatch: { b: 1 } } }, { a: [{ b: 0 }, { b: 1 }] }, 1],
    ['the last of two conditions', { a: 1, b: 5 }, { a: [0, 1], b: [5] }, 0],
    ['no array', { a: 1 }, { a: 1 }, undefined],
    ['a named position', { 'a.1': 5 }, { a: [1, 5] }, undefined],
    ['a negation', { a: { $ne: 9 } }, { a: [1, 5] }, undefined],
    ['the branch of $or that holds', { $or: [{ a: 9 }, { a: 5 }] }, { a: [1, 5] }, 1],
    ['$in', { a: { $in: [5, 6] } }, { a: [1, 6] }, 1],
  ];
  test.each(positions)(
    'when %s matches, answers its place',
    (_what, filter, document, expected) => {
      const match = compileMatch(documentFromPlain(filter));
      expect(match.matchWithPosition(documentFromPlain(document))).toEqual({
        matched: true,
        arrayIndex: expected,
      });
    },
  );
});

describe('compileMatch, given variables', () => {
  test('when $expr reads one, compares with its value', () => {
    const filter = documentFromPlain({ $expr: { $eq: ['$a', '$$wanted'] } });
    const match = compileMatch(filter, { variables: new Map([['wanted', new Int32(3)]]) });
    expect(match.matches(documentFromPlain({ a: 3 }))).toBe(true);
    expect(match.matches(documentFromPlain({ a: 4 }))).toBe(false);
  });
});

describe('compileMatch, given $text', () => {
  test('when it stands in the filter, hands out the query', () => {
    const { textQuery } = compileMatch(documentFromPlain({ $text: { $search: 'cake' }, a: 1 }));
    expect(textQuery).toMatchObject({ search: 'cake' });
  });
});
