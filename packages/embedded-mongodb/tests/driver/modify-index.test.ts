import type { Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

beforeEach(async () => {
  await server.database.dropDatabase();
  await items().insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 1 },
    { _id: 3, a: 3 },
  ]);
  await items().createIndex({ a: 1 });
});

afterAll(async () => {
  await server.close();
});

const items = (): ReturnType<typeof server.database.collection<{ _id: number; a: unknown }>> =>
  server.database.collection<{ _id: number; a: unknown }>('items');

const collMod = (index: Document, more: Document = {}): Promise<Document> =>
  server.database.command({ collMod: 'items', index: { keyPattern: { a: 1 }, ...index }, ...more });

async function specification(): Promise<Document | undefined> {
  return (await items().indexes()).find(({ name }) => name === 'a_1');
}

describe('collMod with prepareUnique', () => {
  test('when there are duplicates, keeps them and refuses new ones', async () => {
    expect(await collMod({ prepareUnique: true })).toMatchObject({
      prepareUnique_old: false,
      prepareUnique_new: true,
    });
    expect(await specification()).toEqual({
      v: 2,
      key: { a: 1 },
      name: 'a_1',
      prepareUnique: true,
    });
    await expect(items().insertOne({ _id: 4, a: 3 })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { a: 1 },
      keyValue: { a: 3 },
    });
    await expect(items().updateOne({ _id: 3 }, { $set: { a: 1 } })).rejects.toMatchObject({
      code: 11000,
    });
    await items().insertOne({ _id: 5, a: 5 });
    await items().updateOne({ _id: 2 }, { $set: { b: 1 } });
    expect(await items().find({ a: 1 }).sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, a: 1 },
      { _id: 2, a: 1, b: 1 },
    ]);
  });

  test('when a key was freed, lets another document have it', async () => {
    await collMod({ prepareUnique: true });
    await items().deleteOne({ _id: 3 });
    await items().insertOne({ _id: 4, a: 3 });
    await items().replaceOne({ _id: 4 }, { a: 4 });
    await items().insertOne({ _id: 5, a: 3 });
    expect(
      await items()
        .find({ a: { $gte: 3 } })
        .sort({ _id: 1 })
        .toArray(),
    ).toEqual([
      { _id: 4, a: 4 },
      { _id: 5, a: 3 },
    ]);
  });

  test('when keys are arrays, refuses an element that another document has', async () => {
    await collMod({ prepareUnique: true });
    await expect(items().insertOne({ _id: 4, a: [7, 3] })).rejects.toMatchObject({ code: 11000 });
    await items().insertOne({ _id: 5, a: [7, 7] });
    expect(await items().distinct('_id', { a: 7 })).toEqual([5]);
  });

  test('when it is taken back, duplicates are taken again', async () => {
    await collMod({ prepareUnique: true });
    expect(await collMod({ prepareUnique: false })).toMatchObject({
      prepareUnique_old: true,
      prepareUnique_new: false,
    });
    await items().insertOne({ _id: 4, a: 3 });
    expect(await items().countDocuments({ a: 3 })).toBe(2);
  });

  test('when two transactions take the same key, one of them fails', async () => {
    await collMod({ prepareUnique: true });
    const [first, second] = [server.client.startSession(), server.client.startSession()];
    try {
      first.startTransaction();
      second.startTransaction();
      await items().findOne({}, { session: second });
      await items().insertOne({ _id: 4, a: 9 }, { session: first });
      await first.commitTransaction();
      await expect(items().insertOne({ _id: 5, a: 9 }, { session: second })).rejects.toMatchObject({
        code: 112,
        codeName: 'WriteConflict',
      });
    } finally {
      await Promise.all([first.endSession(), second.endSession()]);
    }
    expect(await items().distinct('_id', { a: 9 })).toEqual([4]);
  });

  test('when an index is created with it, it counts at once', async () => {
    const index = { key: { b: 1 }, name: 'b_1', prepareUnique: true };
    await server.database.command({ createIndexes: 'items', indexes: [index] });
    await items().updateOne({ _id: 1 }, { $set: { b: 1 } });
    await expect(items().updateOne({ _id: 2 }, { $set: { b: 1 } })).rejects.toMatchObject({
      code: 11000,
    });
  });
});

