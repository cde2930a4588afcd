import type { Collection, Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

const IGNORING_CASE = { locale: 'en', strength: 2 } as const;
const SIMPLE = { locale: 'simple' };
const COMPLETE = {
  locale: 'en',
  caseLevel: false,
  caseFirst: 'off',
  strength: 2,
  numericOrdering: false,
  alternate: 'non-ignorable',
  maxVariable: 'punct',
  normalization: false,
  backwards: false,
  version: '57.1',
};

interface Word extends Document {
  _id: number;
  x: string;
}

let server: TestInstance;
let words: Collection<Word>;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  await server.database.dropDatabase();
  words = await server.database.createCollection<Word>('words', { collation: IGNORING_CASE });
  await words.insertMany([
    { _id: 1, x: 'a' },
    { _id: 2, x: 'Z' },
    { _id: 3, x: 'A' },
  ]);
});

async function idsOf(cursor: { toArray(): Promise<Word[]> }): Promise<number[]> {
  return (await cursor.toArray()).map(({ _id }) => _id);
}

describe('create', () => {
  test('create, when a collation is given, lists it whole, also for the _id index', async () => {
    const [listed] = await server.database.listCollections({ name: 'words' }).toArray();
    expect(listed).toMatchObject({
      options: { collation: COMPLETE },
      idIndex: { v: 2, key: { _id: 1 }, name: '_id_', collation: COMPLETE },
    });
  });

  test('create, when it is repeated with the same collation, succeeds', async () => {
    const again = { create: 'words', collation: IGNORING_CASE };
    expect(await server.database.command(again)).toMatchObject({ ok: 1 });
  });

  test.each([
    ['none', {}],
    ['the simple one', { collation: SIMPLE }],
    ['another', { collation: { locale: 'en', strength: 1 } }],
  ])('create, when it is repeated with %s instead, answers 48', async (_which, options) => {
    await expect(server.database.command({ create: 'words', ...options })).rejects.toMatchObject({
      code: 48,
    });
  });

  test('create, when the collation is simple, keeps none', async () => {
    await server.database.createCollection('plain', { collation: SIMPLE });
    const [listed] = await server.database.listCollections({ name: 'plain' }).toArray();
    expect(listed).toMatchObject({ options: {}, idIndex: { v: 2, key: { _id: 1 }, name: '_id_' } });
    expect((listed as { options: Document }).options).not.toHaveProperty('collation');
  });

  test('create, when the locale is unknown, answers 2 and makes nothing', async () => {
    const command = { create: 'foreign', collation: { locale: 'xx-none' } };
    await expect(server.database.command(command)).rejects.toMatchObject({ code: 2 });
    expect(await server.database.listCollections({ name: 'foreign' }).toArray()).toEqual([]);
  });

  test.each([
    ['da', { caseFirst: 'upper' }],
    ['th', { alternate: 'shifted' }],
    ['en_US', { caseFirst: 'off', backwards: false, strength: 3 }],
  ])(
    'create, when the locale is %s, lists what the language means by default',
    async (locale, defaults) => {
      await server.database.createCollection('local', { collation: { locale } });
      const [listed] = await server.database.listCollections({ name: 'local' }).toArray();
      expect(listed).toMatchObject({ options: { collation: { locale, ...defaults } } });
    },
  );
});

test('create, when the language compares accents backwards, is refused and makes nothing', async () => {
  const command = { create: 'local', collation: { locale: 'fr_CA' } };
  await expect(server.database.command(command)).rejects.toMatchObject({ code: 238 });
  expect(await server.database.listCollections({ name: 'local' }).toArray()).toEqual([]);
});

