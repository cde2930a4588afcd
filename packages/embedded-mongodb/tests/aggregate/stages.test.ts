import { ObjectId } from 'bson';
import { compilePipeline, SUPPORTED_STAGES } from '../../src/aggregate';
import { MongoServerError } from '../../src/errors';
import { documentFromPlain } from '../../src/values/plain';
import { aggregate, MemorySource } from '../helpers/memory-source';

const SALES = [
  { _id: 1, item: 'a', price: 10, qty: 2, tags: ['x', 'y'], at: { city: 'P' } },
  { _id: 2, item: 'b', price: 20, qty: 1, tags: [], at: { city: 'Q' } },
  { _id: 3, item: 'a', price: 5.5, qty: 4, at: { city: 'P' } },
  { _id: 4, item: null, price: 7, qty: 3, tags: 'z' },
];

type StageCase = readonly [title: string, stages: object[], expected: string[]];

/** Declares one test for each row, over the collection of sales. */
function testStages(stage: string, cases: readonly StageCase[]): void {
  test.each(cases)(
    `${stage}, when %s, answers as MongoDB does`,
    async (_title, stages, expected) => {
      await expect(aggregate(new MemorySource({ sales: SALES }), 'sales', stages)).resolves.toEqual(
        expected,
      );
    },
  );
}

const ids = { $project: { _id: 1 } };

testStages('$match, $sort, $skip and $limit', [
  [
    'they are combined',
    [{ $match: { qty: { $gt: 1 } } }, { $sort: { price: -1 } }, { $skip: 1 }, { $limit: 1 }, ids],
    ['{_id: 4}'],
  ],
  [
    'a skip follows a limit',
    [{ $sort: { _id: 1 } }, { $limit: 3 }, { $skip: 2 }, ids],
    ['{_id: 3}'],
  ],
  ['the skip eats the limit', [{ $limit: 1 }, { $skip: 1 }], []],
  [
    'a match follows a limit',
    [{ $sort: { _id: 1 } }, { $limit: 2 }, { $match: { item: 'a' } }, ids],
    ['{_id: 1}'],
  ],
  [
    'a sort follows a computed field',
    [{ $addFields: { n: { $multiply: ['$price', -1] } } }, { $sort: { n: 1 } }, { $limit: 2 }, ids],
    ['{_id: 2}', '{_id: 1}'],
  ],
  ['$count counts', [{ $match: { item: 'a' } }, { $count: 'n' }], ['{n: 2}']],
  ['$count of nothing gives no document', [{ $match: { item: 'zzz' } }, { $count: 'n' }], []],
]);

testStages('$project, $addFields and $unset', [
  [
    '$project computes',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, total: { $multiply: ['$price', '$qty'] } } }],
    ['{total: 20}'],
  ],
  [
    '$set adds at the end and replaces in place',
    [{ $match: { _id: 2 } }, { $set: { item: 'B', n: 1 } }, { $unset: ['tags', 'at'] }],
    ['{_id: 2, item: "B", price: 20, qty: 1, n: 1}'],
  ],
  [
    '$addFields nests by dots and by objects alike',
    [
      { $match: { _id: 2 } },
      { $addFields: { 'at.zip': 9, x: { y: '$qty' } } },
      { $project: { at: 1, x: 1, _id: 0 } },
    ],
    ['{at: {city: "Q", zip: 9}, x: {y: 1}}'],
  ],
  [
    '$addFields with $$REMOVE drops',
    [{ $match: { _id: 3 } }, { $addFields: { at: '$$REMOVE', price: '$$REMOVE' } }],
    ['{_id: 3, item: "a", qty: 4}'],
  ],
  [
    '$unset goes inside',
    [{ $match: { _id: 1 } }, { $unset: 'at.city' }, { $project: { at: 1 } }],
    ['{_id: 1, at: {}}'],
  ],
  [
    '$replaceRoot takes a field',
    [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: '$at' } }],
    ['{city: "P"}'],
  ],
  [
    '$replaceWith takes an expression',
    [{ $match: { _id: 1 } }, { $replaceWith: { $mergeObjects: [{ a: 1 }, '$at'] } }],
    ['{a: 1, city: "P"}'],
  ],
]);

