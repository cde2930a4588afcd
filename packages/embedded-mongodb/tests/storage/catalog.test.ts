import type { Engine } from '../../src/engine';
import { FileReserve } from '../../src/storage/file-reserve';
import { garbageRange } from '../../src/storage/keys';
import { Store } from '../../src/storage/store';
import type { Namespace } from '../../src/storage/types';
import type { BsonDocument } from '../../src/values/types';
import { EngineFixture, doc, documentsOf, entryCounts, insert, items, rejection } from './helpers';

let fixture: EngineFixture;
let engine: Engine;
const other: Namespace = { database: 'shop', collection: 'other' };

beforeEach(async () => {
  fixture = await EngineFixture.create();
  engine = await fixture.open();
});

afterEach(() => fixture.remove());

const names = (database: string): string[] =>
  engine
    .listCollections(engine.createOperation(), database)
    .map(({ namespace }) => namespace.collection);

const create = (namespace: Namespace, options: object = {}): Promise<void> =>
  engine.createCollection(engine.createOperation(), namespace, doc(options));

const rename = (from: Namespace, to: Namespace, dropTarget = false): Promise<void> =>
  engine.renameCollection(engine.createOperation(), from, to, { dropTarget });

describe('catalog', () => {
  test('create, the same again is fine, and both are listed after reopening', async () => {
    await create(items);
    await create(items);
    await create(other);
    engine = await fixture.open();
    expect(names('shop')).toEqual(['items', 'other']);
    expect(engine.listDatabases(engine.createOperation())).toEqual(['shop']);
  });

  test('racing creations of one collection by inserts, make one', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => insert(engine, items, { _id: n })));
    expect(documentsOf(engine, items)).toHaveLength(20);
    expect(names('shop')).toEqual(['items']);
  });

  test.each([
    [{ database: 'shop', collection: 'a$b' }],
    [{ database: 'shop', collection: '' }],
    [{ database: 'shop', collection: '.x' }],
    [{ database: 'sh op', collection: 'x' }],
    [{ database: 'shop', collection: 'x'.repeat(255) }],
  ])('create of %j, is refused with 73', async (namespace) => {
    expect(await rejection(create(namespace))).toMatchObject({ code: 73 });
  });

  test('create with capped, keeps the size rounded up to 256 bytes', async () => {
    await create(items, { capped: true, size: 1000 });
    const options = engine.getCollection(engine.createOperation(), items)?.options;
    expect(options).toEqual(doc({ capped: true, size: 1024 }));
  });

  test('drop, removes the collection, and its data is purged', async () => {
    await insert(engine, items, ...Array.from({ length: 2_500 }, (_, n) => ({ _id: n })));
    expect(await engine.dropCollection(engine.createOperation(), items)).toEqual({
      dropped: true,
      wasView: false,
      indexesWas: 1,
    });
    expect(names('shop')).toEqual([]);
    await insert(engine, items, { _id: 'again' });
    expect(documentsOf(engine, items)).toEqual([{ _id: 'again' }]);
    engine = await fixture.open();
    await engine.close();
    expect(await eventuallyWithoutGarbage()).toBe(true);
    engine = await fixture.open();
    expect(documentsOf(engine, items)).toEqual([{ _id: 'again' }]);
  });

  test('drop, when the disk is too full to purge the data, is done, and the purge is told and done later', async () => {
    const told: unknown[] = [];
    engine = await fixture.open({ onBackgroundError: (error) => told.push(error) });
    await insert(engine, items, { _id: 1 });
    const full = new Error('ENOSPC: no space left on device, write');
    jest
      .spyOn(FileReserve.prototype, 'provideFor')
      .mockResolvedValueOnce()
      .mockRejectedValueOnce(full);
    await engine.dropCollection(engine.createOperation(), items);
    await create(other);
    expect(told).toMatchObject([{ code: 14031 }]);
    expect(names('shop')).toEqual(['other']);
    engine = await fixture.open();
    expect(names('shop')).toEqual(['other']);
  });

  test('drop of what is not there, says so', async () => {
    expect(await engine.dropCollection(engine.createOperation(), items)).toEqual({
      dropped: false,
      wasView: false,
      indexesWas: 0,
    });
  });

  test('dropDatabase, removes its collections and no others', async () => {
    await insert(engine, items, { _id: 1 });
    await insert(engine, other, { _id: 1 });
    await insert(engine, { database: 'else', collection: 'x' }, { _id: 1 });
    expect(await engine.dropDatabase(engine.createOperation(), 'shop')).toBe(true);
    expect(engine.listDatabases(engine.createOperation())).toEqual(['else']);
    expect(await engine.dropDatabase(engine.createOperation(), 'shop')).toBe(false);
  });

  test('rename, moves documents and indexes, also across databases', async () => {
    await insert(engine, items, { _id: 1 });
    const target = { database: 'archive', collection: 'old' };
    await rename(items, target);
    expect(documentsOf(engine, target)).toEqual([{ _id: 1 }]);
    expect(names('shop')).toEqual([]);
    engine = await fixture.open();
    expect(documentsOf(engine, target)).toEqual([{ _id: 1 }]);
  });

  test('rename, from what is not there, onto itself and onto what exists, is refused', async () => {
    expect(await rejection(rename(items, other))).toMatchObject({ code: 26 });
    await insert(engine, items, { _id: 1 });
    await insert(engine, other, { _id: 2 });
    expect(await rejection(rename(items, items))).toMatchObject({ code: 20 });
    expect(await rejection(rename(items, other))).toMatchObject({ code: 48 });
    await rename(items, other, true);
    expect(documentsOf(engine, other)).toEqual([{ _id: 1 }]);
    expect(names('shop')).toEqual(['other']);
  });

  test('replaceCollection, keeps the indexes and swaps the documents at once', async () => {
    await insert(engine, items, { _id: 1, a: 1 });
    await engine.createIndexes(engine.createOperation(), items, [
      doc({ key: { a: 1 }, name: 'a_1' }),
    ]);
    await engine.replaceCollection(engine.createOperation(), items, chunksOf(5));
    expect(documentsOf(engine, items)).toHaveLength(5);
    expect(entryCounts(engine, items)).toEqual({ _id_: 5, a_1: 5 });
  });

  test('replaceCollection, when the documents break off, changes nothing', async () => {
    await insert(engine, items, { _id: 1 });
    async function* broken(): AsyncGenerator<BsonDocument[]> {
      yield* chunksOf(3);
      throw new Error('the source failed');
    }
    await expect(
      engine.replaceCollection(engine.createOperation(), items, broken()),
    ).rejects.toThrow('the source failed');
    expect(documentsOf(engine, items)).toEqual([{ _id: 1 }]);
  });
});

async function* chunksOf(count: number): AsyncGenerator<BsonDocument[]> {
  for (let n = 0; n < count; n += 1) yield await Promise.resolve([doc({ _id: n, a: n })]);
}

/** Opens the engine until its background purge has left no mark. */
async function eventuallyWithoutGarbage(): Promise<boolean> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const store = await Store.open(fixture.folder);
    const snapshot = store.snapshot();
    const marks = [...snapshot.range(garbageRange())].length;
    snapshot.release();
    await store.close();
    if (marks === 0) return true;
    engine = await fixture.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await engine.close();
  }
  return false;
}
