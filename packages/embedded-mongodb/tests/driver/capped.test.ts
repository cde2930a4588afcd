import type { Collection } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

interface Entry {
  _id: number;
  text?: string;
}

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

async function capped(name: string, options: { size: number; max?: number }) {
  return server.database.createCollection<Entry>(name, { capped: true, ...options });
}

async function idsOf(collection: Collection<Entry>): Promise<number[]> {
  return (await collection.find().toArray()).map(({ _id }) => _id);
}

function entries(from: number, to: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ _id: from + index }));
}

describe('create', () => {
  test('create, when the size is no multiple of 256, keeps the next one', async () => {
    await capped('rounded', { size: 1000, max: 7 });
    const [listed] = await server.database.listCollections({ name: 'rounded' }).toArray();
    expect(listed).toMatchObject({ options: { capped: true, size: 1024, max: 7 } });
  });

  test.each([
    [{ capped: true }, 72],
    [{ size: 1024 }, 72],
    [{ max: 3 }, 72],
    [{ capped: true, size: -1 }, 2],
    [{ capped: true, size: 1024, max: 2 ** 31 }, 2],
  ])('create, when given %j, is refused with %i', async (options, code) => {
    await expect(server.database.command({ create: 'wrong', ...options })).rejects.toMatchObject({
      code,
    });
    expect(await server.database.listCollections({ name: 'wrong' }).toArray()).toEqual([]);
  });

  test('collStats, when the collection is capped, answers its limits', async () => {
    await capped('measured', { size: 4096, max: 5 });
    expect(await server.database.command({ collStats: 'measured' })).toMatchObject({
      capped: true,
      max: 5,
      maxSize: 4096,
    });
  });
});

describe('insert', () => {
  test('insert, when max is reached, removes the oldest', async () => {
    const collection = await capped('by-count', { size: 1 << 20, max: 3 });
    await collection.insertMany(entries(1, 5));
    await collection.insertOne({ _id: 6 });
    expect(await idsOf(collection)).toEqual([4, 5, 6]);
    expect(await collection.countDocuments({ _id: 1 })).toBe(0);
    expect(await collection.estimatedDocumentCount()).toBe(3);
  });

  test('insert, when the size is reached, removes as many of the oldest as it takes', async () => {
    const collection = await capped('by-size', { size: 512 });
    // Each is 14 + 16 + length bytes of BSON.
    for (const { _id } of entries(1, 6)) await collection.insertOne({ _id, text: 'x'.repeat(98) });
    expect(await idsOf(collection)).toEqual([3, 4, 5, 6]);
    await collection.insertOne({ _id: 7, text: 'x'.repeat(300) });
    expect(await idsOf(collection)).toEqual([6, 7]);
  });

  test('insert, when the document alone is larger than the size, keeps just it', async () => {
    const collection = await capped('too-large', { size: 256 });
    await collection.insertOne({ _id: 1 });
    await collection.insertOne({ _id: 2, text: 'x'.repeat(1000) });
    expect(await idsOf(collection)).toEqual([2]);
  });

  test('insert, when a unique key is taken, removes nothing', async () => {
    const collection = await capped('unique', { size: 4096, max: 2 });
    await collection.insertMany(entries(1, 2));
    await expect(collection.insertOne({ _id: 2 })).rejects.toMatchObject({ code: 11000 });
    expect(await idsOf(collection)).toEqual([1, 2]);
  });

  test('upsert, when max is reached, removes the oldest', async () => {
    const collection = await capped('upsert', { size: 4096, max: 2 });
    await collection.insertMany(entries(1, 2));
    await collection.updateOne({ _id: 9 }, { $set: { text: 'new' } }, { upsert: true });
    expect(await idsOf(collection)).toEqual([2, 9]);
  });

  test('insert, when thousands pass through at once, leaves collection and indexes agreeing', async () => {
    const collection = await capped('stream', { size: 1 << 20, max: 100 });
    await collection.createIndex({ text: 1 });
    await collection.insertMany(entries(1, 3000).map((entry) => ({ ...entry, text: 'even' })));
    expect(await idsOf(collection)).toEqual(entries(2901, 3000).map(({ _id }) => _id));
    expect(await server.database.command({ validate: 'stream' })).toMatchObject({
      valid: true,
      nrecords: 100,
      keysPerIndex: { _id_: 100, text_1: 100 },
    });
  });
});