testStages('$unwind', [
  [
    'it gives one document for each element',
    [{ $match: { _id: 1 } }, { $unwind: '$tags' }, { $project: { tags: 1 } }],
    ['{_id: 1, tags: "x"}', '{_id: 1, tags: "y"}'],
  ],
  [
    'it drops empty, missing and keeps scalars',
    [{ $unwind: '$tags' }, { $match: { _id: { $gt: 1 } } }, { $project: { tags: 1 } }],
    ['{_id: 4, tags: "z"}'],
  ],
  [
    'it preserves and numbers',
    [
      { $unwind: { path: '$tags', includeArrayIndex: 'i', preserveNullAndEmptyArrays: true } },
      { $project: { tags: 1, i: 1 } },
    ],
    [
      '{_id: 1, tags: "x", i: 0L}',
      '{_id: 1, tags: "y", i: 1L}',
      '{_id: 2, i: null}',
      '{_id: 3, i: null}',
      '{_id: 4, tags: "z", i: null}',
    ],
  ],
  [
    'it numbers and preserves what has no such field, and leaves the rest of it alone',
    [
      { $match: { _id: { $lte: 2 } } },
      { $project: { tags: 1 } },
      {
        $unwind: { path: '$tags.b', includeArrayIndex: 'i', preserveNullAndEmptyArrays: true },
      },
    ],
    ['{_id: 1, tags: ["x", "y"], i: null}', '{_id: 2, tags: [], i: null}'],
  ],
]);

testStages('$group', [
  [
    'it sums by key',
    [
      { $group: { _id: '$item', n: { $sum: 1 }, total: { $sum: '$price' } } },
      { $sort: { _id: 1 } },
    ],
    ['{_id: null, n: 1, total: 7}', '{_id: "a", n: 2, total: 15.5}', '{_id: "b", n: 1, total: 20}'],
  ],
  [
    'it groups everything under null',
    [
      {
        $group: {
          _id: null,
          avg: { $avg: '$qty' },
          max: { $max: '$price' },
          min: { $min: '$price' },
        },
      },
    ],
    ['{_id: null, avg: 2.5, max: 20, min: 5.5}'],
  ],
  [
    'the key is an object',
    [
      { $match: { item: 'a' } },
      { $group: { _id: { i: '$item', none: '$nope' }, ids: { $push: '$_id' } } },
    ],
    ['{_id: {i: "a"}, ids: [1, 3]}'],
  ],
  [
    'only a count is asked for',
    [{ $match: { item: 'a' } }, { $group: { _id: null, n: { $sum: 1 } } }],
    ['{_id: null, n: 2}'],
  ],
  [
    '$sortByCount counts down',
    [{ $match: { item: { $ne: null } } }, { $sortByCount: '$item' }],
    ['{_id: "a", count: 2}', '{_id: "b", count: 1}'],
  ],
  [
    '$first of a missing field is null',
    [
      { $sort: { _id: -1 } },
      { $group: { _id: 1, f: { $first: '$at' }, l: { $last: '$at.city' } } },
    ],
    ['{_id: 1, f: null, l: "P"}'],
  ],
]);

testStages('$bucket and $bucketAuto', [
  [
    '$bucket counts by boundaries',
    [{ $bucket: { groupBy: '$price', boundaries: [0, 8, 15], default: 'more' } }],
    ['{_id: 0, count: 2}', '{_id: 8, count: 1}', '{_id: "more", count: 1}'],
  ],
  [
    '$bucket has an output',
    [
      { $match: { price: { $lt: 15 } } },
      { $bucket: { groupBy: '$price', boundaries: [0, 15], output: { q: { $sum: '$qty' } } } },
    ],
    ['{_id: 0, q: 9}'],
  ],
  [
    '$bucketAuto fills evenly',
    [{ $bucketAuto: { groupBy: '$price', buckets: 2 } }],
    ['{_id: {min: 5.5, max: 10}, count: 2}', '{_id: {min: 10, max: 20}, count: 2}'],
  ],
]);

