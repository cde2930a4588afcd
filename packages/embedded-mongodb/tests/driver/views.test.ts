import type { Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

const PEOPLE = [
  { _id: 1, name: 'Ada', age: 36, tags: ['x', 'y'], secret: true },
  { _id: 2, name: 'Bob', age: 17, tags: ['y'], secret: true },
  { _id: 3, name: 'Cid', age: 52, tags: [], secret: false },
  { _id: 4, name: 'Dea', age: 20, tags: ['z'], secret: false },
];
const ADULTS = [{ $match: { age: { $gte: 18 } } }, { $project: { secret: 0 } }];

type Person = (typeof PEOPLE)[number];

beforeAll(async () => {
  server = await startTestInstance();
  const people = server.database.collection<Person>('people');
  await people.insertMany(PEOPLE);
  await people.createIndex({ age: 1 });
  await server.database.createCollection('adults', { viewOn: 'people', pipeline: ADULTS });
});

afterAll(async () => {
  await server.close();
});

const command = (body: Document): Promise<Document> => server.database.command(body);

async function refusal(body: Document): Promise<unknown> {
  return command(body).then(
    (reply) => (reply.writeErrors as Document[] | undefined)?.[0]?.code ?? 'no error',
    (error: { code: number }) => error.code,
  );
}

describe('create', () => {
  test('create, when given viewOn, lists a view and system.views', async () => {
    const listed = await server.database.listCollections({}, { nameOnly: false }).toArray();
    expect(listed).toMatchObject([
      {
        name: 'adults',
        type: 'view',
        options: { viewOn: 'people', pipeline: ADULTS },
        info: { readOnly: true },
      },
      { name: 'people', type: 'collection' },
      { name: 'system.views', type: 'collection' },
    ]);
    expect(listed[0]).not.toHaveProperty('idIndex');
    expect(await server.database.collection('system.views').find().toArray()).toEqual([
      { _id: 'test.adults', viewOn: 'people', pipeline: ADULTS },
    ]);
  });

  test('create, when the same view exists, succeeds; another of the name is refused with 48', async () => {
    const same = { create: 'adults', viewOn: 'people', pipeline: ADULTS };
    expect(await command(same)).toMatchObject({ ok: 1 });
    expect(await refusal({ ...same, pipeline: [] })).toBe(48);
    expect(await refusal({ create: 'adults' })).toBe(48);
    expect(await refusal({ create: 'people', viewOn: 'adults' })).toBe(48);
  });

  test.each([
    [{ viewOn: '' }, 2],
    [{ pipeline: [] }, 2],
    [{ viewOn: 'people', capped: true, size: 100 }, 72],
    [{ viewOn: 'people', pipeline: [{ $nope: 1 }] }, 40324],
    [{ viewOn: 'people', pipeline: [{ $out: 'x' }] }, 167],
    [{ viewOn: 'people', pipeline: [{ $match: { $expr: '$$unknown' } }] }, 17276],
    [{ viewOn: 'bad' }, 5],
  ])('create, when given %j, is refused with %i', async (options, code) => {
    expect(await refusal({ create: 'bad', ...options })).toBe(code);
    expect(await server.database.listCollections({ name: 'bad' }).toArray()).toEqual([]);
  });

  test('create, when views would read each other in a circle, is refused with 5', async () => {
    await command({ create: 'ring1', viewOn: 'ring2' });
    await command({
      create: 'ring2',
      viewOn: 'people',
      pipeline: [{ $unionWith: 'ring3' }],
    });
    expect(await refusal({ create: 'ring3', viewOn: 'ring1' })).toBe(5);
  });

  test('create, when more than 20 views would stand on each other, is refused with 165', async () => {
    for (let depth = 1; depth <= 20; depth += 1) {
      await command({
        create: `tower${depth}`,
        viewOn: depth > 1 ? `tower${depth - 1}` : 'people',
      });
    }
    expect(await server.database.collection('tower20').countDocuments()).toBe(4);
    expect(await refusal({ create: 'tower21', viewOn: 'tower20' })).toBe(165);
  });

  test('create, when in a transaction, is refused with 263', async () => {
    await server.client.withSession(async (session) => {
      session.startTransaction();
      await expect(
        server.database.command({ create: 'never', viewOn: 'people' }, { session }),
      ).rejects.toMatchObject({ code: 263 });
      await session.abortTransaction();
    });
  });
});

describe('find', () => {
  test('find, when it filters, sorts, skips, limits and projects, does so on what the view gives', async () => {
    const adults = server.database.collection<Omit<Person, 'secret'>>('adults');
    expect(await adults.find({ _id: 1 }).toArray()).toEqual([
      { _id: 1, name: 'Ada', age: 36, tags: ['x', 'y'] },
    ]);
    expect(await adults.find({ $expr: '$secret' }).toArray()).toEqual([]);
    expect(
      await adults
        .find({}, { projection: { name: 1, _id: 0 } })
        .sort({ age: -1 })
        .skip(1)
        .limit(1)
        .toArray(),
    ).toEqual([{ name: 'Ada' }]);
  });

  test('find, when there are more than a batch, goes on by getMore under the name of the view', async () => {
    const reply = await server.database.command(
      { find: 'adults', batchSize: 2, sort: { _id: 1 } },
      { promoteLongs: false },
    );
    expect(reply.cursor).toMatchObject({ ns: 'test.adults', firstBatch: [{ _id: 1 }, { _id: 3 }] });
    expect(await command({ getMore: reply.cursor.id, collection: 'adults' })).toMatchObject({
      cursor: { nextBatch: [{ _id: 4 }], ns: 'test.adults' },
    });
  });

  test('find, when a view stands on a view, applies both', async () => {
    await command({
      create: 'seniors',
      viewOn: 'adults',
      pipeline: [{ $match: { age: { $gt: 50 } } }, { $set: { kind: 'senior' } }],
    });
    expect(await server.database.collection('seniors').find({ kind: 'senior' }).toArray()).toEqual([
      { _id: 3, name: 'Cid', age: 52, tags: [], kind: 'senior' },
    ]);
  });

  test('find, when the source does not exist, gives nothing', async () => {
    await command({ create: 'hollow', viewOn: 'nowhere', pipeline: [{ $match: { a: 1 } }] });
    expect(await server.database.collection('hollow').find().toArray()).toEqual([]);
    expect(await server.database.collection('hollow').countDocuments()).toBe(0);
  });

  test('find, when its let names a variable, uses it though the view does not', async () => {
    const reply = await command({
      find: 'adults',
      filter: { $expr: { $eq: ['$name', '$$who'] } },
      let: { who: 'Dea' },
    });
    expect(reply.cursor.firstBatch).toMatchObject([{ _id: 4 }]);
  });

  test.each([
    [{ tailable: true }, 168],
    [{ sort: { $natural: 1 } }, 168],
    [{ showRecordId: true }, 168],
    [{ min: { a: 1 } }, 168],
    [{ noCursorTimeout: true }, 168],
    [{ singleBatch: true }, 168],
    [{ projection: { tags: { $slice: 1 } } }, 28667],
    [{ projection: { tags: { $elemMatch: { a: 1 } } } }, 168],
    [{ collation: { locale: 'en' } }, 167],
  ])('find, when given %j, is refused with %i', async (options, code) => {
    expect(await refusal({ find: 'adults', ...options })).toBe(code);
  });

  test('find, when in a transaction, reads the view in its snapshot', async () => {
    await server.client.withSession(async (session) => {
      session.startTransaction();
      await server.database
        .collection<Person>('people')
        .updateOne({ _id: 2 }, { $set: { age: 18 } }, { session });
      expect(
        await server.database.collection('adults').find({}, { session }).toArray(),
      ).toHaveLength(4);
      await session.abortTransaction();
    });
    expect(await server.database.collection('adults').find().toArray()).toHaveLength(3);
  });
});

describe('other reads', () => {
  test('count and distinct, when asked of a view, count what it gives', async () => {
    expect(await command({ count: 'adults' })).toMatchObject({ n: 3 });
    expect(await command({ count: 'adults', query: { age: { $lt: 30 } } })).toMatchObject({ n: 1 });
    expect(await command({ count: 'adults', skip: 1, limit: 1 })).toMatchObject({ n: 1 });
    expect(await command({ count: 'adults', query: { age: 1000 } })).toMatchObject({ n: 0 });
    const { values } = await command({ distinct: 'adults', key: 'tags' });
    expect((values as string[]).sort()).toEqual(['x', 'y', 'z']);
    expect(await command({ distinct: 'adults', key: 'secret' })).toMatchObject({ values: [] });
  });

  test('aggregate, when asked of a view, goes on where its pipeline ends', async () => {
    const result = await server.database
      .collection('adults')
      .aggregate([{ $group: { _id: null, sum: { $sum: '$age' } } }])
      .toArray();
    expect(result).toEqual([{ _id: null, sum: 108 }]);
  });

  test.each([
    [
      '$lookup',
      { $lookup: { from: 'adults', localField: '_id', foreignField: '_id', as: 'found' } },
    ],
    [
      '$lookup with a pipeline',
      {
        $lookup: {
          from: 'adults',
          let: { id: '$_id' },
          pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$id'] } } }],
          as: 'found',
        },
      },
    ],
    [
      '$graphLookup',
      {
        $graphLookup: {
          from: 'adults',
          startWith: '$_id',
          connectFromField: 'none',
          connectToField: '_id',
          as: 'found',
        },
      },
    ],
  ])('%s, when it reads a view, finds what the view gives', async (_name, stage) => {
    const result = await server.database
      .collection('people')
      .aggregate([stage, { $project: { found: '$found.name', secret: '$found.secret' } }])
      .toArray();
    expect(result).toEqual([
      { _id: 1, found: ['Ada'], secret: [] },
      { _id: 2, found: [], secret: [] },
      { _id: 3, found: ['Cid'], secret: [] },
      { _id: 4, found: ['Dea'], secret: [] },
    ]);
  });

  test('$unionWith, when it reads a view, adds what the view gives', async () => {
    const result = await server.database
      .collection('adults')
      .aggregate([
        { $unionWith: { coll: 'adults', pipeline: [{ $match: { _id: 4 } }] } },
        { $project: { _id: 1 } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(result).toEqual([{ _id: 1 }, { _id: 3 }, { _id: 4 }, { _id: 4 }]);
  });

  test('explain, when asked of a find on a view, shows the index of the source', async () => {
    const explained = await server.database.collection('adults').find({ name: 'Ada' }).explain();
    const text = JSON.stringify(explained);
    expect(text).toContain('"indexName":"age_1"');
    expect(text).toContain('"namespace":"test.people"');
  });

  test('explain, when asked of an aggregate, lists the stages of view and command', async () => {
    const explained = await server.database
      .collection('adults')
      .aggregate([{ $group: { _id: '$name' } }])
      .explain();
    const stages = (explained.stages as Document[]).map((stage) => Object.keys(stage)[0]);
    expect(stages).toEqual(['$cursor', '$project', '$group']);
  });

  test('$text, when the view has stages before it, is refused with 17313', async () => {
    await server.database.collection('people').createIndex({ name: 'text' });
    expect(await refusal({ find: 'adults', filter: { $text: { $search: 'Ada' } } })).toBe(17313);
    await command({ create: 'all', viewOn: 'people' });
    expect(await command({ find: 'all', filter: { $text: { $search: 'Ada' } } })).toMatchObject({
      cursor: { firstBatch: [{ _id: 1 }] },
    });
  });
});

describe('refused', () => {
  test.each([
    [{ insert: 'adults', documents: [{ a: 1 }] }],
    [{ update: 'adults', updates: [{ q: {}, u: { $set: { a: 1 } } }] }],
    [{ update: 'adults', updates: [{ q: {}, u: { $set: { a: 1 } }, upsert: true }] }],
    [{ delete: 'adults', deletes: [{ q: {}, limit: 0 }] }],
    [{ findAndModify: 'adults', query: {}, remove: true }],
    [{ createIndexes: 'adults', indexes: [{ key: { a: 1 }, name: 'a_1' }] }],
    [{ dropIndexes: 'adults', index: '*' }],
    [{ listIndexes: 'adults' }],
    [{ collStats: 'adults' }],
    [{ validate: 'adults' }],
    [{ convertToCapped: 'adults', size: 1024 }],
    [{ aggregate: 'people', pipeline: [{ $out: 'adults' }], cursor: {} }],
    [{ aggregate: 'people', pipeline: [{ $merge: 'adults' }], cursor: {} }],
    [{ aggregate: 'adults', pipeline: [{ $collStats: { count: {} } }], cursor: {} }],
  ])('%j, is refused with 166', async (body) => {
    expect(await refusal(body)).toBe(166);
    expect(await server.database.collection('people').countDocuments()).toBe(4);
  });

  test('insert, when it is unordered, refuses every document', async () => {
    const reply = await command({
      insert: 'adults',
      documents: [{ a: 1 }, { a: 2 }],
      ordered: false,
    });
    expect(reply).toMatchObject({
      n: 0,
      writeErrors: [
        { index: 0, code: 166 },
        { index: 1, code: 166 },
      ],
    });
  });

  test('renameCollection, when it is about views, is refused with 166 and 48', async () => {
    const admin = server.client.db('admin');
    await expect(
      admin.command({ renameCollection: 'test.adults', to: 'test.grown' }),
    ).rejects.toMatchObject({ code: 166 });
    await expect(
      admin.command({ renameCollection: 'test.people', to: 'test.adults', dropTarget: true }),
    ).rejects.toMatchObject({ code: 48 });
  });

  test('system.views, when written to, refuses', async () => {
    expect(await refusal({ insert: 'system.views', documents: [{ _id: 'a' }] })).toBe(238);
    expect(await refusal({ delete: 'system.views', deletes: [{ q: {}, limit: 0 }] })).toBe(238);
  });
});

describe('collMod and drop', () => {
  test('collMod, when it gives viewOn and pipeline, changes what is read', async () => {
    await command({ create: 'movable', viewOn: 'people', pipeline: [{ $match: { _id: 1 } }] });
    await command({ collMod: 'movable', viewOn: 'people', pipeline: [{ $match: { _id: 2 } }] });
    expect(await server.database.collection('movable').find().toArray()).toMatchObject([
      { _id: 2 },
    ]);
    expect(
      await server.database
        .collection<{ _id: string }>('system.views')
        .findOne({ _id: 'test.movable' }),
    ).toMatchObject({ pipeline: [{ $match: { _id: 2 } }] });
  });

  test.each([
    [{ collMod: 'adults', viewOn: 'people' }, 72],
    [{ collMod: 'adults', pipeline: [] }, 72],
    [{ collMod: 'adults', viewOn: 'people', pipeline: [], cappedMax: 1 }, 72],
    [{ collMod: 'adults', index: { name: 'a', hidden: true } }, 72],
    [{ collMod: 'adults', viewOn: 'adults', pipeline: [] }, 5],
    [{ collMod: 'people', viewOn: 'adults', pipeline: [] }, 72],
    [{ collMod: 'absent', viewOn: 'adults', pipeline: [] }, 26],
  ])('%j, is refused with %i', async (body, code) => {
    expect(await refusal(body)).toBe(code);
  });

  test('drop, when it is a view, leaves its source and says no indexes', async () => {
    await command({ create: 'passing', viewOn: 'people' });
    const reply = await command({ drop: 'passing' });
    expect(reply).toMatchObject({ ns: 'test.passing', ok: 1 });
    expect(reply).not.toHaveProperty('nIndexesWas');
    expect(await server.database.listCollections({ name: 'passing' }).toArray()).toEqual([]);
    expect(
      await server.database
        .collection<{ _id: string }>('system.views')
        .findOne({ _id: 'test.passing' }),
    ).toBeNull();
    expect(await server.database.collection('people').countDocuments()).toBe(4);
  });

  test('dropping system.views, when there are views, drops them all', async () => {
    const other = server.client.db('other');
    await other.collection('base').insertOne({ a: 1 });
    await other.createCollection('shown', { viewOn: 'base' });
    expect(await other.command({ dbStats: 1 })).toMatchObject({ views: 1, collections: 2 });
    await other.collection('system.views').drop();
    expect((await other.listCollections().toArray()).map(({ name }) => name)).toEqual(['base']);
  });
});

test('restart, when there are views, brings them back', async () => {
  const first = await startTestInstance();
  await first.database.collection('base').insertOne({ a: 1 });
  await first.database.createCollection('shown', {
    viewOn: 'base',
    pipeline: [{ $match: { a: 1 } }],
  });
  await first.client.close();
  await first.instance.stop();
  const second = await startTestInstance({ dataDir: first.dataDir });
  expect(await second.database.collection('shown').countDocuments()).toBe(1);
  expect(await second.database.listCollections({ name: 'shown' }).toArray()).toMatchObject([
    { type: 'view' },
  ]);
  await second.close();
});
