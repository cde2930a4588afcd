import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

describe('collections', () => {
  test('createCollection, when it is new, is listed with a uuid and its _id index', async () => {
    await server.database.createCollection('fresh');
    const [listed] = await server.database.listCollections({ name: 'fresh' }).toArray();
    expect(listed).toMatchObject({
      name: 'fresh',
      type: 'collection',
      options: {},
      info: { readOnly: false },
      idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
    });
  });

  test('create, when the collection exists with the same options, succeeds', async () => {
    await server.database.command({ create: 'twice' });
    expect(await server.database.command({ create: 'twice' })).toMatchObject({ ok: 1 });
  });

  test.each([{ timeseries: { timeField: 't' } }, { encryptedFields: { fields: [] } }])(
    'create, when given %j, is refused and makes nothing',
    async (options) => {
      await expect(
        server.database.command({ create: 'special', ...options }),
      ).rejects.toMatchObject({
        code: 238,
        codeName: 'NotImplemented',
      });
      expect(await server.database.listCollections({ name: 'special' }).toArray()).toEqual([]);
    },
  );

  test('drop, when the collection is absent, succeeds as in MongoDB 7', async () => {
    expect(await server.database.command({ drop: 'absent' })).toMatchObject({ ok: 1 });
  });

  test('drop, when there are indexes, says how many went', async () => {
    const items = server.database.collection('dropped');
    await items.createIndex({ a: 1 });
    expect(await server.database.command({ drop: 'dropped' })).toMatchObject({
      nIndexesWas: 2,
      ns: 'test.dropped',
    });
    expect(await server.database.listCollections({ name: 'dropped' }).toArray()).toEqual([]);
  });

  test('rename, when the target is free, moves documents and indexes', async () => {
    const items = server.database.collection<{ _id: number }>('before');
    await items.insertOne({ _id: 1 });
    await items.createIndex({ a: 1 });
    await items.rename('after');
    const moved = server.database.collection('after');
    expect(await moved.find().toArray()).toEqual([{ _id: 1 }]);
    expect(await moved.indexes()).toHaveLength(2);
    expect(await items.find().toArray()).toEqual([]);
  });

  test('rename, when the target exists, is refused unless told to drop it', async () => {
    await server.database.collection<{ _id: number }>('source').insertOne({ _id: 1 });
    await server.database.collection<{ _id: number }>('target').insertOne({ _id: 2 });
    await expect(server.database.renameCollection('source', 'target')).rejects.toMatchObject({
      code: 48,
    });
    await server.database.renameCollection('source', 'target', { dropTarget: true });
    expect(await server.database.collection('target').find().toArray()).toEqual([{ _id: 1 }]);
  });

  test('dropDatabase, when it had collections, leaves none', async () => {
    const other = server.client.db('doomed');
    await other.collection('a').insertOne({ x: 1 });
    await other.collection('b').insertOne({ x: 1 });
    await other.dropDatabase();
    expect(await other.listCollections().toArray()).toEqual([]);
    const { databases } = await server.client.db().admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name)).not.toContain('doomed');
  });
});