testStages('$facet', [
  [
    'it pages as mongoose-aggregate-paginate does',
    [
      { $match: { qty: { $gt: 1 } } },
      { $sort: { _id: 1 } },
      { $facet: { metadata: [{ $count: 'total' }], data: [{ $skip: 1 }, { $limit: 1 }, ids] } },
    ],
    ['{metadata: [{total: 3}], data: [{_id: 3}]}'],
  ],
  [
    'nothing comes in',
    [{ $match: { _id: 99 } }, { $facet: { a: [{ $count: 'n' }], b: [] } }],
    ['{a: [], b: []}'],
  ],
  [
    'one branch stops early',
    [
      {
        $facet: {
          one: [{ $limit: 1 }, ids],
          all: [{ $group: { _id: null, s: { $sum: '$qty' } } }],
        },
      },
    ],
    ['{one: [{_id: 1}], all: [{_id: null, s: 10}]}'],
  ],
]);

testStages('$redact, $sample and $unionWith', [
  [
    '$redact descends',
    [
      { $match: { _id: 1 } },
      { $redact: { $cond: [{ $eq: ['$city', 'P'] }, '$$PRUNE', '$$DESCEND'] } },
      { $project: { at: 1, item: 1 } },
    ],
    ['{_id: 1, item: "a"}'],
  ],
  ['$sample gives no more than there are', [{ $sample: { size: 9 } }, { $count: 'n' }], ['{n: 4}']],
  [
    '$unionWith appends',
    [
      { $match: { _id: 1 } },
      ids,
      { $unionWith: { coll: 'sales', pipeline: [{ $match: { _id: 2 } }, ids] } },
    ],
    ['{_id: 1}', '{_id: 2}'],
  ],
]);

test('$addFields, when a dotted path meets an array, goes into each element', async () => {
  const source = new MemorySource({ c: [{ _id: 1, a: [{ b: 1 }, 5] }] });
  await expect(aggregate(source, 'c', [{ $addFields: { 'a.c': 2 } }])).resolves.toEqual([
    '{_id: 1, a: [{b: 1, c: 2}, {c: 2}]}',
  ]);
});

test('$documents, when no collection is named, makes the documents', async () => {
  await expect(
    aggregate(new MemorySource(), undefined, [
      { $documents: [{ a: 1 }, { a: 2 }] },
      { $match: { a: 2 } },
    ]),
  ).resolves.toEqual(['{a: 2}']);
});

