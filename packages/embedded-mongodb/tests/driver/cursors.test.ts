import { Long } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
  await server.database
    .collection<{ _id: number }>('numbers')
    .insertMany(Array.from({ length: 250 }, (_, index) => ({ _id: index })));
});

afterAll(async () => {
  await server.close();
});

describe('find', () => {
  test('find, when no batch size is given, answers 101 documents first', async () => {
    const reply = await server.database.command({ find: 'numbers' }, { promoteLongs: false });
    expect(reply.cursor.firstBatch).toHaveLength(101);
    expect(reply.cursor.ns).toBe('test.numbers');
    await server.database.command({ killCursors: 'numbers', cursors: [reply.cursor.id] });
  });

  test('find, when read through, gives each document once in natural order', async () => {
    const ids = await server.database
      .collection<{ _id: number }>('numbers')
      .find({}, { batchSize: 7 })
      .map((document) => document._id)
      .toArray();
    expect(ids).toEqual(Array.from({ length: 250 }, (_, index) => index));
  });

  test('find, when its batches are small, holds no more than a batch and so sees what changes behind it', async () => {
    const items = server.database.collection<{ _id: number }>('changing');
    await items.insertMany(Array.from({ length: 10 }, (_, index) => ({ _id: index })));
    const cursor = items.find({}, { batchSize: 2 });
    expect(await cursor.next()).toEqual({ _id: 0 });
    await items.deleteMany({ _id: { $gte: 4 } });
    expect(await cursor.toArray()).toEqual([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
  });

  test('find, when the limit is reached by the first batch, leaves no cursor open', async () => {
    const reply = await server.database.command({ find: 'numbers', limit: 2, batchSize: 2 });
    expect(reply.cursor.firstBatch).toEqual([{ _id: 0 }, { _id: 1 }]);
    expect(Number(reply.cursor.id)).toBe(0);
  });

  test('find, when batchSize is 0, opens a cursor with an empty first batch', async () => {
    const reply = await server.database.command(
      { find: 'numbers', batchSize: 0, limit: 3 },
      { promoteLongs: false },
    );
    expect(reply.cursor.firstBatch).toEqual([]);
    expect(reply.cursor.id).toBeInstanceOf(Long);
    const next = await server.database.command({ getMore: reply.cursor.id, collection: 'numbers' });
    expect(next.cursor.nextBatch).toHaveLength(3);
  });

  test('find, when documents are large, keeps every reply below 16 MiB', async () => {
    const large = server.database.collection<{ _id: number; text: string }>('large');
    const text = 'x'.repeat(6 * 2 ** 20);
    for (const _id of [1, 2, 3, 4]) await large.insertOne({ _id, text });
    const reply = await server.database.command({ find: 'large' }, { promoteLongs: false });
    expect(reply.cursor.firstBatch).toHaveLength(2);
    await server.database.command({ killCursors: 'large', cursors: [reply.cursor.id] });
    expect(
      await large
        .find()
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([1, 2, 3, 4]);
  });

  test('find, when documents change between batches, still gives each _id at most once', async () => {
    const moving = server.database.collection<{ _id: number; n: number }>('moving');
    await moving.createIndex({ n: 1 });
    await moving.insertMany(Array.from({ length: 900 }, (_, index) => ({ _id: index, n: index })));
    const cursor = moving.find({}, { batchSize: 5, sort: { _id: 1 } });
    const seen = [(await cursor.next())?._id];
    await moving.deleteOne({ _id: 800 });
    await moving.updateMany({}, { $inc: { n: 100 } });
    for await (const { _id } of cursor) seen.push(_id);
    expect(seen).toEqual(
      Array.from({ length: 900 }, (_, index) => index).filter((id) => id !== 800),
    );
  });
});

describe('getMore and killCursors', () => {
  test('getMore, when the cursor is unknown, fails with CursorNotFound', async () => {
    await expect(
      server.database.command({ getMore: Long.fromNumber(4711), collection: 'numbers' }),
    ).rejects.toMatchObject({
      code: 43,
      codeName: 'CursorNotFound',
      message: 'cursor id 4711 not found',
    });
  });

  test('getMore, when the namespace is another, is refused and leaves the cursor usable', async () => {
    const reply = await server.database.command(
      { find: 'numbers', batchSize: 1 },
      { promoteLongs: false },
    );
    const { id } = reply.cursor;
    await expect(
      server.database.command({ getMore: id, collection: 'others' }),
    ).rejects.toMatchObject({ code: 13 });
    const next = await server.database.command({
      getMore: id,
      collection: 'numbers',
      batchSize: 1,
    });
    expect(next.cursor.nextBatch).toEqual([{ _id: 1 }]);
    await server.database.command({ killCursors: 'numbers', cursors: [id] });
  });

  test('killCursors, when one of two exists, reports both and closes the one', async () => {
    const reply = await server.database.command(
      { find: 'numbers', batchSize: 1 },
      { promoteLongs: false },
    );
    const { id } = reply.cursor;
    const killed = await server.database.command({
      killCursors: 'numbers',
      cursors: [id, Long.fromNumber(99)],
    });
    expect(killed.cursorsKilled.map(String)).toEqual([id.toString()]);
    expect(killed.cursorsNotFound.map(String)).toEqual(['99']);
    await expect(
      server.database.command({ getMore: id, collection: 'numbers' }),
    ).rejects.toMatchObject({ code: 43 });
  });

  test('getMore, when its cursor belongs to a session, needs that session', async () => {
    const session = server.client.startSession();
    const reply = await server.database.command(
      { find: 'numbers', batchSize: 1 },
      { session, promoteLongs: false },
    );
    await expect(
      server.database.command({ getMore: reply.cursor.id, collection: 'numbers' }),
    ).rejects.toMatchObject({ code: 50738 });
    await session.endSession();
  });
});

describe('maxTimeMS', () => {
  test('find, when its time is used up, fails with MaxTimeMSExpired', async () => {
    await server.client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['find'], errorCode: 50 },
    });
    await expect(server.database.collection('numbers').findOne()).rejects.toMatchObject({
      code: 50,
      codeName: 'MaxTimeMSExpired',
    });
  });

  test('find, when maxTimeMS is negative, is refused', async () => {
    await expect(server.database.command({ find: 'numbers', maxTimeMS: -1 })).rejects.toMatchObject(
      { code: 2 },
    );
  });
});
