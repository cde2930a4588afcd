import { MongoServerError } from '../../src/errors';
import type { Engine } from '../../src/engine';
import type { OperationContext, SessionReference, Transaction } from '../../src/storage/types';
import { EngineFixture, doc, documentsOf, entryCounts, insert, items, rejection } from './helpers';

let fixture: EngineFixture;
let engine: Engine;
let sessions: number;

beforeEach(async () => {
  fixture = await EngineFixture.create();
  engine = await fixture.open();
  sessions = 0;
  await insert(engine, items, { _id: 1, n: 1 }, { _id: 2, n: 2 });
});

afterEach(() => fixture.remove());

interface Running {
  session: SessionReference;
  transaction: Transaction;
  operation: OperationContext;
}

function begin(): Running {
  sessions += 1;
  const session = { key: Buffer.alloc(16, sessions), txnNumber: 1n };
  const transaction = engine.beginTransaction(session);
  return { session, transaction, operation: engine.createOperation({ session, transaction }) };
}

const outside = (): OperationContext => engine.createOperation();

function set(operation: OperationContext, id: number, n: number): Promise<unknown> {
  return engine.updateDocuments(operation, {
    namespace: items,
    ordered: true,
    statements: [{ filter: doc({ _id: id }), update: doc({ $set: { n } }) }],
  });
}

function insertIn(operation: OperationContext, document: object): Promise<unknown> {
  return engine.insertMany(operation, {
    namespace: items,
    ordered: true,
    documents: [doc(document)],
  });
}

const conflict = {
  code: 112,
  codeName: 'WriteConflict',
  errorLabels: ['TransientTransactionError'],
};

