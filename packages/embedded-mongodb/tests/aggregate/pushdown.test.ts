import { compileDocumentStages, compilePipeline } from '../../src/aggregate';
import { MongoServerError } from '../../src/errors';
import { documentFromPlain, toPlain } from '../../src/values/plain';
import { aggregate, MemorySource } from '../helpers/memory-source';
import { show } from '../helpers/show';

/** What one read of the collection is asked to do, and the stages that remain. */
function plan(stages: object[]) {
  const { query, stageNames } = compilePipeline(stages.map(documentFromPlain), {
    namespace: { database: 'test', collection: 'c' },
    source: new MemorySource(),
  });
  return {
    filter: query?.filter && toPlain(query.filter),
    sort: query?.sort?.map((field) => (field.kind === 'path' ? [field.path, field.direction] : [])),
    skip: query?.skip,
    limit: query?.limit,
    rest: stageNames,
  };
}

const lookup = { $lookup: { from: 'u', localField: 'owner', foreignField: '_id', as: 'user' } };

describe('compilePipeline', () => {
  test('leading stages, when the collection can answer them, become one query', () => {
    expect(
      plan([
        { $match: { a: 1 } },
        { $sort: { b: -1 } },
        { $skip: 5 },
        { $limit: 10 },
        { $count: 'n' },
      ]),
    ).toEqual({
      filter: { a: 1 },
      sort: [['b', -1]],
      skip: 5,
      limit: 10,
      rest: ['$count'],
    });
  });

  test('paging, when it follows a join, moves before it', () => {
    expect(
      plan([
        { $match: { a: 1 } },
        lookup,
        { $addFields: { n: 1 } },
        { $sort: { b: 1 } },
        { $limit: 10 },
      ]),
    ).toMatchObject({
      filter: { a: 1 },
      sort: [['b', 1]],
      limit: 10,
      rest: ['$lookup', '$addFields'],
    });
  });

  test('a sort, when it reads what a join adds, stays behind it', () => {
    expect(plan([lookup, { $sort: { 'user.name': 1 } }, { $limit: 1 }])).toMatchObject({
      sort: undefined,
      limit: undefined,
      rest: ['$lookup', '$sort', '$limit'],
    });
  });

  test('a match, when it follows a projection that keeps its field, moves before it', () => {
    expect(plan([{ $project: { a: 1, x: '$y' } }, { $match: { a: 1 } }])).toMatchObject({
      filter: { a: 1 },
      rest: ['$project'],
    });
  });

  test('a match, when it reads a computed field, stays', () => {
    expect(plan([{ $project: { a: 1, x: '$y' } }, { $match: { x: 1 } }])).toMatchObject({
      filter: undefined,
      rest: ['$project', '$match'],
    });
  });

  test('a match, when it follows $unwind of another field, moves before it', () => {
    expect(plan([{ $unwind: '$tags' }, { $match: { a: 1 } }, { $limit: 3 }])).toMatchObject({
      filter: { a: 1 },
      limit: undefined,
      rest: ['$unwind', '$limit'],
    });
  });

  test('a count, when nothing else is asked, reads no document', async () => {
    const source = new MemorySource({ c: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] });
    await expect(
      aggregate(source, 'c', [{ $sort: { a: 1 } }, { $skip: 1 }, { $count: 'n' }]),
    ).resolves.toEqual(['{n: 2}']);
    expect(source.finds).toEqual([]);
    expect(source.counts).toEqual(['c']);
  });

  test.each<[string, object[], string[] | undefined]>([
    [
      'a projection picks and computes',
      [{ $project: { a: 1, x: '$y.z' } }],
      ['_id', 'a', 'x', 'y'],
    ],
    [
      'a group comes after stages that keep the documents',
      [{ $set: { 'b.c': { $size: '$d' } } }, { $group: { _id: '$e', n: { $sum: '$f.g' } } }],
      ['d', 'b', 'e', 'f'],
    ],
    [
      'a group sorts by names',
      [{ $group: { _id: null, t: { $top: { sortBy: { 'a.b': 1 }, output: '$c' } } } }],
      ['a', 'c'],
    ],
    [
      'a group keeps whole documents',
      [{ $group: { _id: '$a', all: { $push: '$$ROOT' } } }],
      undefined,
    ],
    ['a field is named by a value', [{ $project: { a: { $getField: 'b' } } }], undefined],
    ['they are answered as they are', [{ $set: { a: '$b' } }], undefined],
    ['a text stands for itself', [{ $project: { a: { $literal: '$b' } } }], ['_id', 'a']],
    [
      'a join precedes a projection',
      [lookup, { $unwind: '$user' }, { $project: { name: '$user.name' } }],
      ['user', 'owner', '_id', 'name'],
    ],
    [
      'all branches of a facet end in what they name',
      [{ $limit: 5 }, { $facet: { n: [{ $count: 'n' }], a: [{ $project: { a: 1, _id: 0 } }] } }],
      ['_id', 'a'],
    ],
    ['a branch of a facet answers them', [{ $facet: { all: [{ $limit: 1 }] } }], undefined],
  ])('documents, when %s, are read as far as they are looked at', (_when, stages, expected) => {
    const fields = compilePipeline(stages.map(documentFromPlain), {
      namespace: { database: 'test', collection: 'c' },
      source: new MemorySource(),
    }).query?.fields;
    expect(fields && [...new Set(fields)].toSorted()).toEqual(expected?.toSorted());
  });

  test('a hint, when it is given, goes with the query', () => {
    const { query } = compilePipeline([documentFromPlain({ $match: { a: 1 } })], {
      namespace: { database: 'test', collection: 'c' },
      source: new MemorySource(),
      hint: 'a_1',
    });
    expect(query?.hint).toBe('a_1');
  });

  test('command variables, when a pipeline uses them, are constants', async () => {
    const source = new MemorySource({
      c: [
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ],
    });
    const stages = [{ $match: { $expr: { $eq: ['$a', '$$x'] } } }, { $addFields: { t: '$$NOW' } }];
    await expect(
      aggregate(source, 'c', stages, { let: { x: 2 }, now: new Date(0) }),
    ).resolves.toEqual(['{_id: 2, a: 2, t: 1970-01-01T00:00:00.000Z}']);
  });
});

describe('compileDocumentStages', () => {
  test('an update pipeline, when it is applied, changes a copy', () => {
    const apply = compileDocumentStages([
      documentFromPlain({ $set: { n: { $add: ['$n', 1] } } }),
      documentFromPlain({ $unset: 'old' }),
    ]);
    const document = documentFromPlain({ _id: 1, n: 1, old: true });
    expect(show(apply(document))).toBe('{_id: 1, n: 2}');
    expect(show(document)).toBe('{_id: 1, n: 1, old: true}');
  });

  test('an update pipeline, when a stage is not for documents, is refused with 72', () => {
    const compile = (): unknown => compileDocumentStages([documentFromPlain({ $match: { a: 1 } })]);
    expect(compile).toThrow(MongoServerError);
    expect(compile).toThrow(
      expect.objectContaining({
        code: 72,
        message: '$match is not allowed to be used within an update',
      }),
    );
  });
});