describe('other writes', () => {
  test('update, when it grows a document beyond the size, is allowed and the next insert makes room', async () => {
    const collection = await capped('growing', { size: 512 });
    await collection.insertMany(entries(1, 3));
    await collection.updateOne({ _id: 3 }, { $set: { text: 'x'.repeat(600) } });
    expect(await idsOf(collection)).toEqual([1, 2, 3]);
    await collection.insertOne({ _id: 4 });
    expect(await idsOf(collection)).toEqual([4]);
  });

  test('delete, when asked, deletes, and the places do not come back', async () => {
    const collection = await capped('deleting', { size: 4096, max: 3 });
    await collection.insertMany(entries(1, 3));
    expect(await collection.deleteMany({ _id: { $lte: 2 } })).toMatchObject({ deletedCount: 2 });
    await collection.insertMany(entries(4, 6));
    expect(await idsOf(collection)).toEqual([4, 5, 6]);
  });

  test('deleteMany, when the collection is longer than a batch, deletes all of it', async () => {
    const collection = await capped('emptied', { size: 1 << 20 });
    await collection.insertMany(entries(1, 600));
    expect(await collection.deleteMany({ text: { $exists: false } })).toMatchObject({
      deletedCount: 600,
    });
    expect(await idsOf(collection)).toEqual([]);
  });

  test('insert, when in a transaction, is refused with 263 and ends it', async () => {
    const collection = await capped('transactional', { size: 4096 });
    await collection.insertOne({ _id: 1 });
    await server.client.withSession(async (session) => {
      session.startTransaction();
      await expect(collection.insertOne({ _id: 2 }, { session })).rejects.toMatchObject({
        code: 263,
      });
      await session.abortTransaction();
      session.startTransaction();
      expect(await collection.find({}, { session }).toArray()).toEqual([{ _id: 1 }]);
      await session.commitTransaction();
    });
    expect(await idsOf(collection)).toEqual([1]);
  });

  test('$out, when the target is capped, is refused with 17152', async () => {
    await capped('target', { size: 4096 });
    await expect(
      server.database
        .collection('by-count')
        .aggregate([{ $out: 'target' }])
        .toArray(),
    ).rejects.toMatchObject({ code: 17152 });
  });
});

describe('indexes', () => {
  test('createIndex, when it would let documents expire, is refused with 67', async () => {
    const collection = await capped('expiring', { size: 4096 });
    await expect(
      collection.createIndex({ text: 1 }, { expireAfterSeconds: 1 }),
    ).rejects.toMatchObject({ code: 67 });
    expect(await collection.indexes()).toHaveLength(1);
  });
});

describe('restart', () => {
  test('insert, when the engine was stopped in between, goes on removing the oldest', async () => {
    const first = await startTestInstance();
    await first.database.createCollection('log', { capped: true, size: 1 << 20, max: 3 });
    await first.database.collection<Entry>('log').insertMany(entries(1, 5));
    await first.client.close();
    await first.instance.stop();
    const second = await startTestInstance({ dataDir: first.dataDir });
    const log = second.database.collection<Entry>('log');
    await log.insertMany(entries(6, 7));
    expect(await idsOf(log)).toEqual([5, 6, 7]);
    expect(await second.database.command({ validate: 'log' })).toMatchObject({ valid: true });
    await second.close();
  });
});

describe('$natural', () => {
  test('sort by $natural, when -1, gives the newest first', async () => {
    const collection = await capped('natural', { size: 4096, max: 3 });
    await collection.insertMany(entries(1, 5));
    const backwards = await collection.find().sort({ $natural: -1 }).toArray();
    expect(backwards).toEqual([{ _id: 5 }, { _id: 4 }, { _id: 3 }]);
    expect(await collection.find().sort({ $natural: 1 }).limit(1).toArray()).toEqual([{ _id: 3 }]);
  });
});

describe('collMod and convertToCapped', () => {
  test('collMod, when it lowers cappedMax, lets the next insert remove the rest', async () => {
    const collection = await capped('lowered', { size: 4096, max: 10 });
    await collection.insertMany(entries(1, 5));
    await server.database.command({ collMod: 'lowered', cappedMax: 2, cappedSize: 1000 });
    expect(await idsOf(collection)).toEqual([1, 2, 3, 4, 5]);
    await collection.insertOne({ _id: 6 });
    expect(await idsOf(collection)).toEqual([5, 6]);
    const [listed] = await server.database.listCollections({ name: 'lowered' }).toArray();
    expect(listed).toMatchObject({ options: { capped: true, size: 1024, max: 2 } });
  });

  test('collMod, when the collection is not capped, is refused with 72', async () => {
    await server.database.createCollection('plain');
    await expect(server.database.command({ collMod: 'plain', cappedMax: 2 })).rejects.toMatchObject(
      { code: 72 },
    );
  });

  test('convertToCapped, when there is too much, keeps the newest and drops indexes', async () => {
    const collection = server.database.collection<Entry>('converted');
    await collection.createIndex({ text: 1 });
    await collection.insertMany(entries(1, 600).map((entry) => ({ ...entry, text: 'x' })));
    // 26 bytes of BSON each: 19 fit.
    await server.database.command({ convertToCapped: 'converted', size: 512 });
    expect(await idsOf(collection)).toEqual(entries(582, 600).map(({ _id }) => _id));
    expect(await collection.indexes()).toMatchObject([{ name: '_id_' }]);
    const [listed] = await server.database.listCollections({ name: 'converted' }).toArray();
    expect(listed).toMatchObject({ options: { capped: true, size: 512 } });
    expect(await server.database.command({ validate: 'converted' })).toMatchObject({ valid: true });
  });

  test('convertToCapped, when others insert meanwhile, loses none of their newest', async () => {
    const collection = server.database.collection<Entry>('contended');
    await collection.insertMany(entries(1, 2000));
    const writing = Promise.all(entries(2001, 2040).map((entry) => collection.insertOne(entry)));
    await server.database.command({ convertToCapped: 'contended', size: 1 << 20 });
    await writing;
    expect(await collection.countDocuments()).toBe(2040);
  });

  test('convertToCapped, when there is no such collection, is refused with 26', async () => {
    await expect(
      server.database.command({ convertToCapped: 'absent', size: 512 }),
    ).rejects.toMatchObject({ code: 26 });
  });
});