const FAULTS: readonly (readonly [
  title: string,
  stages: object[],
  code: number,
  message: string,
])[] = [
  ['a stage is unknown', [{ $foo: {} }], 40324, "Unrecognized pipeline stage name: '$foo'"],
  [
    '$geoNear is not supported',
    [{ $geoNear: {} }],
    40324,
    "Unrecognized pipeline stage name: '$geoNear'",
  ],
  [
    'a stage has two fields',
    [{ $match: {}, $limit: 1 }],
    40323,
    'A pipeline stage specification object must contain exactly one field.',
  ],
  [
    '$match is no object',
    [{ $match: 1 }],
    15959,
    'the match filter must be an expression in an object',
  ],
  ['$limit is zero', [{ $limit: 0 }], 15958, 'the limit must be positive'],
  [
    '$limit is negative',
    [{ $limit: -1 }],
    5107201,
    'invalid argument to $limit stage: Expected a non-negative number in: $limit: -1',
  ],
  [
    '$skip is no number',
    [{ $skip: 'a' }],
    5107200,
    'invalid argument to $skip stage: Expected a number in: $skip: "a"',
  ],
  ['$sort is empty', [{ $sort: {} }], 15976, '$sort stage must have at least one sort key'],
  [
    '$sort has a bad order',
    [{ $sort: { a: 2 } }],
    15975,
    '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
  ],
  ['$count has a dot', [{ $count: 'a.b' }], 40160, "the count field cannot contain '.'"],
  ['$count has a dollar', [{ $count: '$a' }], 40158, 'the count field cannot be a $-prefixed path'],
  ['$group lacks _id', [{ $group: {} }], 15955, 'a group specification must include an _id'],
  [
    '$group has an unknown accumulator',
    [{ $group: { _id: 1, a: { $foo: 1 } } }],
    15952,
    "unknown group operator '$foo'",
  ],
  [
    '$group has no accumulator',
    [{ $group: { _id: 1, a: '$b' } }],
    40234,
    "The field 'a' must be an accumulator object",
  ],
  [
    '$group has a list',
    [{ $group: { _id: 1, a: { $sum: ['$a', '$b'] } } }],
    40237,
    'The $sum accumulator is a unary operator',
  ],
  [
    '$group has a dotted field',
    [{ $group: { _id: 1, 'a.b': { $sum: 1 } } }],
    40235,
    "The field name 'a.b' cannot contain '.'",
  ],
  [
    '$unwind has no dollar',
    [{ $unwind: 'a' }],
    28818,
    "path option to $unwind stage should be prefixed with a '$': a",
  ],
  [
    '$changeStream is asked for',
    [{ $changeStream: {} }],
    40573,
    'The $changeStream stage is only supported on replica sets',
  ],
  ['$unwind lacks its path', [{ $unwind: {} }], 28812, 'no path specified to $unwind stage'],
  [
    '$facet is empty',
    [{ $facet: {} }],
    40169,
    'the $facet specification must be a non-empty object, but found: $facet: {}',
  ],
  [
    '$facet holds a $facet',
    [{ $facet: { a: [{ $facet: { b: [] } }] } }],
    40600,
    '$facet is not allowed to be used within a $facet stage',
  ],
  [
    '$out is not last',
    [{ $out: 'x' }, { $match: {} }],
    40601,
    '$out can only be the final stage in the pipeline',
  ],
  [
    '$documents is not first',
    [{ $match: {} }, { $documents: [] }],
    40602,
    '$documents is only valid as the first stage in a pipeline.',
  ],
  [
    '$lookup lacks as',
    [{ $lookup: { from: 'x', localField: 'a', foreignField: 'b' } }],
    9,
    "must specify 'as' field for a $lookup",
  ],
  [
    '$lookup has half a join',
    [{ $lookup: { from: 'x', localField: 'a', as: 'b' } }],
    9,
    "$lookup requires both or neither of 'localField' and 'foreignField' to be specified",
  ],
  [
    '$lookup writes',
    [{ $lookup: { from: 'x', pipeline: [{ $out: 'y' }], as: 'b' } }],
    51047,
    "$out is not allowed within a $lookup's sub-pipeline",
  ],
  [
    '$addFields collides',
    [{ $addFields: { a: 1, 'a.b': 2 } }],
    40176,
    "Invalid $addFields :: caused by :: specification contains two conflicting paths. Cannot specify both 'a.b' and 'a'",
  ],
  [
    '$set collides with a path below',
    [{ $set: { 'a.b': 2, a: 1 } }],
    40176,
    "Invalid $set :: caused by :: specification contains two conflicting paths. Cannot specify both 'a' and 'a.b'",
  ],
  [
    '$set names a variable that nobody bound',
    [{ $set: { a: '$$nobody' } }],
    17276,
    'Invalid $set :: caused by :: Use of undefined variable: nobody',
  ],
  [
    '$addFields is a text',
    [{ $addFields: 'a' }],
    40272,
    '$addFields specification stage must be an object, got string',
  ],
  [
    '$project mixes',
    [{ $project: { a: 1, b: 0 } }],
    31254,
    'Invalid $project :: caused by :: Cannot do exclusion on field b in inclusion projection',
  ],
  [
    '$project has an unknown operator',
    [{ $project: { a: { $nobody: 1 } } }],
    31325,
    'Invalid $project :: caused by :: Unknown expression $nobody',
  ],
  [
    '$project has an unknown operator inside another',
    [{ $project: { a: { $type: { $nobody: 1 } } } }],
    168,
    "Invalid $project :: caused by :: Unrecognized expression '$nobody'",
  ],
  [
    '$project has two operators in one place',
    [{ $project: { a: { $type: 1, $abs: 1 } } }],
    16410,
    "Invalid $project :: caused by :: FieldPath field names may not start with '$'. Consider using $getField or $setField.",
  ],
  [
    '$project has a constant that cannot be computed',
    [{ $project: { a: { $divide: [1, 0] } } }],
    2,
    "Failed to optimize pipeline :: caused by :: can't $divide by zero",
  ],
  [
    '$project has a positional operator in the middle',
    [{ $project: { 'a.$.b': 1 } }],
    31394,
    "Invalid $project :: caused by :: As of 4.4, it's illegal to specify positional operator in the middle of a path.Positional projection may only be used at the end, for example: a.b.$. If the query previously used a form like a.b.$.d, remove the parts following the '$' and the results will be equivalent.",
  ],
  [
    '$project has an empty document',
    [{ $project: { a: {} } }],
    51270,
    'Invalid $project :: caused by :: An empty sub-projection is not a valid value. Found empty object at path',
  ],
  [
    '$unset names a field and one inside it',
    [{ $unset: ['a', 'a.b.c'] }],
    31249,
    'Invalid $unset :: caused by :: Path collision at a.b.c remaining portion b.c',
  ],
  [
    '$unset names a field twice',
    [{ $unset: ['a', 'a'] }],
    31250,
    'Invalid $unset :: caused by :: Path collision at a',
  ],
  [
    '$unset names no path',
    [{ $unset: 'a.' }],
    40353,
    "Invalid $unset :: caused by :: FieldPath must not end with a '.'.",
  ],
  [
    '$unset is a number',
    [{ $unset: 1 }],
    31002,
    '$unset specification must be a string or an array',
  ],
  [
    '$bucket is unsorted',
    [{ $bucket: { groupBy: '$a', boundaries: [2, 1] } }],
    40194,
    "The 'boundaries' option to $bucket must be sorted, but elements 0 and 1 are not in ascending order.",
  ],
  [
    'a constant cannot be computed',
    [{ $addFields: { a: { $divide: [1, 0] } } }],
    2,
    "Failed to optimize pipeline :: caused by :: can't $divide by zero",
  ],
  [
    '$sample is negative',
    [{ $sample: { size: -1 } }],
    28747,
    'size argument to $sample must not be negative',
  ],
];

