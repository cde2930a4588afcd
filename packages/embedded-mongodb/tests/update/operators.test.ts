import { Decimal128, Double, Int32, Long, Timestamp } from 'bson';
import { compileUpdate } from '../../src/update/compile';
import { documentFromPlain, toPlain } from '../../src/values/plain';
import type { BsonDocument } from '../../src/values/types';

const NOW = new Date('2024-05-06T07:08:09.000Z');

interface Options {
  arrayFilters?: object[];
  arrayIndex?: number;
  isInsert?: boolean;
}

function apply(update: object, document: object, options: Options = {}) {
  const compiled = compileUpdate(documentFromPlain(update), {
    arrayFilters: options.arrayFilters?.map(documentFromPlain),
    now: () => NOW,
  });
  return compiled.apply(documentFromPlain(document), {
    arrayIndex: options.arrayIndex,
    isInsert: options.isInsert ?? false,
  });
}

type Case = [what: string, update: object, before: object, after: object, options?: Options];

const fields: Case[] = [
  ['$set on an existing field', { $set: { a: 2 } }, { a: 1, b: 1 }, { a: 2, b: 1 }],
  ['$set on a missing field', { $set: { b: 2 } }, { a: 1 }, { a: 1, b: 2 }],
  ['$set on a missing path', { $set: { 'a.b.c': 1 } }, {}, { a: { b: { c: 1 } } }],
  ['$set within a document', { $set: { 'a.c': 2 } }, { a: { b: 1 } }, { a: { b: 1, c: 2 } }],
  ['$set at a position', { $set: { 'a.1': 9 } }, { a: [1, 2] }, { a: [1, 9] }],
  ['$set beyond the end', { $set: { 'a.3': 9 } }, { a: [1] }, { a: [1, null, null, 9] }],
  ['$set below a position', { $set: { 'a.0.b': 9 } }, { a: [{}] }, { a: [{ b: 9 }] }],
  ['$set with a number as name', { $set: { 'a.0': 9 } }, {}, { a: { 0: 9 } }],
  ['$unset', { $unset: { a: '' } }, { a: 1, b: 1 }, { b: 1 }],
  ['$unset within a document', { $unset: { 'a.b': 1 } }, { a: { b: 1, c: 1 } }, { a: { c: 1 } }],
  ['$unset in an array', { $unset: { 'a.0': 1 } }, { a: [1, 2] }, { a: [null, 2] }],
  ['$rename', { $rename: { a: 'b.c' } }, { a: 1, x: 2 }, { x: 2, b: { c: 1 } }],
  ['$rename over a field', { $rename: { a: 'b' } }, { a: 1, b: 2 }, { b: 1 }],
  [
    '$rename of a nested field',
    { $rename: { 'a.b': 'c' } },
    { a: { b: 1, d: 2 } },
    { a: { d: 2 }, c: 1 },
  ],
  ['$min below', { $min: { a: 1 } }, { a: 2 }, { a: 1 }],
  ['$max across types', { $max: { a: 'x' } }, { a: 2 }, { a: 'x' }],
  ['$max on a missing field', { $max: { a: 3 } }, {}, { a: 3 }],
  ['$inc on a missing field', { $inc: { a: 3 } }, {}, { a: 3 }],
  ['$mul on a missing field', { $mul: { a: 3 } }, {}, { a: 0 }],
  ['$currentDate', { $currentDate: { a: true } }, {}, { a: NOW }],
  ['$currentDate as date', { $currentDate: { a: { $type: 'date' } } }, { a: 1 }, { a: NOW }],
  ['$bit', { $bit: { a: { and: 12, or: 1 } } }, { a: 10 }, { a: 9 }],
  ['$bit on a missing field', { $bit: { a: { xor: 5 } } }, {}, { a: 5 }],
  ['$setOnInsert on insert', { $setOnInsert: { a: 1 } }, {}, { a: 1 }, { isInsert: true }],
  [
    'new fields in order of name, positions by number',
    { $set: { c: 1, a: 1, 'l.10': 1, 'l.2': 1, b: 1 } },
    { x: 1 },
    { x: 1, a: 1, b: 1, c: 1, l: { 2: 1, 10: 1 } },
  ],
];

