import { BSONRegExp } from 'bson';
import { aggregate, MemorySource } from '../helpers/memory-source';

const join = { from: 'foreign', localField: 'a', foreignField: 'b', as: 'found' };

/** The ids that one local document is joined with. */
async function joinedIds(local: object, foreign: object[], spec: object = join): Promise<string[]> {
  const source = new MemorySource({ local: [local], foreign });
  return aggregate(source, 'local', [
    { $lookup: spec },
    { $unwind: '$found' },
    { $project: { _id: 0, id: '$found._id' } },
  ]);
}

const FOREIGN = [
  { _id: 0, b: 1 },
  { _id: 1, b: [1, 2] },
  { _id: 2, b: null },
  { _id: 3 },
  { _id: 4, b: [] },
  { _id: 5, b: [[1]] },
  { _id: 6, b: [null] },
  { _id: 7, b: 'x' },
  { _id: 8, b: [[]] },
];

// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/lookup/ ("Equality Match")
test.each([
  ['is a scalar', { a: 1 }, [0, 1]],
  ['is of another numeric type', { a: 1.0 }, [0, 1]],
  ['is null', { a: null }, [2, 3, 6]],
  ['is missing', {}, [2, 3, 6]],
  ['is an empty array, like null', { a: [] }, [2, 3, 6]],
  ['is an array, each element counts', { a: ['x', 2] }, [1, 7]],
  ['holds an array in an array', { a: [[1]] }, [5]],
  ['holds an empty array in an array', { a: [[]] }, [4, 8]],
  ['matches nothing', { a: 'none' }, []],
  ['is a pattern, which is no search', { a: new BSONRegExp('x') }, []],
])(
  '$lookup by fields, when the local value %s, finds what an equality finds',
  async (_title, local, expected) => {
    await expect(joinedIds({ _id: 1, ...local }, FOREIGN)).resolves.toEqual(
      expected.map((id) => `{id: ${id}}`),
    );
  },
);

test('$lookup by fields, when the paths go through arrays, follows them', async () => {
  const ids = await joinedIds(
    { _id: 1, l: [{ k: 1 }, { k: 3 }] },
    [
      { _id: 1, f: [{ k: 3 }] },
      { _id: 2, f: { k: 1 } },
      { _id: 3, f: { k: 2 } },
    ],
    { from: 'foreign', localField: 'l.k', foreignField: 'f.k', as: 'found' },
  );
  expect(ids).toEqual(['{id: 1}', '{id: 2}']);
});

test('$lookup by fields, when many documents are joined, reads the collection once', async () => {
  const source = new MemorySource({
    local: Array.from({ length: 100 }, (_, index) => ({ _id: index, a: index % 7 })),
    foreign: Array.from({ length: 7 }, (_, index) => ({ _id: index, b: index })),
  });
  const result = await aggregate(source, 'local', [
    { $lookup: join },
    { $match: { 'found.0.b': 3 } },
    { $count: 'n' },
  ]);
  expect(result).toEqual(['{n: 14}']);
  expect(source.finds.filter(({ collection }) => collection === 'foreign')).toHaveLength(1);
});

test('$lookup, when `as` is dotted, makes the documents on the way', async () => {
  const source = new MemorySource({ local: [{ _id: 1, a: 1, x: 5 }], foreign: [{ _id: 9, b: 1 }] });
  await expect(aggregate(source, 'local', [{ $lookup: { ...join, as: 'x.y' } }])).resolves.toEqual([
    '{_id: 1, a: 1, x: {y: [{_id: 9, b: 1}]}}',
  ]);
});