test.each(FAULTS)(
  'compilePipeline, when %s, refuses with MongoDB’s error',
  (_title, stages, code, message) => {
    const compile = (): unknown =>
      compilePipeline(stages.map(documentFromPlain), {
        namespace: { database: 'test', collection: 'c' },
        source: new MemorySource(),
      });
    expect(compile).toThrow(MongoServerError);
    expect(compile).toThrow(expect.objectContaining({ code, message }));
  },
);

test('$replaceRoot, when its value is no document, answers 40228 when it runs', async () => {
  await expect(
    aggregate(new MemorySource({ c: [{ _id: 1, a: 5 }] }), 'c', [
      { $replaceRoot: { newRoot: '$a' } },
    ]),
  ).rejects.toMatchObject({
    code: 40228,
    message:
      "'newRoot' expression must evaluate to an object, but resulting value was: 5. Type of resulting value: 'int'. Input document: { a: 5 }",
  });
});

test('SUPPORTED_STAGES, when it is read, names every stage', () => {
  expect(SUPPORTED_STAGES).toEqual([
    '$addFields',
    '$bucket',
    '$bucketAuto',
    '$collStats',
    '$count',
    '$densify',
    '$documents',
    '$facet',
    '$fill',
    '$graphLookup',
    '$group',
    '$limit',
    '$listLocalSessions',
    '$lookup',
    '$match',
    '$merge',
    '$out',
    '$project',
    '$redact',
    '$replaceRoot',
    '$replaceWith',
    '$sample',
    '$set',
    '$setWindowFields',
    '$skip',
    '$sort',
    '$sortByCount',
    '$unionWith',
    '$unset',
    '$unwind',
  ]);
});