describe('indexes', () => {
  test('createIndex, when it is new and then again, says what happened', async () => {
    const command = {
      createIndexes: 'indexed',
      indexes: [{ key: { a: 1 }, name: 'a_1' }],
    };
    expect(await server.database.command(command)).toMatchObject({
      numIndexesBefore: 1,
      numIndexesAfter: 2,
      createdCollectionAutomatically: true,
    });
    expect(await server.database.command(command)).toMatchObject({
      numIndexesBefore: 2,
      numIndexesAfter: 2,
      note: 'all indexes already exist',
    });
  });

  test('createIndex, when the same key has another name, fails with 85', async () => {
    const items = server.database.collection('conflict-name');
    await items.createIndex({ a: 1 });
    await expect(items.createIndex({ a: 1 }, { name: 'other' })).rejects.toMatchObject({
      code: 85,
      codeName: 'IndexOptionsConflict',
    });
  });

  test('createIndex, when the same name has other options, fails with 86', async () => {
    const items = server.database.collection('conflict-options');
    await items.createIndex({ a: 1 });
    await expect(items.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({
      code: 86,
      codeName: 'IndexKeySpecsConflict',
    });
  });

  test('createIndex, when existing documents break uniqueness, fails and makes none', async () => {
    const items = server.database.collection('not-unique');
    await items.insertMany([{ a: 1 }, { a: 1 }]);
    await expect(items.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({
      code: 11000,
    });
    expect(await items.indexes()).toHaveLength(1);
  });

  test('dropIndexes, when the index is absent, fails with 27', async () => {
    const items = server.database.collection('no-index');
    await items.insertOne({ a: 1 });
    await expect(items.dropIndex('nope')).rejects.toMatchObject({ code: 27 });
    await expect(items.dropIndex('_id_')).rejects.toMatchObject({ code: 72 });
  });

  test('collMod, when the life time changes, answers old and new', async () => {
    const items = server.database.collection('expiring');
    await items.createIndex({ at: 1 }, { expireAfterSeconds: 100 });
    expect(
      await server.database.command({
        collMod: 'expiring',
        index: { keyPattern: { at: 1 }, expireAfterSeconds: 50 },
      }),
    ).toMatchObject({ expireAfterSeconds_old: 100, expireAfterSeconds_new: 50 });
    const indexes = await items.indexes();
    expect(indexes[1]).toMatchObject({ name: 'at_1', expireAfterSeconds: 50 });
  });

  test('validate, when all is well, says so with the counts', async () => {
    const items = server.database.collection('validated');
    await items.createIndex({ tags: 1 });
    await items.insertMany([{ tags: ['a', 'b'] }, { tags: [] }]);
    expect(await server.database.command({ validate: 'validated' })).toMatchObject({
      nrecords: 2,
      nIndexes: 2,
      keysPerIndex: { _id_: 2, tags_1: 3 },
      valid: true,
      errors: [],
    });
  });

  test('validate, when documents do not satisfy the validator, counts and warns', async () => {
    const items = server.database.collection<{ _id: number; a?: number }>('unsatisfied');
    await items.insertMany([{ _id: 1 }, { _id: 2, a: 1 }]);
    const validator = { a: { $exists: true } };
    await server.database.command({ collMod: 'unsatisfied', validator });
    expect(await server.database.command({ validate: 'unsatisfied' })).toMatchObject({
      nInvalidDocuments: 0,
      nNonCompliantDocuments: 1,
      nrecords: 2,
      valid: true,
      warnings: ["Detected one or more documents not compliant with the collection's schema."],
    });
  });

  test('validate, when the collection is large, gives way to other commands', async () => {
    const items = server.database.collection<{ _id: number; a: number }>('large');
    await items.createIndex({ a: 1 });
    await items.insertMany(Array.from({ length: 20_000 }, (_, _id) => ({ _id, a: _id })));
    let isDone = false;
    const validating = server.database.command({ validate: 'large' }).finally(() => {
      isDone = true;
    });
    let pings = 0;
    while (!isDone) {
      await server.database.command({ ping: 1 });
      pings += 1;
    }
    expect(await validating).toMatchObject({
      nrecords: 20_000,
      keysPerIndex: { _id_: 20_000, a_1: 20_000 },
      valid: true,
    });
    expect(pings).toBeGreaterThan(5);
  });
});

describe('sizes', () => {
  test('collStats, when there are indexes, tells the bytes of each', async () => {
    const items = server.database.collection<{ _id: number; a?: string }>('sized');
    await items.createIndex({ a: 1 });
    const empty = await server.database.command({ collStats: 'sized' });
    expect(empty).toMatchObject({ indexSizes: { _id_: 0, a_1: 0 }, totalIndexSize: 0 });
    await items.insertMany([{ _id: 1, a: 'x'.repeat(500) }, { _id: 2 }]);
    const { size, indexSizes, totalIndexSize, totalSize } = await server.database.command({
      collStats: 'sized',
    });
    expect(indexSizes.a_1).toBeGreaterThan(500);
    expect(indexSizes._id_).toBeGreaterThan(0);
    expect(indexSizes._id_).toBeLessThan(100);
    expect(totalIndexSize).toBe(indexSizes._id_ + indexSizes.a_1);
    expect(totalSize).toBe(size + totalIndexSize);
    await items.updateOne({ _id: 1 }, { $unset: { a: 1 } });
    const after = await server.database.command({ collStats: 'sized' });
    expect(after.indexSizes.a_1).toBeLessThan(100);
  });

  test('dbStats, when there are indexes, adds their bytes up', async () => {
    const other = server.client.db('sizes');
    await other.collection<{ _id: number }>('one').insertOne({ _id: 1 });
    await other.collection<{ _id: number }>('two').insertOne({ _id: 1 });
    const one = await other.command({ collStats: 'one' });
    const { indexSize, dataSize, totalSize } = await other.command({ dbStats: 1 });
    expect(indexSize).toBe(2 * one.totalIndexSize);
    expect(totalSize).toBe(dataSize + indexSize);
  });
});

describe('explain', () => {
  test('explain, when an index serves filter and sort, counts only what was read', async () => {
    const items = server.database.collection('explained');
    await items.createIndex({ a: 1, b: -1 });
    await items.insertMany(Array.from({ length: 100 }, (_, n) => ({ a: n % 2, b: n })));
    const explained = await items.find({ a: 1 }).sort({ b: -1 }).limit(5).explain('executionStats');
    expect(explained.executionStats).toMatchObject({
      nReturned: 5,
      totalKeysExamined: 5,
      totalDocsExamined: 5,
    });
    expect(JSON.stringify(explained.queryPlanner.winningPlan)).not.toContain('COLLSCAN');
  });

  test('explain, when a write is explained, changes nothing', async () => {
    const items = server.database.collection<{ _id: number; n: number }>('explained-write');
    await items.insertOne({ _id: 1, n: 1 });
    await server.database.command({
      explain: { update: 'explained-write', updates: [{ q: {}, u: { $set: { n: 2 } } }] },
      verbosity: 'executionStats',
    });
    expect(await items.findOne()).toEqual({ _id: 1, n: 1 });
  });
});

describe('aggregates that write', () => {
  test('$out, when the target has documents and an index, replaces the one and keeps the other', async () => {
    const source = server.database.collection<{ _id: number; n: number }>('out-source');
    const target = server.database.collection<{ _id: number; n: number }>('out-target');
    await source.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
    await target.createIndex({ n: 1 });
    await target.insertOne({ _id: 9, n: 9 });
    await source.aggregate([{ $match: { n: 2 } }, { $out: 'out-target' }]).toArray();
    expect(await target.find().toArray()).toEqual([{ _id: 2, n: 2 }]);
    expect(await target.indexes()).toHaveLength(2);
  });

  test('$merge, when documents match and when not, merges and inserts', async () => {
    const source = server.database.collection<{ _id: number; a: number }>('merge-source');
    const target = server.database.collection<{ _id: number; b: number }>('merge-target');
    await source.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    await target.insertOne({ _id: 1, b: 1 });
    await source.aggregate([{ $merge: 'merge-target' }]).toArray();
    expect(await target.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, b: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
  });
});