describe('transaction', () => {
  test('its writes, before commit, are seen inside and not outside', async () => {
    const { operation, transaction } = begin();
    await set(operation, 1, 100);
    await insertIn(operation, { _id: 3, n: 3 });
    const inside = [
      { _id: 1, n: 100 },
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
    ];
    expect(documentsOf(engine, items, operation)).toEqual(inside);
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
    await engine.commitTransaction(transaction);
    expect(documentsOf(engine, items)).toEqual(inside);
    engine = await fixture.open();
    expect(documentsOf(engine, items)).toEqual(inside);
    expect(entryCounts(engine, items)).toEqual({ _id_: 3 });
  });

  test('its reads, when others commit, stay on its snapshot', async () => {
    const { operation, transaction } = begin();
    await set(outside(), 1, 50);
    await insert(engine, items, { _id: 4 });
    expect(documentsOf(engine, items, operation)).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
    engine.abortTransaction(transaction);
  });

  test('abort, when it has written, leaves nothing', async () => {
    const { operation, transaction } = begin();
    await set(operation, 1, 100);
    await insertIn(operation, { _id: 3 });
    engine.abortTransaction(transaction);
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
  });

  test('second writer of a document, conflicts at once, and the first commits', async () => {
    const first = begin();
    const second = begin();
    await set(first.operation, 1, 10);
    expect(await rejection(set(second.operation, 1, 20))).toMatchObject(conflict);
    await engine.commitTransaction(first.transaction);
    engine.abortTransaction(second.transaction);
    expect(documentsOf(engine, items)[0]).toEqual({ _id: 1, n: 10 });
  });

  test('write of a document changed since the snapshot, conflicts', async () => {
    const { operation, transaction } = begin();
    await set(outside(), 1, 5);
    expect(await rejection(set(operation, 1, 20))).toMatchObject(conflict);
    engine.abortTransaction(transaction);
    expect(documentsOf(engine, items)[0]).toEqual({ _id: 1, n: 5 });
  });

  test('write of another document than the one changed meanwhile, commits', async () => {
    const { operation, transaction } = begin();
    await set(outside(), 1, 5);
    await set(operation, 2, 20);
    await engine.commitTransaction(transaction);
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: 5 },
      { _id: 2, n: 20 },
    ]);
  });

  test('two that insert the same _id, the second conflicts', async () => {
    const first = begin();
    const second = begin();
    await insertIn(first.operation, { _id: 7 });
    expect(await rejection(insertIn(second.operation, { _id: 7 }))).toMatchObject(conflict);
    await engine.commitTransaction(first.transaction);
    engine.abortTransaction(second.transaction);
  });

  test('insert of an _id that its snapshot has, is a duplicate key', async () => {
    const { operation, transaction } = begin();
    const result = await insertIn(operation, { _id: 1 });
    expect(result).toMatchObject({ inserted: 0, writeErrors: [{ code: 11000 }] });
    engine.abortTransaction(transaction);
  });

  test('write outside transactions, of a held document, waits for the end', async () => {
    const { operation, transaction } = begin();
    await set(operation, 1, 10);
    const order: string[] = [];
    const waiting = set(outside(), 1, 99).then(() => order.push('outside'));
    await set(outside(), 2, 77);
    order.push('commit');
    await engine.commitTransaction(transaction);
    await waiting;
    expect(order).toEqual(['commit', 'outside']);
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: 99 },
      { _id: 2, n: 77 },
    ]);
  });

  test('write outside transactions, waiting beyond maxTimeMS, fails with 50', async () => {
    const { operation, transaction } = begin();
    await set(operation, 1, 10);
    const limited = engine.createOperation({ maxTimeMS: 20 });
    expect(await rejection(set(limited, 1, 99))).toMatchObject({ code: 50 });
    engine.abortTransaction(transaction);
    expect(documentsOf(engine, items)[0]).toEqual({ _id: 1, n: 1 });
  });

  test('collection made inside, appears at commit and not before', async () => {
    const { operation, transaction } = begin();
    const orders = { database: 'shop', collection: 'orders' };
    await engine.insertMany(operation, {
      namespace: orders,
      ordered: true,
      documents: [doc({ _id: 1 })],
    });
    expect(engine.getCollection(outside(), orders)).toBeUndefined();
    expect(documentsOf(engine, orders, operation)).toEqual([{ _id: 1 }]);
    await engine.commitTransaction(transaction);
    expect(documentsOf(engine, orders)).toEqual([{ _id: 1 }]);
    engine = await fixture.open();
    expect(documentsOf(engine, orders)).toEqual([{ _id: 1 }]);
  });

  test('createIndexes elsewhere, while it has written, waits for it', async () => {
    const { operation, transaction } = begin();
    await set(operation, 1, 10);
    const built = engine.createIndexes(outside(), items, [doc({ key: { n: 1 }, name: 'n_1' })]);
    await set(outside(), 2, 3);
    expect(engine.getCollection(outside(), items)?.indexes).toHaveLength(1);
    await engine.commitTransaction(transaction);
    await built;
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, n_1: 2 });
  });

  test('a write, after its collection was dropped since the snapshot, is refused', async () => {
    const { operation } = begin();
    await engine.dropCollection(outside(), items);
    expect(await rejection(insertIn(operation, { _id: 5 }))).toMatchObject({ code: 246 });
    expect(documentsOf(engine, items)).toEqual([]);
  });

  test('wasCommitted, for a committed number, is true also after reopening', async () => {
    const { operation, transaction, session } = begin();
    await set(operation, 1, 10);
    await engine.commitTransaction(transaction);
    expect(engine.wasCommitted(session)).toBe(true);
    engine = await fixture.open();
    expect(engine.wasCommitted(session)).toBe(true);
    expect(engine.wasCommitted({ ...session, txnNumber: 2n })).toBe(false);
  });

  test('commit of an ended transaction, is refused with 251', async () => {
    const { operation, transaction } = begin();
    await set(operation, 1, 10);
    engine.abortTransaction(transaction);
    const error = await rejection(engine.commitTransaction(transaction));
    expect(error).toBeInstanceOf(MongoServerError);
    expect(error).toMatchObject({ code: 251 });
  });

  test('forty transfers between two accounts at once, with retries, keep the sum', async () => {
    const transfer = async (): Promise<void> => {
      for (;;) {
        const { operation, transaction } = begin();
        try {
          const inc = (id: number, by: number): Promise<unknown> =>
            engine.updateDocuments(operation, {
              namespace: items,
              ordered: true,
              statements: [{ filter: doc({ _id: id }), update: doc({ $inc: { n: by } }) }],
            });
          await inc(1, -1);
          await new Promise((resolve) => setImmediate(resolve));
          await inc(2, 1);
          await engine.commitTransaction(transaction);
          return;
        } catch (error) {
          engine.abortTransaction(transaction);
          if (!(error instanceof MongoServerError) || error.code !== 112) throw error;
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        }
      }
    };
    await Promise.all(Array.from({ length: 40 }, transfer));
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: -39 },
      { _id: 2, n: 42 },
    ]);
  });
});

