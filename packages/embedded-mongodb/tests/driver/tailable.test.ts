import { Long, type Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

async function capped(name: string, max = 100) {
  const collection = await server.database.createCollection<{ _id: number; kind?: string }>(name, {
    capped: true,
    size: 1 << 20,
    max,
  });
  return collection;
}

async function open(name: string, options: Document = {}): Promise<Document> {
  const reply = await server.database.command(
    { find: name, tailable: true, ...options },
    { promoteLongs: false },
  );
  return reply.cursor as Document;
}

async function more(name: string, id: Long, options: Document = {}): Promise<Document> {
  const reply = await server.database.command(
    { getMore: id, collection: name, ...options },
    { promoteLongs: false },
  );
  return reply.cursor as Document;
}

describe('find', () => {
  test('find, when the collection is not capped, is refused with 2', async () => {
    await server.database.collection('plain').insertOne({ a: 1 });
    await expect(open('plain')).rejects.toMatchObject({ code: 2 });
  });

  test('find, when the collection is empty or absent, answers a dead cursor', async () => {
    await capped('empty');
    expect(await open('empty')).toMatchObject({ firstBatch: [], id: Long.ZERO });
    expect(await open('absent')).toMatchObject({ firstBatch: [], id: Long.ZERO });
  });

  test.each([
    [{ awaitData: true, tailable: false }, 9],
    [{ sort: { a: 1 } }, 2],
    [{ sort: { $natural: -1 } }, 2],
    [{ singleBatch: true }, 2],
  ])('find, when given %j, is refused with %i', async (options, code) => {
    await expect(open('empty', options)).rejects.toMatchObject({ code });
  });

  test('find, when in a transaction, is refused with 72', async () => {
    await server.client.withSession(async (session) => {
      session.startTransaction();
      await expect(
        server.database.command({ find: 'empty', tailable: true }, { session }),
      ).rejects.toMatchObject({ code: 72 });
      await session.abortTransaction();
    });
  });
});

describe('getMore', () => {
  test('getMore, when there is nothing new, answers an empty batch and keeps the cursor', async () => {
    const collection = await capped('tail');
    await collection.insertMany([{ _id: 1 }, { _id: 2 }]);
    const cursor = await open('tail');
    expect(cursor.firstBatch).toEqual([{ _id: 1 }, { _id: 2 }]);
    expect(await more('tail', cursor.id)).toMatchObject({ nextBatch: [], id: cursor.id });
    await collection.insertOne({ _id: 3 });
    expect(await more('tail', cursor.id)).toMatchObject({ nextBatch: [{ _id: 3 }] });
    await server.database.command({ killCursors: 'tail', cursors: [cursor.id] });
    await expect(more('tail', cursor.id)).rejects.toMatchObject({ code: 43 });
  });

  test('getMore, when the cursor was opened with batchSize 0, begins with the first document', async () => {
    await (await capped('late')).insertOne({ _id: 1 });
    const cursor = await open('late', { batchSize: 0 });
    expect(cursor.firstBatch).toEqual([]);
    expect(await more('late', cursor.id)).toMatchObject({ nextBatch: [{ _id: 1 }] });
  });

  test('getMore, when a limit is reached, closes the cursor', async () => {
    const collection = await capped('limited');
    await collection.insertOne({ _id: 1 });
    const cursor = await open('limited', { limit: 2 });
    await collection.insertMany([{ _id: 2 }, { _id: 3 }]);
    expect(await more('limited', cursor.id)).toMatchObject({
      nextBatch: [{ _id: 2 }],
      id: Long.ZERO,
    });
  });

  test('getMore, when its place was removed, fails with 136 and the cursor is gone', async () => {
    const collection = await capped('overrun', 2);
    await collection.insertOne({ _id: 1 });
    const cursor = await open('overrun');
    await collection.insertMany([{ _id: 2 }, { _id: 3 }]);
    await expect(more('overrun', cursor.id)).rejects.toMatchObject({
      code: 136,
      codeName: 'CappedPositionLost',
    });
    await expect(more('overrun', cursor.id)).rejects.toMatchObject({ code: 43 });
  });

  test('getMore, when a plain scan lost its place, fails with 136 as well', async () => {
    const collection = await capped('plain-scan', 3);
    await collection.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    const { cursor } = await server.database.command(
      { find: 'plain-scan', batchSize: 1 },
      { promoteLongs: false },
    );
    await collection.insertMany([{ _id: 4 }, { _id: 5 }, { _id: 6 }]);
    await expect(more('plain-scan', cursor.id)).rejects.toMatchObject({ code: 136 });
  });

  test('getMore, when the collection is dropped, fails with 175', async () => {
    const collection = await capped('dropped');
    await collection.insertOne({ _id: 1 });
    const cursor = await open('dropped', { awaitData: true });
    const waiting = more('dropped', cursor.id, { maxTimeMS: 30_000 });
    const failure = expect(waiting).rejects.toMatchObject({ code: 175 });
    await collection.drop();
    await failure;
  });

  test('getMore, when the cursor does not await data, refuses maxTimeMS with 2', async () => {
    await (await capped('impatient')).insertOne({ _id: 1 });
    const cursor = await open('impatient');
    await expect(more('impatient', cursor.id, { maxTimeMS: 10 })).rejects.toMatchObject({
      code: 2,
    });
  });
});

describe('awaitData', () => {
  test('getMore, when nothing comes, answers an empty batch after maxTimeMS', async () => {
    await (await capped('silent')).insertOne({ _id: 1 });
    const cursor = await open('silent', { awaitData: true });
    expect(await more('silent', cursor.id, { maxTimeMS: 20 })).toMatchObject({
      nextBatch: [],
      id: cursor.id,
    });
  });

  test('getMore, when a matching document comes, answers it and not the others', async () => {
    const collection = await capped('awaited');
    await collection.insertOne({ _id: 1, kind: 'a' });
    const cursor = await open('awaited', { awaitData: true, filter: { kind: 'a' } });
    const waiting = more('awaited', cursor.id, { maxTimeMS: 60_000 });
    await collection.insertOne({ _id: 2, kind: 'b' });
    await server.database.collection('elsewhere').insertOne({ kind: 'a' });
    await collection.insertOne({ _id: 3, kind: 'a' });
    expect(await waiting).toMatchObject({ nextBatch: [{ _id: 3, kind: 'a' }] });
  });

  test('killCursors, when a getMore waits, ends it', async () => {
    await (await capped('killed')).insertOne({ _id: 1 });
    const cursor = await open('killed', { awaitData: true });
    const waiting = more('killed', cursor.id, { maxTimeMS: 60_000 });
    const failure = expect(waiting).rejects.toMatchObject({ code: 237 });
    await server.database.command({ ping: 1 });
    await server.database.command({ killCursors: 'killed', cursors: [cursor.id] });
    await failure;
  });

  test("the driver's cursor, when documents keep coming, gives each of them", async () => {
    const collection = await capped('driver');
    await collection.insertOne({ _id: 1 });
    const cursor = collection.find({}, { tailable: true, awaitData: true, maxAwaitTimeMS: 500 });
    const seen: number[] = [];
    for (let next = 2; next <= 6; next += 1) {
      seen.push((await cursor.next())?._id ?? 0);
      await collection.insertOne({ _id: next });
    }
    await cursor.close();
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });
});

test('stop, when a getMore waits, does not wait for it', async () => {
  const other = await startTestInstance();
  await other.database.createCollection('log', { capped: true, size: 4096 });
  await other.database.collection('log').insertOne({ a: 1 });
  const reply = await other.database.command(
    { find: 'log', tailable: true, awaitData: true },
    { promoteLongs: false },
  );
  const waiting = other.database.command({
    getMore: reply.cursor.id,
    collection: 'log',
    maxTimeMS: 60_000,
  });
  const failure = expect(waiting).rejects.toThrow();
  await other.database.command({ ping: 1 });
  await other.close();
  await failure;
});