test.each([
  ['$group', [{ $group: { _id: null, all: { $push: '$text' } } }]],
  ['$sort', [{ $unwind: '$one' }, { $sort: { text: 1 } }]],
] as [string, object[]][])(
  '%s, when it would hold more than 100 MB, answers 292',
  async (_stage, stages) => {
    const text = 'x'.repeat(40 * 1024 * 1024);
    const source = new MemorySource({
      c: [1, 2, 3].map((_id) => ({ _id, one: [1], text })),
    });
    await expect(aggregate(source, 'c', stages)).rejects.toMatchObject({
      code: 292,
      codeName: 'QueryExceededMemoryLimitNoDiskUseAllowed',
    });
  },
);

describe('$out and $merge', () => {
  test('$out, when it runs, replaces the collection and answers nothing', async () => {
    const source = new MemorySource({ sales: SALES, target: [{ _id: 9 }] });
    const result = await aggregate(source, 'sales', [
      { $match: { _id: 1 } },
      ids,
      { $out: 'target' },
    ]);
    expect(result).toEqual([]);
    await expect(aggregate(source, 'target', [])).resolves.toEqual(['{_id: 1}']);
  });

  test('$out, when a document has no _id, gives it one', async () => {
    const source = new MemorySource({ sales: SALES });
    await aggregate(source, 'sales', [
      { $limit: 1 },
      { $project: { _id: 0, item: 1 } },
      { $out: 't' },
    ]);
    expect(source.collections.get('t')?.[0]?.get('_id')).toBeInstanceOf(ObjectId);
  });

  const target = [{ _id: 1, old: true }];
  const rows: readonly (readonly [string, object, string[]])[] = [
    [
      'nothing is said, merges and inserts',
      {},
      ['{_id: 1, old: true, new: 1}', '{_id: 2, new: 2}'],
    ],
    ['matched replace', { whenMatched: 'replace' }, ['{_id: 1, new: 1}', '{_id: 2, new: 2}']],
    [
      'matched keepExisting',
      { whenMatched: 'keepExisting' },
      ['{_id: 1, old: true}', '{_id: 2, new: 2}'],
    ],
    ['not matched discard', { whenNotMatched: 'discard' }, ['{_id: 1, old: true, new: 1}']],
    [
      'matched is a pipeline',
      { whenMatched: [{ $set: { sum: { $add: ['$$new.new', 10] } } }] },
      ['{_id: 1, old: true, sum: 11}', '{_id: 2, new: 2}'],
    ],
  ];
  test.each(rows)(
    '$merge, when %s, leaves what MongoDB leaves',
    async (_title, options, expected) => {
      const source = new MemorySource({
        from: [
          { _id: 1, new: 1 },
          { _id: 2, new: 2 },
        ],
        target,
      });
      await aggregate(source, 'from', [{ $merge: { into: 'target', ...options } }]);
      await expect(aggregate(source, 'target', [{ $sort: { _id: 1 } }])).resolves.toEqual(expected);
    },
  );

  test('$merge, when whenMatched is fail and there is a match, answers 11000', async () => {
    const source = new MemorySource({ from: [{ _id: 1 }], target });
    await expect(
      aggregate(source, 'from', [{ $merge: { into: 'target', whenMatched: 'fail' } }]),
    ).rejects.toMatchObject({ code: 11000 });
  });

  test('$merge, when whenNotMatched is fail and there is no match, answers 13113', async () => {
    const source = new MemorySource({ from: [{ _id: 5 }], target });
    await expect(
      aggregate(source, 'from', [{ $merge: { into: 'target', whenNotMatched: 'fail' } }]),
    ).rejects.toMatchObject({ code: 13113 });
  });

  test('$merge, when no unique index covers its fields, answers 51183', async () => {
    const source = new MemorySource({ from: [{ _id: 5 }], target });
    await expect(
      aggregate(source, 'from', [{ $merge: { into: 'target', on: 'other' } }]),
    ).rejects.toMatchObject({ code: 51183 });
  });
});