describe('$lookup with a pipeline', () => {
  const local = [{ _id: 1, a: 1, least: 5 }, { _id: 2, a: 2, least: 0 }, { _id: 3 }];
  const foreign = [
    { _id: 10, b: 1, n: 4 },
    { _id: 11, b: 1, n: 6 },
    { _id: 12, b: 2, n: 1 },
    { _id: 13, n: 2 },
  ];
  const shape = [{ $project: { ids: '$found._id' } }];

  test.each([
    [
      'it is correlated by let and $expr',
      {
        from: 'foreign',
        let: { v: '$a' },
        pipeline: [{ $match: { $expr: { $eq: ['$b', '$$v'] } } }],
        as: 'found',
      },
      ['{_id: 1, ids: [10, 11]}', '{_id: 2, ids: [12]}', '{_id: 3, ids: [13]}'],
    ],
    [
      'it is correlated by more than an equality',
      {
        from: 'foreign',
        let: { v: '$a', m: '$least' },
        pipeline: [
          { $match: { $expr: { $and: [{ $eq: ['$$v', '$b'] }, { $gte: ['$n', '$$m'] }] } } },
        ],
        as: 'found',
      },
      ['{_id: 1, ids: [11]}', '{_id: 2, ids: [12]}', '{_id: 3, ids: [13]}'],
    ],
    [
      'it is correlated by no equality',
      {
        from: 'foreign',
        let: { m: '$least' },
        pipeline: [{ $match: { $expr: { $lt: ['$n', '$$m'] } } }],
        as: 'found',
      },
      ['{_id: 1, ids: [10, 12, 13]}', '{_id: 2, ids: []}', '{_id: 3, ids: []}'],
    ],
    [
      'it is joined by fields too',
      { ...join, pipeline: [{ $sort: { n: -1 } }, { $project: { n: 1 } }] },
      ['{_id: 1, ids: [11, 10]}', '{_id: 2, ids: [12]}', '{_id: 3, ids: [13]}'],
    ],
    [
      'it is joined by fields and limited',
      { ...join, pipeline: [{ $sort: { n: -1 } }, { $limit: 1 }] },
      ['{_id: 1, ids: [11]}', '{_id: 2, ids: [12]}', '{_id: 3, ids: [13]}'],
    ],
    [
      'it depends on nothing',
      { from: 'foreign', pipeline: [{ $match: { n: { $gt: 4 } } }], as: 'found' },
      ['{_id: 1, ids: [11]}', '{_id: 2, ids: [11]}', '{_id: 3, ids: [11]}'],
    ],
    [
      'it makes its documents itself',
      { pipeline: [{ $documents: [{ _id: 7 }] }], as: 'found' },
      ['{_id: 1, ids: [7]}', '{_id: 2, ids: [7]}', '{_id: 3, ids: [7]}'],
    ],
  ] as [string, object, string[]][])(
    '$lookup, when %s, gives what MongoDB gives',
    async (_title, spec, expected) => {
      const source = new MemorySource({ local, foreign });
      await expect(aggregate(source, 'local', [{ $lookup: spec }, ...shape])).resolves.toEqual(
        expected,
      );
    },
  );

  test('$lookup, when its pipeline only counts, fetches no foreign document', async () => {
    const source = new MemorySource({ local, foreign });
    const result = await aggregate(source, 'local', [
      { $lookup: { ...join, pipeline: [{ $count: 'n' }] } },
      { $project: { n: { $first: '$found.n' } } },
    ]);
    expect(result).toEqual(['{_id: 1, n: 2}', '{_id: 2, n: 1}', '{_id: 3, n: 1}']);
    expect(source.finds.map(({ collection }) => collection)).toEqual(['local']);
  });

  test('$lookup, when it is correlated by an equality, reads the collection once', async () => {
    const source = new MemorySource({ local, foreign });
    await aggregate(source, 'local', [
      {
        $lookup: {
          from: 'foreign',
          let: { v: '$a' },
          pipeline: [{ $match: { $expr: { $eq: ['$b', '$$v'] } } }],
          as: 'found',
        },
      },
    ]);
    expect(source.finds.filter(({ collection }) => collection === 'foreign')).toHaveLength(1);
  });

  test('$lookup, when its pipeline draws at random, draws anew for every document', async () => {
    const source = new MemorySource({ local: [{ _id: 1 }, { _id: 2 }], foreign: [{ _id: 3 }] });
    const drawing = [{ $set: { drawn: { $rand: {} } } }];
    const drawn = await aggregate(source, 'local', [
      { $lookup: { ...join, localField: 'none', foreignField: 'none', pipeline: drawing } },
      { $unwind: '$found' },
      { $group: { _id: '$found.drawn' } },
      { $count: 'different' },
    ]);

    expect(drawn).toEqual(['{different: 2}']);
  });

  test('$lookup, when it is nested, sees the variables of the outer one', async () => {
    const source = new MemorySource({ local: [{ _id: 1, a: 1 }], foreign });
    const inner = {
      from: 'foreign',
      pipeline: [
        { $match: { $expr: { $eq: ['$_id', { $add: ['$$v', 11] }] } } },
        { $project: { _id: 1 } },
      ],
      as: 'inner',
    };
    const result = await aggregate(source, 'local', [
      {
        $lookup: {
          from: 'foreign',
          let: { v: '$a' },
          pipeline: [{ $match: { _id: 10 } }, { $lookup: inner }, { $project: { inner: 1 } }],
          as: 'found',
        },
      },
    ]);
    expect(result).toEqual(['{_id: 1, a: 1, found: [{_id: 10, inner: [{_id: 12}]}]}']);
  });
});

describe('$graphLookup', () => {
  const people = [
    { _id: 1, name: 'Dev' },
    { _id: 2, name: 'Eliot', boss: 'Dev' },
    { _id: 3, name: 'Ron', boss: 'Eliot' },
    { _id: 4, name: 'Andrew', boss: 'Eliot' },
  ];
  const graph = {
    from: 'people',
    startWith: '$boss',
    connectFromField: 'boss',
    connectToField: 'name',
    as: 'chain',
  };

  test('$graphLookup, when it has no bound, follows the chain to its end', async () => {
    await expect(
      aggregate(new MemorySource({ people }), 'people', [
        { $match: { _id: 3 } },
        { $graphLookup: { ...graph, depthField: 'd' } },
      ]),
    ).resolves.toEqual([
      '{_id: 3, name: "Ron", boss: "Eliot", chain: [{_id: 2, name: "Eliot", boss: "Dev", d: 0L}, {_id: 1, name: "Dev", d: 1L}]}',
    ]);
  });

  test('$graphLookup, when it is bounded and restricted, stops there', async () => {
    await expect(
      aggregate(new MemorySource({ people }), 'people', [
        { $match: { _id: 3 } },
        {
          $graphLookup: {
            ...graph,
            maxDepth: 0,
            restrictSearchWithMatch: { name: { $ne: 'Dev' } },
          },
        },
        { $project: { n: { $size: '$chain' } } },
      ]),
    ).resolves.toEqual(['{_id: 3, n: 1}']);
  });
});