const arrays: Case[] = [
  ['$push', { $push: { a: 3 } }, { a: [1] }, { a: [1, 3] }],
  ['$push on a missing field', { $push: { a: 3 } }, {}, { a: [3] }],
  ['$push of an array', { $push: { a: [1, 2] } }, { a: [] }, { a: [[1, 2]] }],
  ['$push $each', { $push: { a: { $each: [2, 3] } } }, { a: [1] }, { a: [1, 2, 3] }],
  [
    '$push at the front',
    { $push: { a: { $each: [9], $position: 0 } } },
    { a: [1, 2] },
    { a: [9, 1, 2] },
  ],
  [
    '$push from the end',
    { $push: { a: { $each: [9], $position: -1 } } },
    { a: [1, 2] },
    { a: [1, 9, 2] },
  ],
  ['$push far beyond', { $push: { a: { $each: [9], $position: 99 } } }, { a: [1] }, { a: [1, 9] }],
  ['$push far before', { $push: { a: { $each: [9], $position: -99 } } }, { a: [1] }, { a: [9, 1] }],
  ['$push $slice first', { $push: { a: { $each: [3, 4], $slice: 2 } } }, { a: [1] }, { a: [1, 3] }],
  ['$push $slice last', { $push: { a: { $each: [3], $slice: -2 } } }, { a: [1, 2] }, { a: [2, 3] }],
  ['$push $slice none', { $push: { a: { $each: [3], $slice: 0 } } }, { a: [1] }, { a: [] }],
  ['$push $sort', { $push: { a: { $each: [2], $sort: -1 } } }, { a: [1, 3] }, { a: [3, 2, 1] }],
  [
    '$push $sort by field, then $slice',
    { $push: { a: { $each: [{ b: 2 }], $sort: { b: 1 }, $slice: 2 } } },
    { a: [{ b: 3 }, { b: 1 }] },
    { a: [{ b: 1 }, { b: 2 }] },
  ],
  [
    '$push $sort with elements that lack the field',
    { $push: { a: { $each: [5], $sort: { b: 1 } } } },
    { a: [{ b: 1 }] },
    { a: [5, { b: 1 }] },
  ],
  ['$addToSet', { $addToSet: { a: 2 } }, { a: [1] }, { a: [1, 2] }],
  ['$addToSet $each', { $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1] }, { a: [1, 2] }],
  ['$addToSet on a missing field', { $addToSet: { a: { $each: [1, 1] } } }, {}, { a: [1] }],
  ['$pop last', { $pop: { a: 1 } }, { a: [1, 2] }, { a: [1] }],
  ['$pop first', { $pop: { a: -1 } }, { a: [1, 2] }, { a: [2] }],
  ['$pull of a value', { $pull: { a: 1 } }, { a: [1, 2, 1] }, { a: [2] }],
  ['$pull by operator', { $pull: { a: { $gte: 2 } } }, { a: [1, 2, 3] }, { a: [1] }],
  ['$pull by pattern', { $pull: { a: /^x/ } }, { a: ['xa', 'b'] }, { a: ['b'] }],
  [
    '$pull by query',
    { $pull: { a: { b: 1 } } },
    { a: [{ b: 1, c: 1 }, { b: 2 }, 1] },
    { a: [{ b: 2 }, 1] },
  ],
  ['$pull of an array', { $pull: { a: [1] } }, { a: [[1], 1] }, { a: [1] }],
  ['$pull by $in', { $pull: { a: { $in: [1, 3] } } }, { a: [1, 2, 3] }, { a: [2] }],
  ['$pullAll', { $pullAll: { a: [1, 3] } }, { a: [1, 2, 3, 1] }, { a: [2] }],
];