describe('collMod with unique', () => {
  const violations = {
    code: 359,
    codeName: 'CannotConvertIndexToUnique',
    errorResponse: { violations: [{ ids: [1, 2] }] },
  };

  test('when prepareUnique is not set, is refused', async () => {
    await expect(collMod({ unique: true })).rejects.toMatchObject({
      code: 72,
      errorResponse: {
        errmsg: "Cannot make index unique with 'prepareUnique=false'. Run collMod to set it first.",
      },
    });
  });

  test('when there are duplicates, names them and changes nothing', async () => {
    await collMod({ prepareUnique: true });
    await expect(collMod({ unique: true })).rejects.toMatchObject(violations);
    expect(await specification()).not.toHaveProperty('unique');
    expect(await items().countDocuments({ a: 1 })).toBe(2);
  });

  test('when there are none, makes the index unique in its place', async () => {
    await items().createIndex({ c: 1 });
    await collMod({ prepareUnique: true });
    await items().deleteOne({ _id: 2 });
    expect(await collMod({ unique: true })).toMatchObject({ unique_new: true, ok: 1 });
    expect(await items().indexes()).toMatchObject([
      { name: '_id_' },
      { v: 2, key: { a: 1 }, name: 'a_1', unique: true },
      { name: 'c_1' },
    ]);
    await expect(items().insertOne({ _id: 4, a: 3 })).rejects.toMatchObject({ code: 11000 });
    expect(await items().find({ a: 3 }).hint('a_1').toArray()).toEqual([{ _id: 3, a: 3 }]);
    expect(await server.database.command({ validate: 'items' })).toMatchObject({
      valid: true,
      keysPerIndex: { _id_: 2, a_1: 2, c_1: 2 },
    });
    expect(await collMod({ unique: true })).toMatchObject({ ok: 1 });
  });

  test('when the collection is empty, makes the index unique', async () => {
    await items().deleteMany({});
    await collMod({ prepareUnique: true });
    await collMod({ unique: true });
    expect(await specification()).toEqual({ v: 2, key: { a: 1 }, name: 'a_1', unique: true });
  });

  test('with dryRun, only tells whether it could be', async () => {
    await collMod({ prepareUnique: true });
    await expect(collMod({ unique: true }, { dryRun: true })).rejects.toMatchObject(violations);
    await items().deleteOne({ _id: 2 });
    expect(await collMod({ unique: true }, { dryRun: true })).toMatchObject({ ok: 1 });
    expect(await specification()).not.toHaveProperty('unique');
  });

  test('when the engine starts again, the index is unique', async () => {
    const first = await startTestInstance();
    const before = first.database.collection<{ _id: number; a: number }>('items');
    await before.insertOne({ _id: 1, a: 1 });
    await before.createIndex({ a: 1 });
    const command = { collMod: 'items', index: { name: 'a_1' } };
    await first.database.command({ ...command, index: { name: 'a_1', prepareUnique: true } });
    await first.database.command({ ...command, index: { name: 'a_1', unique: true } });
    await first.client.close();
    await first.instance.stop();
    const second = await startTestInstance({ dataDir: first.dataDir });
    try {
      const after = second.database.collection<{ _id: number; a: number }>('items');
      await expect(after.insertOne({ _id: 2, a: 1 })).rejects.toMatchObject({ code: 11000 });
    } finally {
      await second.close();
    }
  });
});

describe('collMod of an index', () => {
  test.each([
    [
      { name: 'a_1', keyPattern: { a: 1 }, hidden: true },
      72,
      'Cannot specify both key pattern and name.',
    ],
    [{ hidden: true }, 72, 'Must specify either index name or key pattern.'],
    [{ name: 'a_1' }, 72, 'no expireAfterSeconds, hidden, unique, or prepareUnique field'],
    [{ name: 'a_1', unique: false }, 2, 'Cannot make index non-unique'],
    [{ name: 'nope', hidden: true }, 27, 'cannot find index nope for ns test.items'],
    [{ name: '_id_', hidden: true }, 2, "can't hide _id index"],
    [{ name: 'a_1', nope: 1 }, 40415, "BSON field 'collMod.index.nope' is an unknown field."],
  ])('when it is %j, is refused as by MongoDB', async (index, code, errmsg) => {
    await expect(server.database.command({ collMod: 'items', index })).rejects.toMatchObject({
      code,
      errorResponse: { errmsg },
    });
  });

  test('when it hides one, says what it was and is', async () => {
    expect(await collMod({ hidden: true })).toMatchObject({ hidden_old: false, hidden_new: true });
    expect(await specification()).toMatchObject({ hidden: true });
  });
});
