import { Long, UUID, type Collection, type MongoServerError } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';
import { WireClient } from '../support/wire-client';

interface Account {
  _id: string;
  balance: number;
}

let server: TestInstance;
let accounts: Collection<Account>;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  accounts = server.database.collection<Account>('accounts');
  await accounts.deleteMany({});
  await accounts.insertMany([
    { _id: 'a', balance: 10 },
    { _id: 'b', balance: 0 },
  ]);
});

async function balances(): Promise<Record<string, number>> {
  const documents = await accounts.find().sort({ _id: 1 }).toArray();
  return Object.fromEntries(documents.map(({ _id, balance }) => [_id, balance]));
}

describe('withTransaction', () => {
  test('a transfer, when it commits, is seen whole', async () => {
    const session = server.client.startSession();
    await session.withTransaction(async () => {
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -4 } }, { session });
      await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 4 } }, { session });
    });
    await session.endSession();
    expect(await balances()).toEqual({ a: 6, b: 4 });
  });

  test('a transfer, when its callback throws, leaves nothing', async () => {
    const session = server.client.startSession();
    await expect(
      session.withTransaction(async () => {
        await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -4 } }, { session });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await session.endSession();
    expect(await balances()).toEqual({ a: 10, b: 0 });
  });

  test.each(['snapshot', 'majority', 'local'] as const)(
    'a transaction of read concern %s, when it begins with a write, commits',
    async (level) => {
      const session = server.client.startSession();
      await session.withTransaction(
        () => accounts.insertOne({ _id: 'c', balance: 1 }, { session }),
        { readConcern: { level } },
      );
      await session.endSession();
      expect(await balances()).toEqual({ a: 10, b: 0, c: 1 });
    },
  );

  test('twenty increments at once, when they conflict, all arrive', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const session = server.client.startSession();
        await session.withTransaction(async () => {
          const account = await accounts.findOne({ _id: 'a' }, { session });
          await accounts.updateOne(
            { _id: 'a' },
            { $set: { balance: (account?.balance ?? 0) + 1 } },
            { session },
          );
        });
        await session.endSession();
      }),
    );
    expect(await balances()).toEqual({ a: 30, b: 0 });
  });
});

describe('isolation', () => {
  test('a transaction, while open, reads its own writes and hides them from others', async () => {
    const session = server.client.startSession();
    session.startTransaction();
    await accounts.insertOne({ _id: 'c', balance: 1 }, { session });
    expect(await accounts.findOne({ _id: 'c' }, { session })).toEqual({ _id: 'c', balance: 1 });
    expect(await accounts.findOne({ _id: 'c' })).toBeNull();
    await session.abortTransaction();
    await session.endSession();
    expect(await accounts.findOne({ _id: 'c' })).toBeNull();
  });

  test('a transaction, when others write after its first read, keeps its snapshot', async () => {
    const session = server.client.startSession();
    session.startTransaction();
    expect(await accounts.findOne({ _id: 'a' }, { session })).toEqual({ _id: 'a', balance: 10 });
    await accounts.updateOne({ _id: 'b' }, { $set: { balance: 99 } });
    expect(await accounts.findOne({ _id: 'b' }, { session })).toEqual({ _id: 'b', balance: 0 });
    await session.commitTransaction();
    await session.endSession();
  });

  test.each(['find', 'update'] as const)(
    '%s, when the collection was dropped and made anew since the snapshot, fails as transient',
    async (command) => {
      const items = server.database.collection<{ _id: number; n: number }>(`dropped-${command}`);
      await items.insertOne({ _id: 1, n: 1 });
      const session = server.client.startSession();
      session.startTransaction();
      expect(await items.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 });
      await items.drop();
      await items.insertOne({ _id: 1, n: 5 });
      const run = (): Promise<unknown> =>
        command === 'find'
          ? items.findOne({ _id: 1 }, { session })
          : items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      const error = await run().then(
        () => undefined,
        (reason: unknown) => reason as MongoServerError,
      );
      expect(error).toMatchObject({ code: 246, codeName: 'SnapshotUnavailable' });
      expect(error?.hasErrorLabel('TransientTransactionError')).toBe(true);
      await session.endSession();
      expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1, n: 5 });
    },
  );

  test('a write, when the document changed since the snapshot, fails as transient', async () => {
    const session = server.client.startSession();
    session.startTransaction();
    await accounts.findOne({ _id: 'a' }, { session });
    await accounts.updateOne({ _id: 'a' }, { $set: { balance: 50 } });
    const error = await accounts
      .updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session })
      .catch((caught) => caught);
    expect(error).toMatchObject({ code: 112, codeName: 'WriteConflict' });
    expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
    await session.abortTransaction();
    await session.endSession();
    expect(await balances()).toEqual({ a: 50, b: 0 });
  });

  test('a duplicate key, when inside a transaction, ends the transaction', async () => {
    const session = server.client.startSession();
    session.startTransaction();
    await accounts.insertOne({ _id: 'c', balance: 1 }, { session });
    await expect(accounts.insertOne({ _id: 'a', balance: 1 }, { session })).rejects.toMatchObject({
      code: 11000,
    });
    await expect(accounts.findOne({ _id: 'c' }, { session })).rejects.toMatchObject({ code: 251 });
    await session.abortTransaction();
    await session.endSession();
    expect(await balances()).toEqual({ a: 10, b: 0 });
  });

  test('a cursor, when opened in a transaction, is read on in it', async () => {
    const session = server.client.startSession();
    session.startTransaction();
    const cursor = accounts.find({}, { session, batchSize: 1, sort: { _id: 1 } });
    expect(await cursor.toArray()).toEqual([
      { _id: 'a', balance: 10 },
      { _id: 'b', balance: 0 },
    ]);
    await session.commitTransaction();
    await session.endSession();
  });
});