describe('retryable writes', () => {
  const session = { key: Buffer.alloc(16, 200), txnNumber: 5n };
  const again = (): OperationContext => engine.createOperation({ session });

  test('insert sent twice, also after reopening, inserts once and answers the same', async () => {
    const send = (): Promise<unknown> =>
      engine.insertMany(again(), {
        namespace: items,
        ordered: true,
        documents: [doc({ _id: 10 }), doc({ _id: 11 })],
      });
    expect(await send()).toMatchObject({ inserted: 2, writeErrors: [], retriedStatementIds: [] });
    const second = { inserted: 2, writeErrors: [], retriedStatementIds: [0, 1] };
    expect(await send()).toMatchObject(second);
    engine = await fixture.open();
    expect(await send()).toMatchObject(second);
    expect(documentsOf(engine, items)).toHaveLength(4);
  });

  test('unordered insert with an error in its middle, sent twice, repeats only the error', async () => {
    const send = (): ReturnType<Engine['insertMany']> =>
      engine.insertMany(again(), {
        namespace: items,
        ordered: false,
        documents: [doc({ _id: 10 }), doc({ _id: 1 }), doc({ _id: 11 }), doc({ _id: 12 })],
      });
    expect(await send()).toMatchObject({ inserted: 3, writeErrors: [{ index: 1, code: 11000 }] });
    const second = await send();
    expect(second).toMatchObject({ inserted: 3, writeErrors: [{ index: 1, code: 11000 }] });
    expect(second.retriedStatementIds).toEqual([0, 2, 3]);
    expect(documentsOf(engine, items)).toHaveLength(5);
  });

  test('increment sent twice, increments once', async () => {
    const send = (): Promise<unknown> =>
      engine.updateDocuments(again(), {
        namespace: items,
        ordered: true,
        statements: [{ filter: doc({ _id: 1 }), update: doc({ $inc: { n: 1 } }) }],
      });
    expect(await send()).toMatchObject({ matched: 1, modified: 1, retriedStatementIds: [] });
    expect(await send()).toMatchObject({ matched: 1, modified: 1, retriedStatementIds: [0] });
    expect(documentsOf(engine, items)[0]).toEqual({ _id: 1, n: 2 });
  });

  test('findAndModify that removes, sent twice, answers the removed document again', async () => {
    const send = (): ReturnType<Engine['findAndModify']> =>
      engine.findAndModify(again(), {
        namespace: items,
        filter: doc({}),
        sort: doc({ n: -1 }),
        remove: true,
      });
    const first = await send();
    expect(first.value).toEqual(doc({ _id: 2, n: 2 }));
    expect(await send()).toEqual({ ...first, retried: true });
    expect(documentsOf(engine, items)).toEqual([{ _id: 1, n: 1 }]);
  });

  test('delete with a newer number, runs again', async () => {
    const send = (txnNumber: bigint): ReturnType<Engine['deleteDocuments']> =>
      engine.deleteDocuments(engine.createOperation({ session: { ...session, txnNumber } }), {
        namespace: items,
        ordered: true,
        statements: [{ filter: doc({}), limit: 1 }],
      });
    expect(await send(1n)).toMatchObject({ deleted: 1 });
    expect(await send(1n)).toMatchObject({ deleted: 1, retriedStatementIds: [0] });
    expect(documentsOf(engine, items)).toHaveLength(1);
    expect(await send(2n)).toMatchObject({ deleted: 1, retriedStatementIds: [] });
    expect(documentsOf(engine, items)).toHaveLength(0);
  });
});

test('transactions, when more are open than there can be states, are refused and others go on', async () => {
  for (let count = 0; count < 2048; count += 1) begin();
  const refused = Promise.resolve().then(begin);
  expect(await rejection(refused)).toMatchObject(conflict);
  await set(outside(), 1, 7);
  expect(documentsOf(engine, items)).toEqual([
    { _id: 1, n: 7 },
    { _id: 2, n: 2 },
  ]);
});