const positional: Case[] = [
  ['$', { $set: { 'a.$': 9 } }, { a: [1, 2] }, { a: [1, 9] }, { arrayIndex: 1 }],
  [
    'a path below $',
    { $inc: { 'a.$.b': 1 } },
    { a: [{ b: 1 }] },
    { a: [{ b: 2 }] },
    { arrayIndex: 0 },
  ],
  ['$[]', { $inc: { 'a.$[]': 1 } }, { a: [1, 2] }, { a: [2, 3] }],
  ['$[] in an empty array', { $inc: { 'a.$[]': 1 } }, { a: [] }, { a: [] }],
  [
    '$[id]',
    { $set: { 'a.$[x]': 0 } },
    { a: [1, 5, 9] },
    { a: [1, 0, 0] },
    { arrayFilters: [{ x: { $gte: 5 } }] },
  ],
  [
    '$[id] below documents',
    { $set: { 'a.$[x].c': 1 } },
    { a: [{ b: 1 }, { b: 2 }] },
    { a: [{ b: 1 }, { b: 2, c: 1 }] },
    { arrayFilters: [{ 'x.b': 2 }] },
  ],
  [
    'nested $[] and $[id]',
    { $inc: { 'a.$[].b.$[x]': 10 } },
    { a: [{ b: [1, 2] }, { b: [2] }] },
    { a: [{ b: [1, 12] }, { b: [12] }] },
    { arrayFilters: [{ x: 2 }] },
  ],
  [
    'two filters on one element, apart',
    { $set: { 'a.$[x].c': 1, 'a.$[y].d': 1 } },
    { a: [{ b: 1 }] },
    { a: [{ b: 1, c: 1, d: 1 }] },
    { arrayFilters: [{ 'x.b': 1 }, { 'y.b': 1 }] },
  ],
  ['$unset of $[]', { $unset: { 'a.$[].b': 1 } }, { a: [{ b: 1, c: 1 }] }, { a: [{ c: 1 }] }],
];

describe.each([
  ['field operators', fields],
  ['array operators', arrays],
  ['positional paths', positional],
])('apply, given %s', (_kind, cases) => {
  test.each(cases)(
    'when it is %s, gives the changed document',
    (_what, update, before, after, options = {}) => {
      const original = documentFromPlain(before);
      const result = apply(update, before, options);
      const plain = toPlain(result.document);
      expect(plain).toEqual(after);
      expect(JSON.stringify(plain)).toBe(JSON.stringify(after));
      expect(result.changed).toBe(JSON.stringify(before) !== JSON.stringify(after));
      expect(toPlain(original)).toEqual(before);
    },
  );
});

describe('apply, when nothing would change', () => {
  const cases: Case[] = [
    ['$set of the same', { $set: { a: 1 } }, { a: 1 }, { a: 1 }],
    ['$unset of a missing field', { $unset: { b: 1 } }, { a: 1 }, { a: 1 }],
    ['$unset through a scalar', { $unset: { 'a.b': 1 } }, { a: 1 }, { a: 1 }],
    ['$unset through a name in an array', { $unset: { 'a.b': 1 } }, { a: [1] }, { a: [1] }],
    ['$min above', { $min: { a: 5 } }, { a: 1 }, { a: 1 }],
    ['$inc by zero', { $inc: { a: 0 } }, { a: 1 }, { a: 1 }],
    ['$rename of a missing field', { $rename: { b: 'c.d' } }, { a: 1 }, { a: 1 }],
    ['$setOnInsert of an update', { $setOnInsert: { b: 1 } }, { a: 1 }, { a: 1 }],
    ['$addToSet of a member', { $addToSet: { a: new Double(1) } }, { a: [1] }, { a: [1] }],
    ['$pop of a missing field', { $pop: { 'b.c': 1 } }, { a: 1 }, { a: 1 }],
    ['$pop of an empty array', { $pop: { a: 1 } }, { a: [] }, { a: [] }],
    ['$pull of nothing', { $pull: { a: 9 } }, { a: [1] }, { a: [1] }],
    ['$pullAll of a missing field', { $pullAll: { b: [1] } }, { a: [1] }, { a: [1] }],
    ['an empty $set', { $set: {} }, { a: 1 }, { a: 1 }],
    ['$push of nothing', { $push: { a: { $each: [] } } }, { a: [1] }, { a: [1] }],
  ];
  test.each(cases)('%s answers the very same document, unchanged', (_what, update, before) => {
    const document = documentFromPlain(before);
    const compiled = compileUpdate(documentFromPlain(update), { now: () => NOW });
    const result = compiled.apply(document, { isInsert: false });
    expect(result.changed).toBe(false);
    expect(result.document).toBe(document);
  });
});

