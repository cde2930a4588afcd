import type { Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

const CLUSTERED = { clusteredIndex: { key: { _id: 1 }, unique: true } } as const;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

async function refusal(body: Document): Promise<unknown> {
  return server.database.command(body).then(
    () => 'no error',
    (error: { code: number }) => error.code,
  );
}

async function clustered(name: string, options: Document = {}) {
  return server.database.createCollection<{ _id: number | Date; n?: number }>(name, {
    ...CLUSTERED,
    ...options,
  });
}

describe('create', () => {
  test('create, when given clusteredIndex, lists it completed and no idIndex', async () => {
    await clustered('plain');
    const [listed] = await server.database.listCollections({ name: 'plain' }).toArray();
    expect(listed).toMatchObject({
      type: 'collection',
      options: { clusteredIndex: { v: 2, key: { _id: 1 }, name: '_id_', unique: true } },
    });
    expect(listed).not.toHaveProperty('idIndex');
  });

  test('create, when the index has a name, shows it under that name', async () => {
    await server.database.command({
      create: 'named',
      clusteredIndex: { key: { _id: 1 }, unique: true, name: 'by id' },
    });
    expect(await server.database.collection('named').indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: 'by id', unique: true, clustered: true },
    ]);
  });

  test.each([
    [{ clusteredIndex: { key: { _id: 1 } } }, 40414],
    [{ clusteredIndex: { unique: true } }, 40414],
    [{ clusteredIndex: { key: { a: 1 }, unique: true } }, 197],
    [{ clusteredIndex: { key: { _id: -1 }, unique: true } }, 197],
    [{ clusteredIndex: { key: { _id: 1 }, unique: false } }, 197],
    [{ clusteredIndex: { key: { _id: 1 }, unique: true, hidden: true } }, 40415],
    [{ clusteredIndex: true }, 14],
    [{ ...CLUSTERED, capped: true, size: 1000 }, 238],
    [{ ...CLUSTERED, expireAfterSeconds: -1 }, 72],
    [{ expireAfterSeconds: 1 }, 72],
    [{ ...CLUSTERED, viewOn: 'plain' }, 72],
  ])('create, when given %j, is refused with %i', async (options, code) => {
    expect(await refusal({ create: 'wrong', ...options })).toBe(code);
    expect(await server.database.listCollections({ name: 'wrong' }).toArray()).toEqual([]);
  });
});

describe('reading', () => {
  test('find, when nothing sorts, gives the order of _id, in both directions and across batches', async () => {
    const collection = await clustered('ordered');
    const ids = Array.from({ length: 400 }, (_, index) => (index * 149) % 400);
    await collection.insertMany(ids.map((_id) => ({ _id })));
    const ascending = [...ids].sort((a, b) => a - b);
    const read = async (direction: 1 | -1): Promise<unknown[]> => {
      const cursor = collection.find(
        { n: { $exists: false } },
        { batchSize: 70, hint: { $natural: direction } },
      );
      return (await cursor.toArray()).map(({ _id }) => _id);
    };
    expect(await read(1)).toEqual(ascending);
    expect(await read(-1)).toEqual(ascending.reverse());
    expect((await collection.find().toArray()).map(({ _id }) => _id)).toEqual(
      ids.sort((a, b) => a - b),
    );
  });

  test('find, when a getMore follows a delete of where it stood, goes on behind it', async () => {
    const collection = await clustered('moving');
    await collection.insertMany([5, 3, 1, 4, 2].map((_id) => ({ _id })));
    const cursor = collection.find({}, { batchSize: 2 });
    expect(await cursor.next()).toEqual({ _id: 1 });
    await collection.deleteOne({ _id: 2 });
    await collection.insertOne({ _id: 2.5 });
    expect((await cursor.toArray()).map(({ _id }) => _id)).toEqual([2, 2.5, 3, 4, 5]);
  });

  test('find, when hinted by name or key of the clustered index, obeys', async () => {
    const collection = await clustered('hinted');
    await collection.insertMany([{ _id: 2 }, { _id: 1 }]);
    expect(await collection.find({}, { hint: '_id_' }).toArray()).toEqual([{ _id: 1 }, { _id: 2 }]);
    expect(await collection.find({ _id: { $gt: 1 } }, { hint: { _id: 1 } }).toArray()).toEqual([
      { _id: 2 },
    ]);
  });
});

describe('writing and indexes', () => {
  test('insert, when the _id is taken, is refused with 11000', async () => {
    const collection = await clustered('unique');
    await collection.insertOne({ _id: 1 });
    await expect(collection.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11000 });
  });

  test('createIndex, when secondary, is counted beside the clustered one', async () => {
    const collection = await clustered('secondary');
    expect(
      await server.database.command({
        createIndexes: 'secondary',
        indexes: [{ key: { n: 1 }, name: 'n_1' }],
      }),
    ).toMatchObject({ numIndexesBefore: 1, numIndexesAfter: 2 });
    expect(await collection.indexes()).toMatchObject([
      { name: '_id_', clustered: true },
      { name: 'n_1' },
    ]);
    expect(await server.database.command({ collStats: 'secondary' })).toMatchObject({
      nindexes: 1,
      clustered: true,
    });
    expect(await refusal({ dropIndexes: 'secondary', index: '_id_' })).toBe(5979800);
    expect(await refusal({ dropIndexes: 'secondary', index: { _id: 1 } })).toBe(5979800);
    await collection.dropIndexes();
    expect(await collection.indexes()).toHaveLength(1);
    expect(await server.database.command({ drop: 'secondary' })).toMatchObject({ nIndexesWas: 0 });
  });

  test('convertToCapped, when the collection is clustered, is refused with 72', async () => {
    await clustered('conversion');
    expect(await refusal({ convertToCapped: 'conversion', size: 512 })).toBe(72);
  });
});

test('expireAfterSeconds, when dates in _id are older, has them deleted', async () => {
  const other = await startTestInstance({ ttlIntervalMs: 20 });
  const collection = await other.database.createCollection<{ _id: Date | number }>('log', {
    clusteredIndex: { key: { _id: 1 }, unique: true },
    expireAfterSeconds: 3600,
  });
  await collection.insertMany([
    { _id: new Date(Date.now() - 7_200_000) },
    { _id: new Date(Date.now() + 7_200_000) },
    { _id: 1 },
  ]);
  while ((await collection.countDocuments()) > 2) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect((await collection.find().toArray()).map(({ _id }) => typeof _id)).toEqual([
    'number',
    'object',
  ]);
  await other.close();
});
