import { Long, type Collection, type Db } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

interface Item {
  _id: number;
  n: number;
}

let server: TestInstance;
let items: Collection<Item>;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  items = server.database.collection<Item>('items');
  await items.deleteMany({});
  await items.insertOne({ _id: 1, n: 0 });
});

/** A client of its own, whose one implicit session starts at transaction number 0. */
async function freshSession(): Promise<Db> {
  return (await server.connect()).db('test');
}

async function failOnce(data: object): Promise<void> {
  await server.client
    .db('admin')
    .command({ configureFailPoint: 'failCommand', mode: { times: 1 }, data });
}

test('updateOne, when the connection is lost before the answer, is applied exactly once', async () => {
  await failOnce({ failCommands: ['update'], closeConnection: true });
  expect(await items.updateOne({ _id: 1 }, { $inc: { n: 1 } })).toMatchObject({ modifiedCount: 1 });
  expect(await items.findOne()).toEqual({ _id: 1, n: 1 });
});

test('insertOne, when the server says it is shutting down, is retried by the driver', async () => {
  await failOnce({
    failCommands: ['insert'],
    errorCode: 11600,
    errorLabels: ['RetryableWriteError'],
  });
  await items.insertOne({ _id: 2, n: 2 });
  expect(await items.countDocuments()).toBe(2);
});

test('update, when the same statement comes twice, answers the first result and runs once', async () => {
  const database = await freshSession();
  const command = {
    update: 'items',
    updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }],
    txnNumber: Long.fromNumber(3),
  };
  const first = await database.command(command);
  const second = await database.command(command);
  expect(first).toMatchObject({ n: 1, nModified: 1 });
  expect(second).toMatchObject({ n: 1, nModified: 1, retriedStmtIds: [0] });
  expect(await items.findOne()).toEqual({ _id: 1, n: 1 });
});

test('findAndModify, when repeated, answers the same document', async () => {
  const database = await freshSession();
  const command = {
    findAndModify: 'items',
    query: { _id: 1 },
    update: { $inc: { n: 1 } },
    new: true,
    txnNumber: Long.fromNumber(1),
  };
  expect((await database.command(command)).value).toEqual({ _id: 1, n: 1 });
  expect((await database.command(command)).value).toEqual({ _id: 1, n: 1 });
  expect(await items.findOne()).toEqual({ _id: 1, n: 1 });
});

test('insert, when its number is older than the session’s, fails with TransactionTooOld', async () => {
  const database = await freshSession();
  const insert = (txnNumber: number, _id: number): Promise<unknown> =>
    database.command({
      insert: 'items',
      documents: [{ _id, n: 0 }],
      txnNumber: Long.fromNumber(txnNumber),
    });
  await insert(9, 9);
  await expect(insert(8, 8)).rejects.toMatchObject({ code: 225 });
  expect(await items.countDocuments({ _id: 8 })).toBe(0);
});

test('update, when it is multi and retryable, is refused', async () => {
  const database = await freshSession();
  await expect(
    database.command({
      update: 'items',
      updates: [{ q: {}, u: { $inc: { n: 1 } }, multi: true }],
      txnNumber: Long.ONE,
    }),
  ).rejects.toMatchObject({ code: 72 });
});

test('an error of a retryable write, when it may be retried, carries the label', async () => {
  await server.client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: 'alwaysOn',
    data: { failCommands: ['insert'], errorCode: 91 },
  });
  const error = await items.insertOne({ _id: 5, n: 5 }).catch((caught) => caught);
  await server.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
  expect(error.code).toBe(91);
  expect(error.errorResponse.errorLabels).toEqual(['RetryableWriteError']);
});

test('a write concern error, when injected, leaves the write in place', async () => {
  await failOnce({
    failCommands: ['insert'],
    writeConcernError: { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waited too long' },
  });
  await expect(items.insertOne({ _id: 7, n: 7 })).rejects.toMatchObject({ code: 64 });
  expect(await items.findOne({ _id: 7 })).toEqual({ _id: 7, n: 7 });
});
