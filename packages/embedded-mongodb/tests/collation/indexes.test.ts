import type { Collection, Document } from 'mongodb';
import { metaKey } from '../../src/storage/keys';
import { Store } from '../../src/storage/store';
import { startTestInstance, type TestInstance } from '../support/instance';

const IGNORING_CASE = { locale: 'en', strength: 2 } as const;
const IGNORING_ACCENTS = { locale: 'en', strength: 1 } as const;

interface User extends Document {
  _id: number;
  name?: unknown;
}

let server: TestInstance;
let users: Collection<User>;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  await server.database.dropDatabase();
  users = server.database.collection<User>('users');
});

async function names(): Promise<unknown[]> {
  return (await users.find().sort({ _id: 1 }).toArray()).map(({ name }) => name);
}

describe('specifications', () => {
  test('createIndexes, when a collation is given, lists it whole and last', async () => {
    await users.createIndex({ name: 1 }, { collation: IGNORING_CASE, unique: true, sparse: true });
    const [, index] = await users.indexes();
    expect(Object.keys(index ?? {})).toEqual(['v', 'key', 'name', 'unique', 'sparse', 'collation']);
    expect(index).toMatchObject({ collation: { locale: 'en', strength: 2, version: '57.1' } });
  });

  test('createIndexes, when the collection has one and the index asks for simple, keeps none', async () => {
    users = await server.database.createCollection('users', { collation: IGNORING_CASE });
    await users.createIndex({ name: 1 }, { name: 'plain', collation: { locale: 'simple' } });
    await users.createIndex({ name: 1 }, { name: 'inherited' });
    const [, plain, inherited] = await users.indexes();
    expect(plain).toEqual({ v: 2, key: { name: 1 }, name: 'plain' });
    expect(inherited).toMatchObject({ name: 'inherited', collation: { strength: 2 } });
  });

  test('createIndexes, when it is repeated, makes nothing', async () => {
    await users.createIndex({ name: 1 }, { collation: IGNORING_CASE });
    const again = { key: { name: 1 }, name: 'name_1', collation: IGNORING_CASE };
    expect(
      await server.database.command({ createIndexes: 'users', indexes: [again] }),
    ).toMatchObject({ note: 'all indexes already exist', numIndexesAfter: 2 });
  });

  test('createIndexes, when only the collation differs, needs another name', async () => {
    await users.createIndex({ name: 1 });
    await expect(
      users.createIndex({ name: 1 }, { collation: IGNORING_CASE }),
    ).rejects.toMatchObject({ code: 86 });
    await users.createIndex({ name: 1 }, { collation: IGNORING_CASE, name: 'second' });
    expect(await users.indexes()).toHaveLength(3);
  });

  test('createIndexes, when the _id index is to differ from its collection, answers 2', async () => {
    await users.insertOne({ _id: 1 });
    await expect(users.createIndex({ _id: 1 }, { collation: IGNORING_CASE })).rejects.toMatchObject(
      { code: 2, message: expect.stringContaining('same collation') },
    );
  });

  test('createIndexes, when a text index would get a collation, answers 67', async () => {
    users = await server.database.createCollection('users', { collation: IGNORING_CASE });
    await expect(users.createIndex({ name: 'text' })).rejects.toMatchObject({
      code: 67,
      message: expect.stringContaining("Index type 'text' does not support collation"),
    });
    await users.createIndex({ name: 'text' }, { collation: { locale: 'simple' } });
    expect(await users.indexes()).toHaveLength(2);
  });

  test.each([
    [{ locale: 'xx-none' }, 2],
    [{ strength: 2 }, 40414],
    ['en', 14],
  ])('createIndexes, when the collation is %j, answers %i', async (collation, code) => {
    const index = { key: { name: 1 }, name: 'name_1', collation };
    await expect(
      server.database.command({ createIndexes: 'users', indexes: [index] }),
    ).rejects.toMatchObject({ code });
  });
});