describe('apply, keeping numeric types', () => {
  const typed: [string, object, unknown, unknown][] = [
    ['int + int', { $inc: { a: new Int32(1) } }, new Int32(1), new Int32(2)],
    ['int beyond 32 bits', { $inc: { a: 1 } }, new Int32(2147483647), Long.fromBigInt(2147483648n)],
    ['long + int', { $inc: { a: 1 } }, Long.fromBigInt(1n), Long.fromBigInt(2n)],
    ['int + double', { $inc: { a: new Double(1) } }, new Int32(1), new Double(2)],
    [
      'int + decimal',
      { $inc: { a: Decimal128.fromString('0.10') } },
      new Int32(1),
      Decimal128.fromString('1.10'),
    ],
    ['int * long', { $mul: { a: Long.fromBigInt(3n) } }, new Int32(2), Long.fromBigInt(6n)],
    [
      '$set of a double over an equal int',
      { $set: { a: new Double(1) } },
      new Int32(1),
      new Double(1),
    ],
    [
      '$bit of int and long',
      { $bit: { a: { or: Long.fromBigInt(1n) } } },
      new Int32(2),
      Long.fromBigInt(3n),
    ],
    [
      '$currentDate as timestamp',
      { $currentDate: { a: { $type: 'timestamp' } } },
      null,
      new Timestamp({ t: 1714979289, i: 1 }),
    ],
  ];
  test.each(typed)('when it is %s, gives exactly that type', (_what, update, before, after) => {
    const compiled = compileUpdate(documentFromPlain(update), { now: () => NOW });
    const document = documentFromPlain({ a: before });
    expect(compiled.apply(document, { isInsert: false }).document.get('a')).toEqual(after);
  });
});

describe('apply, given a replacement', () => {
  test('when it has no _id, keeps the old one in front', () => {
    const { document, changed } = apply({ b: 2 }, { _id: 1, a: 1 });
    expect([...document.keys()]).toEqual(['_id', 'b']);
    expect(toPlain(document)).toEqual({ _id: 1, b: 2 });
    expect(changed).toBe(true);
  });

  test('when it is the same document, changes nothing', () => {
    expect(apply({ _id: 1, a: 1 }, { _id: 1, a: 1 }).changed).toBe(false);
  });

  test('when it has an empty timestamp at the top, fills in the time', () => {
    const empty = Timestamp.fromBits(0, 0);
    const { document } = apply({ t: empty }, { _id: 1 });
    expect(document.get('t')).toEqual(new Timestamp({ t: 1714979289, i: 1 }));
  });
});

describe('apply, given a pipeline', () => {
  const pipeline = (stages: object[]): BsonDocument[] => stages.map(documentFromPlain);

  test('when it computes a field from another, keeps the _id and the rest', () => {
    const update = compileUpdate(pipeline([{ $set: { b: { $add: ['$a', 1] } } }]), {
      now: () => NOW,
    });
    const result = update.apply(documentFromPlain({ _id: 1, a: 2 }), { isInsert: false });
    expect(toPlain(result.document)).toEqual({ _id: 1, a: 2, b: 3 });
    expect(update.kind).toBe('pipeline');
  });

  test('when it replaces the document, keeps the _id', () => {
    const update = compileUpdate(pipeline([{ $replaceWith: { c: '$a' } }]), { now: () => NOW });
    const result = update.apply(documentFromPlain({ _id: 1, a: 2 }), { isInsert: false });
    expect(toPlain(result.document)).toEqual({ _id: 1, c: 2 });
  });

  test('when it changes the _id, throws 66', () => {
    const update = compileUpdate(pipeline([{ $set: { _id: 2 } }]), { now: () => NOW });
    expect(() => update.apply(documentFromPlain({ _id: 1 }), { isInsert: false })).toThrow(
      expect.objectContaining({ code: 66 }),
    );
  });
});
