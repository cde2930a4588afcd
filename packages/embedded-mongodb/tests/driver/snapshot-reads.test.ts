import { Timestamp } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

test('a snapshot session, when others write, keeps reading the state of its first read', async () => {
  const items = server.database.collection<{ _id: number; n: number }>('snapshot');
  await items.insertOne({ _id: 1, n: 1 });
  const session = server.client.startSession({ snapshot: true });
  expect(await items.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 });
  await items.updateOne({ _id: 1 }, { $set: { n: 2 } });
  await items.insertOne({ _id: 2, n: 2 });
  expect(await items.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 });
  expect(await items.aggregate([{ $count: 'n' }], { session }).toArray()).toEqual([{ n: 1 }]);
  expect(await items.distinct('n', {}, { session })).toEqual([1]);
  await session.endSession();
  expect(await items.distinct('n')).toEqual([2]);
});

test('a snapshot cursor, when read in batches, stays in its state', async () => {
  const items = server.database.collection<{ _id: number }>('snapshot-cursor');
  await items.insertMany(Array.from({ length: 700 }, (_, index) => ({ _id: index })));
  const session = server.client.startSession({ snapshot: true });
  const cursor = items.find({}, { session, batchSize: 10 });
  await cursor.next();
  await items.deleteMany({ _id: { $gte: 350 } });
  expect(await cursor.toArray()).toHaveLength(699);
  await session.endSession();
});

test('a snapshot session, when the collection is dropped or renamed, is refused and not told of an empty one', async () => {
  const items = server.database.collection<{ _id: number }>('snapshot-drop');
  for (const change of [() => items.drop(), () => items.rename('snapshot-renamed')]) {
    await items.insertOne({ _id: 1 });
    const session = server.client.startSession({ snapshot: true });
    expect(await items.findOne({}, { session })).toEqual({ _id: 1 });
    await change();
    await expect(items.findOne({}, { session })).rejects.toMatchObject({ code: 246 });
    await session.endSession();
  }
  expect(await items.findOne({})).toBeNull();
});

test('a read, when its time is no longer kept, fails with SnapshotTooOld', async () => {
  const { operationTime } = await server.database.command({ ping: 1 });
  const old = new Timestamp({ t: operationTime.t - 3600, i: 1 });
  await expect(
    server.database.command({ find: 'x', readConcern: { level: 'snapshot', atClusterTime: old } }),
  ).rejects.toMatchObject({ code: 239, codeName: 'SnapshotTooOld' });
});

test('count, when a snapshot is asked for, is refused as it takes none', async () => {
  await expect(
    server.database.command({ count: 'x', readConcern: { level: 'snapshot' } }),
  ).rejects.toMatchObject({ code: 72, codeName: 'InvalidOptions' });
});
