import type { Int32 } from 'bson';
import type { Engine } from '../../src/engine';
import { FileReserve } from '../../src/storage/file-reserve';
import type { InsertResult } from '../../src/storage/types';
import { encodeDocument } from '../../src/values/codec';
import { doc, documentsOf, EngineFixture, entryCounts, items } from './helpers';

/** More than fit in what one command has on its way to the disk. */
const COUNT = 10_000;

describe('inserts of many chunks', () => {
  let fixture: EngineFixture;
  let engine: Engine;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    engine = await fixture.open();
  });

  afterEach(() => fixture.remove());

  function insert(
    ids: readonly number[],
    options: { ordered: boolean; txnNumber?: bigint },
  ): Promise<InsertResult> {
    const session =
      options.txnNumber === undefined
        ? {}
        : { session: { key: Buffer.from('session'), txnNumber: options.txnNumber } };
    return engine.insertMany(engine.createOperation(session), {
      namespace: items,
      documents: ids.map((_id) => doc({ _id })),
      ordered: options.ordered,
    });
  }

  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const storedIds = (): number[] =>
    documentsOf(engine, items).map((document) => (document as { _id: Int32 })._id.valueOf());

  test('10 000 documents, inserted at once, are stored in order and survive reopening', async () => {
    const result = await insert(numbers(COUNT), { ordered: true });
    expect(result.inserted).toBe(COUNT);
    engine = await fixture.open();
    expect(storedIds()).toEqual(numbers(COUNT));
    expect(entryCounts(engine, items)).toEqual({ _id_: COUNT });
  });

  test('ordered insert, with a duplicate in a later chunk, stores all before it and none after', async () => {
    const ids = numbers(COUNT);
    ids[3_210] = 7;
    const result = await insert(ids, { ordered: true });
    expect(result.inserted).toBe(3_210);
    expect(result.writeErrors.map(({ index, code }) => ({ index, code }))).toEqual([
      { index: 3_210, code: 11000 },
    ]);
    expect(storedIds()).toEqual(numbers(3_210));
  });

  test('ordered insert, when the file has no room for a group in its midst, stores none after it', async () => {
    await insert([-1], { ordered: true });
    const provideFor = jest.spyOn(FileReserve.prototype, 'provideFor');
    // Late, so that the chunks of the next group are in line by then.
    const fail = async (): Promise<never> => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error('ENOSPC: No space left on device');
    };
    provideFor.mockImplementationOnce(() => Promise.resolve()).mockImplementationOnce(fail);
    const insertion = insert(numbers(3 * COUNT), { ordered: true });
    await expect(insertion).rejects.toMatchObject({ code: 14031 });
    provideFor.mockRestore();
    const stored = storedIds();
    expect(stored.length).toBeGreaterThan(1);
    expect(stored).toEqual([-1, ...numbers(stored.length - 1)]);
  });

  test('ordered insert, with a document that cannot be stored in a later chunk, stops there', async () => {
    const documents = numbers(COUNT).map((_id) => doc({ _id }));
    documents[2_345] = doc({ _id: [1] });
    const result = await engine.insertMany(engine.createOperation(), {
      namespace: items,
      documents,
      ordered: true,
    });
    expect(result.inserted).toBe(2_345);
    expect(result.writeErrors.map(({ index, code }) => ({ index, code }))).toEqual([
      { index: 2_345, code: 53 },
    ]);
    expect(storedIds()).toEqual(numbers(2_345));
  });

  test.each([true, false])(
    'insert, with broken BSON in a later chunk (ordered: %s), fails and stores nothing',
    async (ordered) => {
      const documents = numbers(COUNT).map((_id) => encodeDocument(doc({ _id })));
      documents[7_777] = Buffer.from([8, 0, 0, 0, 10, 97, 98, 0]);
      const request = { namespace: items, documents, ordered };
      await expect(engine.insertMany(engine.createOperation(), request)).rejects.toMatchObject({
        code: 22,
      });
      expect(storedIds()).toEqual([]);
    },
  );

  test('unordered insert, with duplicates in several chunks, stores all the others', async () => {
    const ids = numbers(COUNT);
    ids[600] = 7;
    ids[8_000] = 7;
    const result = await insert(ids, { ordered: false });
    expect(result.inserted).toBe(COUNT - 2);
    expect(result.writeErrors.map(({ index }) => index)).toEqual([600, 8_000]);
    expect(storedIds()).toHaveLength(COUNT - 2);
  });

  test('insert, repeated under the same number, is answered from the notes of the first', async () => {
    const first = await insert(numbers(COUNT), { ordered: true, txnNumber: 1n });
    const second = await insert(numbers(COUNT), { ordered: true, txnNumber: 1n });
    expect(first.retriedStatementIds).toEqual([]);
    expect(second.inserted).toBe(COUNT);
    expect(second.retriedStatementIds).toEqual(numbers(COUNT));
    expect(storedIds()).toHaveLength(COUNT);
  });

  test('insert, when a transaction holds an _id of a later chunk, waits and stays in order', async () => {
    await insert([-1], { ordered: true });
    const transaction = engine.beginTransaction({ key: Buffer.from('other'), txnNumber: 1n });
    await engine.insertMany(engine.createOperation({ transaction }), {
      namespace: items,
      documents: [doc({ _id: 5_000 })],
      ordered: true,
    });
    const running = insert(numbers(COUNT), { ordered: true });
    await insert([-2], { ordered: true });
    await engine.commitTransaction(transaction);
    const result = await running;
    expect(result.inserted).toBe(5_000);
    expect(result.writeErrors.map(({ index }) => index)).toEqual([5_000]);
    expect(storedIds().filter((id) => id > 5_000)).toEqual([]);
  });
});
