import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

const refused = { code: 16766 };

interface Item {
  readonly _id: number;
  readonly a?: unknown;
  readonly b?: unknown;
}

async function indexed(name: string, key: object) {
  const items = server.database.collection<Item>(name);
  await items.createIndex(key as Record<string, 'hashed'>);
  return items;
}

describe('a hashed index', () => {
  test('insert, when the field or one above it is an array, is refused and stores nothing', async () => {
    const items = await indexed('inserted', { 'a.b': 'hashed' });
    await expect(items.insertOne({ _id: 1, a: { b: [1] } })).rejects.toMatchObject(refused);
    await expect(items.insertOne({ _id: 1, a: [{ b: 1 }] })).rejects.toMatchObject(refused);
    expect(await items.countDocuments()).toBe(0);
  });

  test('update, when it makes the field an array, is refused and changes nothing', async () => {
    const items = await indexed('updated', { a: 'hashed' });
    await items.insertOne({ _id: 1, a: 1 });
    await expect(items.updateOne({}, { $set: { a: [1] } })).rejects.toMatchObject(refused);
    expect(await items.find().toArray()).toEqual([{ _id: 1, a: 1 }]);
  });

  test('createIndex, when a document holds an array there, is refused and makes no index', async () => {
    const items = server.database.collection<Item>('built');
    await items.insertOne({ _id: 1, a: [1] });
    await expect(items.createIndex({ a: 'hashed' })).rejects.toMatchObject(refused);
    expect((await items.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });

  test('insert, when only another column is an array, is answered', async () => {
    const items = await indexed('compound', { a: 'hashed', b: 1 });
    await items.insertOne({ _id: 1, a: 1, b: [1, 2] });
    expect(await items.find({ a: 1, b: 2 }).toArray()).toEqual([{ _id: 1, a: 1, b: [1, 2] }]);
  });
});