describe('rules of the fields', () => {
  let client: WireClient;
  let lsid: { id: UUID };

  beforeEach(async () => {
    client = await WireClient.connect(server.instance);
    lsid = { id: new UUID() };
  });

  afterEach(async () => {
    await client.command({ killSessions: [lsid] });
    client.close();
  });

  /** The fields of a command in transaction `txnNumber`. */
  function transaction(txnNumber: number, start = false): object {
    return {
      lsid,
      txnNumber: Long.fromNumber(txnNumber),
      autocommit: false,
      ...(start && { startTransaction: true }),
    };
  }

  test('a command, when its transaction was never started, fails with NoSuchTransaction', async () => {
    expect(await client.command({ find: 'accounts', ...transaction(5) })).toMatchObject({
      ok: 0,
      code: 251,
      codeName: 'NoSuchTransaction',
      errorLabels: ['TransientTransactionError'],
    });
  });

  test('a command, when its number is older, fails with TransactionTooOld', async () => {
    await client.command({ find: 'accounts', ...transaction(7, true) });
    expect(await client.command({ find: 'accounts', ...transaction(6, true) })).toMatchObject({
      code: 225,
      codeName: 'TransactionTooOld',
    });
  });

  test('a transaction, when its number was used before, cannot be started again', async () => {
    await client.command({ find: 'accounts', ...transaction(7, true) });
    expect(await client.command({ find: 'accounts', ...transaction(7, true) })).toMatchObject({
      code: 50911,
    });
  });

  test('commitTransaction, when repeated, succeeds again', async () => {
    await client.command({
      update: 'accounts',
      updates: [{ q: { _id: 'a' }, u: { $inc: { balance: 1 } } }],
      ...transaction(1, true),
    });
    const commit = { commitTransaction: 1, ...transaction(1) };
    expect(await client.command(commit, 'admin')).toMatchObject({ ok: 1 });
    expect(await client.command(commit, 'admin')).toMatchObject({ ok: 1 });
    expect(await balances()).toEqual({ a: 11, b: 0 });
    expect(await client.command({ find: 'accounts', ...transaction(1) })).toMatchObject({
      code: 256,
      codeName: 'TransactionCommitted',
    });
  });

  test('commitTransaction, after an abort, fails with NoSuchTransaction', async () => {
    await client.command({ find: 'accounts', ...transaction(1, true) });
    const abort = { abortTransaction: 1, ...transaction(1) };
    expect(await client.command(abort, 'admin')).toMatchObject({ ok: 1 });
    const commit = { commitTransaction: 1, ...transaction(1) };
    expect(await client.command(commit, 'admin')).toMatchObject({
      code: 251,
      errorLabels: ['TransientTransactionError'],
    });
  });

  test('commitTransaction, when outside a transaction, is refused', async () => {
    expect(await client.command({ commitTransaction: 1 }, 'admin')).toMatchObject({
      code: 125,
      codeName: 'CommandFailed',
    });
  });

  test('commitTransaction, when not sent to admin, is refused', async () => {
    expect(await client.command({ commitTransaction: 1, ...transaction(1) })).toMatchObject({
      code: 13,
    });
  });

  test('a session, when it is killed, loses its transaction and its locks', async () => {
    await client.command({
      update: 'accounts',
      updates: [{ q: { _id: 'a' }, u: { $inc: { balance: 1 } } }],
      ...transaction(1, true),
    });
    await client.command({ killSessions: [lsid] });
    await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 5 } });
    expect(await balances()).toEqual({ a: 15, b: 0 });
  });

  test('count, when in a transaction, is refused with 263', async () => {
    expect(await client.command({ count: 'accounts', ...transaction(1, true) })).toMatchObject({
      code: 263,
      codeName: 'OperationNotSupportedInTransaction',
    });
  });

  test.each([
    [{ txnNumber: Long.ONE, autocommit: true }, 72],
    [{ txnNumber: Long.ONE, startTransaction: true }, 72],
    [{ txnNumber: Long.ONE, autocommit: false, startTransaction: false }, 72],
    [{ autocommit: false }, 72],
    [{ txnNumber: Long.fromNumber(-1) }, 72],
    [{ txnNumber: Long.ONE }, 50768],
    [
      { txnNumber: Long.ONE, autocommit: false, startTransaction: true, writeConcern: { w: 1 } },
      72,
    ],
    [
      {
        txnNumber: Long.ONE,
        autocommit: false,
        startTransaction: true,
        readConcern: { level: 'linearizable' },
      },
      72,
    ],
  ])('find, when given %j, is refused with %d', async (fields, code) => {
    expect(await client.command({ find: 'accounts', lsid, ...fields })).toMatchObject({ code });
  });

  test('a transaction number, when there is no session, is refused', async () => {
    expect(await client.command({ find: 'accounts', txnNumber: Long.ONE })).toMatchObject({
      code: 72,
    });
  });
});