describe('commands without a collation', () => {
  test('find, when the collection has one, filters and sorts by it', async () => {
    expect(await idsOf(words.find({ x: 'A' }).sort({ _id: 1 }))).toEqual([1, 3]);
    expect(await idsOf(words.find({ _id: { $ne: 3 } }).sort({ x: 1 }))).toEqual([1, 2]);
  });

  test('find, when it asks for the simple one, compares bytes', async () => {
    expect(await idsOf(words.find({ x: 'A' }, { collation: SIMPLE }))).toEqual([3]);
    const sorted = words.find({}, { collation: SIMPLE }).sort({ x: 1 });
    expect(await idsOf(sorted)).toEqual([3, 2, 1]);
  });

  test('count, distinct and aggregate, when the collection has one, follow it', async () => {
    expect(await words.countDocuments({ x: 'A' })).toBe(2);
    expect(await server.database.command({ count: 'words', query: { x: 'z' } })).toMatchObject({
      n: 1,
    });
    expect(await words.distinct('x')).toEqual(['a', 'Z']);
    const pipeline = [{ $match: { x: 'z' } }, { $sort: { x: 1 } }];
    expect(await words.aggregate(pipeline).toArray()).toEqual([{ _id: 2, x: 'Z' }]);
  });

  test('updates and deletes, when the collection has one, choose by it', async () => {
    expect(await words.updateMany({ x: 'A' }, { $set: { hit: 1 } })).toMatchObject({
      matchedCount: 2,
    });
    expect(await words.findOneAndUpdate({ x: 'z' }, { $set: { hit: 2 } })).toMatchObject({
      _id: 2,
    });
    expect(await words.deleteMany({ x: 'A' })).toMatchObject({ deletedCount: 2 });
    expect(await words.find().toArray()).toEqual([{ _id: 2, x: 'Z', hit: 2 }]);
  });

  test('explain, when the collection has one, explains that query as it was sent', async () => {
    const explained = await words.find({ x: 'A' }).explain('executionStats');
    expect(explained).toMatchObject({
      executionStats: { nReturned: 2 },
      command: { find: 'words', filter: { x: 'A' } },
    });
    expect(explained.command as Document).not.toHaveProperty('collation');
  });
});

describe('_id', () => {
  test('insert, when an _id is equal under the collation, answers 11000', async () => {
    const named = server.database.collection<{ _id: string }>('words');
    await named.insertOne({ _id: 'one' });
    await expect(named.insertOne({ _id: 'ONE' })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { _id: 1 },
    });
    expect(await named.findOne({ _id: 'One' })).toEqual({ _id: 'one' });
    expect(await named.countDocuments({ _id: { $type: 'string' } })).toBe(1);
  });
});

test('a clustered collection, when it has a collation, holds no two equal _ids', async () => {
  const named = await server.database.createCollection<{ _id: string }>('clustered', {
    clusteredIndex: { key: { _id: 1 }, unique: true },
    collation: IGNORING_CASE,
  });
  await named.insertOne({ _id: 'one' });
  await expect(named.insertOne({ _id: 'ONE' })).rejects.toMatchObject({ code: 11000 });
  expect(await named.findOne({ _id: 'One' })).toEqual({ _id: 'one' });
  expect(await named.indexes()).toMatchObject([{ clustered: true, collation: COMPLETE }]);
});

test('$merge, when the unique index of its target has a collation and the pipeline none, answers 51183', async () => {
  const source = server.database.collection<Word>('source');
  await source.insertOne({ _id: 1, x: 'q' });
  await expect(source.aggregate([{ $merge: 'words' }]).toArray()).rejects.toMatchObject({
    code: 51183,
  });
  expect(await words.countDocuments()).toBe(3);
});

test('$out, when its target has a collation, keeps it and its indexes', async () => {
  await words.createIndex({ x: 1 });
  const source = server.database.collection<Word>('source');
  await source.insertOne({ _id: 9, x: 'q' });
  await source.aggregate([{ $match: {} }, { $out: 'words' }]).toArray();
  const [listed] = await server.database.listCollections({ name: 'words' }).toArray();
  expect(listed).toMatchObject({ options: { collation: COMPLETE } });
  expect(await words.indexes()).toMatchObject([
    { name: '_id_', collation: COMPLETE },
    { name: 'x_1', collation: COMPLETE },
  ]);
  expect(await idsOf(words.find({ x: 'Q' }))).toEqual([9]);
});

test('a restart, when a collection has a collation, keeps it', async () => {
  const dataDir = server.dataDir;
  await server.client.close();
  await server.instance.stop();
  server = await startTestInstance({ dataDir });
  words = server.database.collection<Word>('words');
  expect(await idsOf(words.find({ x: 'A' }).sort({ _id: 1 }))).toEqual([1, 3]);
});