describe('uniqueness', () => {
  beforeEach(async () => {
    await users.createIndex({ name: 1 }, { unique: true, collation: IGNORING_CASE });
  });

  test('insert, when the text is equal under the collation, answers 11000 with the collation', async () => {
    await users.insertOne({ _id: 1, name: 'Grace' });
    await expect(users.insertOne({ _id: 2, name: 'GRACE' })).rejects.toMatchObject({
      code: 11000,
      message: expect.stringMatching(/index: name_1 collation: \{ locale: "en"/),
      keyPattern: { name: 1 },
    });
    await users.insertOne({ _id: 3, name: 'Gräce' });
    expect(await names()).toEqual(['Grace', 'Gräce']);
  });

  test('insertMany, when two documents of one batch are equal, stores the first', async () => {
    const batch = [
      { _id: 1, name: 'x' },
      { _id: 2, name: 'X' },
    ];
    await expect(users.insertMany(batch)).rejects.toMatchObject({ code: 11000 });
    expect(await names()).toEqual(['x']);
  });

  test('update, when it makes a duplicate, answers 11000; when it changes the case alone, succeeds', async () => {
    await users.insertMany([
      { _id: 1, name: 'ann' },
      { _id: 2, name: 'bob' },
    ]);
    await expect(users.updateOne({ _id: 2 }, { $set: { name: 'ANN' } })).rejects.toMatchObject({
      code: 11000,
    });
    await users.updateOne({ _id: 2 }, { $set: { name: 'BOB' } });
    await users.updateOne({ _id: 1 }, { $set: { name: 'carl' } });
    await users.insertOne({ _id: 3, name: 'ANN' });
    expect(await names()).toEqual(['carl', 'BOB', 'ANN']);
  });

  test('delete, when the text goes, frees it', async () => {
    await users.insertOne({ _id: 1, name: 'dora' });
    await users.deleteOne({ _id: 1 });
    await users.insertOne({ _id: 2, name: 'DORA' });
    expect(await names()).toEqual(['DORA']);
  });

  test('an array, when one of its equal texts goes, still holds the other', async () => {
    await users.insertOne({ _id: 1, name: ['eve', 'EVE', 'f'] });
    await users.updateOne({ _id: 1 }, { $set: { name: ['eve', 'f'] } });
    await expect(users.insertOne({ _id: 2, name: 'Eve' })).rejects.toMatchObject({ code: 11000 });
    expect(await names()).toEqual([['eve', 'f']]);
  });

  test('documents and arrays, when their texts are equal, are duplicates', async () => {
    await users.insertOne({ _id: 1, name: { first: 'Kay', born: 1 } });
    await expect(
      users.insertOne({ _id: 2, name: { first: 'KAY', born: 1 } }),
    ).rejects.toMatchObject({ code: 11000 });
    await users.insertOne({ _id: 3, name: { first: 'KAY', born: 2 } });
    expect(await names()).toEqual([
      { first: 'Kay', born: 1 },
      { first: 'KAY', born: 2 },
    ]);
  });

  test('transactions, when two insert equal texts, conflict', async () => {
    await users.insertOne({ _id: 0, name: 'other' });
    const [first, second] = [server.client.startSession(), server.client.startSession()];
    first.startTransaction();
    second.startTransaction();
    await users.insertOne({ _id: 1, name: 'lea' }, { session: first });
    await expect(
      users.insertOne({ _id: 2, name: 'LEA' }, { session: second }),
    ).rejects.toMatchObject({ code: 112 });
    await first.commitTransaction();
    await Promise.all([first.endSession(), second.endSession()]);
    expect(await names()).toEqual(['other', 'lea']);
  });

  test('a transaction, when an equal text was inserted since it began, conflicts', async () => {
    await users.insertOne({ _id: 0, name: 'other' });
    const session = server.client.startSession();
    session.startTransaction();
    await users.findOne({}, { session });
    await users.insertOne({ _id: 1, name: 'mia' });
    await expect(users.insertOne({ _id: 2, name: 'MIA' }, { session })).rejects.toMatchObject({
      code: 112,
    });
    await session.endSession();
    expect(await names()).toEqual(['other', 'mia']);
  });

  test('dropIndexes, when the index goes, allows what it forbade', async () => {
    await users.insertOne({ _id: 1, name: 'nora' });
    await users.dropIndex('name_1');
    await users.insertOne({ _id: 2, name: 'NORA' });
    await expect(
      users.createIndex({ name: 1 }, { unique: true, collation: IGNORING_CASE }),
    ).rejects.toMatchObject({ code: 11000 });
    expect(await names()).toEqual(['nora', 'NORA']);
    expect(await users.indexes()).toHaveLength(1);
  });
});

describe('languages', () => {
  test.each([
    ['en, without case and accents', IGNORING_ACCENTS, 'Crème Brûlée', 'creme brulee'],
    ['en, a ligature', IGNORING_ACCENTS, 'Æsop', 'aesop'],
    ['en, full width', IGNORING_ACCENTS, 'ｗｉｄｅ', 'wide'],
    ['de phone book', { locale: 'de@collation=phonebook', strength: 1 }, 'Müller', 'mueller'],
    ['numbers', { locale: 'en', numericOrdering: true }, 'file 007', 'file 7'],
    ['punctuation', { locale: 'en', strength: 2, alternate: 'shifted' }, 'black-bird', 'Blackbird'],
    ['kana', { locale: 'ja', strength: 1 }, 'カタカナ', 'かたかな'],
    ['Cyrillic', { locale: 'ru', strength: 2 }, 'МОСКВА', 'москва'],
    ['long texts', IGNORING_CASE, `${'ab'.repeat(2000)}C`, `${'ab'.repeat(2000)}c`],
  ] as const)(
    'a unique index, when %s makes two texts equal, refuses one',
    async (_which, collation, one, other) => {
      await users.createIndex({ name: 1 }, { unique: true, collation });
      await users.insertOne({ _id: 1, name: one });
      await expect(users.insertOne({ _id: 2, name: other })).rejects.toMatchObject({ code: 11000 });
      expect(await names()).toEqual([one]);
    },
  );

  test('a unique index, when many texts differ, takes them all', async () => {
    await users.createIndex({ name: 1 }, { unique: true, collation: IGNORING_CASE });
    const many = Array.from({ length: 500 }, (_, index) => ({
      _id: index,
      name: `user.${index}@example.org`,
    }));
    await users.insertMany(many);
    await expect(users.insertOne({ _id: 999, name: 'USER.77@example.org' })).rejects.toMatchObject({
      code: 11000,
    });
    expect(await users.countDocuments()).toBe(500);
  });
});

test('a compound unique index, when the other field differs, allows equal texts', async () => {
  await users.createIndex({ team: 1, name: 1 }, { unique: true, collation: IGNORING_CASE });
  await users.insertMany([
    { _id: 1, team: 1, name: 'o' },
    { _id: 2, team: 2, name: 'O' },
  ]);
  await expect(users.insertOne({ _id: 3, team: 2, name: 'o' })).rejects.toMatchObject({
    code: 11000,
  });
  expect(await names()).toEqual(['o', 'O']);
});

test('a partial unique index, when its filter holds text, applies it under the collation', async () => {
  await users.createIndex(
    { name: 1 },
    { unique: true, collation: IGNORING_CASE, partialFilterExpression: { state: 'live' } },
  );
  await users.insertOne({ _id: 1, name: 'p', state: 'LIVE' });
  await expect(users.insertOne({ _id: 2, name: 'P', state: 'live' })).rejects.toMatchObject({
    code: 11000,
  });
  await users.insertOne({ _id: 3, name: 'P', state: 'gone' });
  expect(await names()).toEqual(['p', 'P']);
});

test('uniqueness, when another version of the collation library wrote the data, still holds', async () => {
  await users.createIndex({ name: 1 }, { unique: true, collation: IGNORING_CASE });
  await users.insertOne({ _id: 1, name: 'sue' });
  const { dataDir } = server;
  await server.client.close();
  await server.instance.stop();
  const store = await Store.open(dataDir);
  await store.write((writer) => {
    const entries = [...writer.range({ start: Buffer.of(8), end: Buffer.of(9) })];
    expect(entries.length).toBeGreaterThanOrEqual(2);
    for (const { key } of entries) writer.delete(key);
    writer.put(metaKey('collation library'), Buffer.from('ICU 1'));
  });
  await store.close();
  server = await startTestInstance({ dataDir });
  users = server.database.collection<User>('users');
  await expect(users.insertOne({ _id: 2, name: 'SUE' })).rejects.toMatchObject({ code: 11000 });
  expect(await names()).toEqual(['sue']);
});

test('find, when an index has a collation, answers as without it, and explain shows it', async () => {
  await users.insertMany([
    { _id: 1, name: 'r' },
    { _id: 2, name: 'R' },
  ]);
  await users.createIndex({ name: 1 }, { collation: IGNORING_CASE });
  const ids = async (options: Document): Promise<number[]> =>
    (await users.find({ name: 'r' }, options).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
  expect(await ids({})).toEqual([1]);
  expect(await ids({ collation: IGNORING_CASE })).toEqual([1, 2]);
  expect(await ids({ hint: 'name_1' })).toEqual([1]);
  expect(await ids({ hint: 'name_1', collation: IGNORING_CASE })).toEqual([1, 2]);
  const plan = await users.find({}, { hint: 'name_1' }).explain('queryPlanner');
  expect(JSON.stringify(plan)).toContain('"collation":{"locale":"en"');
});
