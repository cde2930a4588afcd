import { Int32 } from 'bson';
import type { Engine } from '../../src/engine';
import { FileReserve } from '../../src/storage/file-reserve';
import { toPlain } from '../../src/values/codec';
import type { Value } from '../../src/values/types';
import { EngineFixture, doc, documentsOf, entryCounts, insert, items, rejection } from './helpers';

let fixture: EngineFixture;
let engine: Engine;

beforeEach(async () => {
  fixture = await EngineFixture.create();
  engine = await fixture.open();
});

afterEach(() => fixture.remove());

const create = (...specifications: object[]): ReturnType<Engine['createIndexes']> =>
  engine.createIndexes(
    engine.createOperation(),
    items,
    specifications.map((one) => doc(one)),
  );

const dropIndexes = (index: Value): ReturnType<Engine['dropIndexes']> =>
  engine.dropIndexes(engine.createOperation(), items, index);

function listed(): unknown[] {
  const collection = engine.getCollection(engine.createOperation(), items);
  return (collection?.indexes ?? []).map(({ specification }) => toPlain(specification));
}

const set = (filter: object, change: object): ReturnType<Engine['updateDocuments']> =>
  engine.updateDocuments(engine.createOperation(), {
    namespace: items,
    ordered: true,
    statements: [{ filter: doc(filter), update: doc(change), multi: true }],
  });

const idIndex = { v: 2, key: { _id: 1 }, name: '_id_' };

describe('createIndexes', () => {
  test('on an empty collection, lists specifications as MongoDB and keeps them', async () => {
    const result = await create(
      { key: { a: 1, b: -1 }, name: 'a_1_b_-1', unique: true },
      { key: { at: 1 }, name: 'at_1', expireAfterSeconds: 60, sparse: true },
    );
    expect(result).toEqual({
      indexesBefore: 1,
      indexesAfter: 3,
      createdCollectionAutomatically: true,
    });
    const all = [
      idIndex,
      { v: 2, key: { a: 1, b: -1 }, name: 'a_1_b_-1', unique: true },
      { v: 2, key: { at: 1 }, name: 'at_1', expireAfterSeconds: 60, sparse: true },
    ];
    expect(listed()).toEqual(all);
    engine = await fixture.open();
    expect(listed()).toEqual(all);
  });

  test('of an index that exists, does nothing and says so', async () => {
    await create({ key: { a: 1 }, name: 'a_1' });
    expect(await create({ key: { a: 1 }, name: 'a_1' })).toEqual({
      indexesBefore: 2,
      indexesAfter: 2,
      createdCollectionAutomatically: false,
      note: 'all indexes already exist',
    });
  });

  test.each([
    ['same name, other key', { key: { b: 1 }, name: 'a_1' }, 86, 'IndexKeySpecsConflict'],
    [
      'same name, now unique',
      { key: { a: 1 }, name: 'a_1', unique: true },
      86,
      'IndexKeySpecsConflict',
    ],
    ['same key, other name', { key: { a: 1 }, name: 'other' }, 85, 'IndexOptionsConflict'],
    [
      'same name and key, other expiry',
      { key: { a: 1 }, name: 'a_1', expireAfterSeconds: 5 },
      85,
      'IndexOptionsConflict',
    ],
    [
      'unknown option',
      { key: { c: 1 }, name: 'c_1', nonsense: 1 },
      197,
      'InvalidIndexSpecificationOption',
    ],
    ['empty key', { key: {}, name: 'x' }, 67, 'CannotCreateIndex'],
    ['zero direction', { key: { c: 0 }, name: 'c_0' }, 67, 'CannotCreateIndex'],
    ['unknown plugin', { key: { c: 'magic' }, name: 'c_magic' }, 67, 'CannotCreateIndex'],
    [
      'compound TTL',
      { key: { c: 1, d: 1 }, name: 'c', expireAfterSeconds: 1 },
      67,
      'CannotCreateIndex',
    ],
    ['no name', { key: { c: 1 } }, 9, 'FailedToParse'],
    ['geo', { key: { c: '2dsphere' }, name: 'c_2dsphere' }, 238, 'NotImplemented'],
  ])('%s, is refused', async (_what, specification, code, codeName) => {
    await create({ key: { a: 1 }, name: 'a_1' });
    expect(await rejection(create(specification))).toMatchObject({ code, codeName });
    expect(listed()).toEqual([idIndex, { v: 2, key: { a: 1 }, name: 'a_1' }]);
  });

  test('over existing documents, holds an entry for each', async () => {
    await insert(engine, items, ...Array.from({ length: 1_234 }, (_, n) => ({ _id: n, n: n % 7 })));
    await create({ key: { n: 1 }, name: 'n_1' });
    expect(entryCounts(engine, items)).toEqual({ _id_: 1_234, n_1: 1_234 });
  });

  test('unique, over documents that break it, leaves no index at all, not even the others', async () => {
    await insert(engine, items, { _id: 1, a: 1 }, { _id: 2, a: 1 });
    expect(
      await rejection(
        create({ key: { b: 1 }, name: 'b_1' }, { key: { a: 1 }, name: 'a_1', unique: true }),
      ),
    ).toMatchObject({
      code: 11000,
      message: expect.stringMatching(
        /^Index build failed: [-0-9a-f]{36}: Collection shop\.items \( [-0-9a-f]{36} \) :: caused by :: E11000 duplicate key error collection: shop\.items index: a_1 dup key: { a: 1 }$/,
      ),
      extra: new Map([
        ['keyPattern', new Map([['a', new Int32(1)]])],
        ['keyValue', new Map([['a', new Int32(1)]])],
      ]),
    });
    expect(listed()).toEqual([idIndex]);
    await insert(engine, items, { _id: 3, a: 1 });
    engine = await fixture.open();
    expect(listed()).toEqual([idIndex]);
  });

  test('while documents are written, misses none of them', async () => {
    await insert(engine, items, ...Array.from({ length: 3_000 }, (_, n) => ({ _id: n, n })));
    const building = create({ key: { n: 1 }, name: 'n_1' });
    const writing = Array.from({ length: 50 }, (_, n) =>
      insert(engine, items, { _id: 10_000 + n, n }),
    );
    await Promise.all([building, ...writing]);
    expect(entryCounts(engine, items)).toEqual({ _id_: 3_050, n_1: 3_050 });
  });
});

describe('unique index', () => {
  test('duplicate by insert and by update, is refused with key and message', async () => {
    await create({ key: { name: 1 }, name: 'name_1', unique: true });
    await insert(engine, items, { _id: 1, name: 'x' }, { _id: 2, name: 'y' });
    const { writeErrors } = await set({ _id: 2 }, { $set: { name: 'x' } });
    expect(writeErrors).toMatchObject([
      {
        code: 11000,
        message:
          'E11000 duplicate key error collection: shop.items index: name_1 dup key: { name: "x" }',
      },
    ]);
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, name: 'x' },
      { _id: 2, name: 'y' },
    ]);
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, name_1: 2 });
  });

  test('keys longer than the store can hold, that differ only at their end, are told apart', async () => {
    await create({ key: { name: 1 }, name: 'name_1', unique: true });
    const long = 'x'.repeat(5_000);
    await insert(engine, items, { _id: 1, name: `${long}a` }, { _id: 2, name: `${long}b` });
    const result = await engine.insertMany(engine.createOperation(), {
      namespace: items,
      ordered: true,
      documents: [doc({ _id: 3, name: `${long}b` })],
    });
    expect(result.writeErrors).toMatchObject([{ code: 11000 }]);
    const [, index] = engine.getCollection(engine.createOperation(), items)?.indexes ?? [];
    expect(index?.longKeys).toBe(true);
    engine = await fixture.open();
    const [, reopened] = engine.getCollection(engine.createOperation(), items)?.indexes ?? [];
    expect(reopened?.longKeys).toBe(true);
  });

  test('value that moved on, is free for another document', async () => {
    await create({ key: { name: 1 }, name: 'name_1', unique: true });
    await insert(engine, items, { _id: 1, name: 'x' });
    await set({ _id: 1 }, { $set: { name: 'z' } });
    await insert(engine, items, { _id: 2, name: 'x' });
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, name_1: 2 });
  });

  test('sparse and partial, leave out what they should', async () => {
    await create(
      { key: { email: 1 }, name: 'email_1', unique: true, sparse: true },
      {
        key: { code: 1 },
        name: 'code_1',
        unique: true,
        partialFilterExpression: { active: true },
      },
    );
    await insert(
      engine,
      items,
      { _id: 1, code: 1, active: false },
      { _id: 2, code: 1, active: false },
      { _id: 3, code: 1, active: true, email: 'e' },
    );
    expect(entryCounts(engine, items)).toEqual({ _id_: 3, email_1: 1, code_1: 1 });
    const { writeErrors } = await set({ _id: 1 }, { $set: { active: true } });
    expect(writeErrors).toMatchObject([{ code: 11000 }]);
    await set({ _id: 3 }, { $set: { active: false } });
    expect(entryCounts(engine, items)).toEqual({ _id_: 3, email_1: 1, code_1: 0 });
  });

  test('twenty racing inserts of one key, one wins', async () => {
    await create({ key: { name: 1 }, name: 'name_1', unique: true });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        engine.insertMany(engine.createOperation(), {
          namespace: items,
          ordered: true,
          documents: [doc({ _id: n, name: 'only' })],
        }),
      ),
    );
    expect(results.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(1);
    expect(entryCounts(engine, items)).toEqual({ _id_: 1, name_1: 1 });
  });
});

describe('multikey index', () => {
  test('array, has an entry per element and the flag survives reopening', async () => {
    await create({ key: { tags: 1 }, name: 'tags_1' });
    await insert(engine, items, { _id: 1, tags: ['a', 'b', 'a'] }, { _id: 2, tags: 'c' });
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, tags_1: 3 });
    await set({ _id: 1 }, { $set: { tags: ['b', 'd', 'e'] } });
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, tags_1: 4 });
    engine = await fixture.open();
    const [, index] = engine.getCollection(engine.createOperation(), items)?.indexes ?? [];
    expect(index?.multikey).toBe(true);
    expect([...(index?.multikeyPaths ?? [])]).toEqual(['tags']);
  });

  test('flag, when the first array was refused and a later one stored, survives reopening', async () => {
    await create(
      { key: { tags: 1 }, name: 'tags_1' },
      { key: { name: 1 }, name: 'name_1', unique: true },
    );
    await insert(engine, items, { _id: 1, name: 'x' });
    await engine.insertMany(engine.createOperation(), {
      namespace: items,
      ordered: true,
      documents: [doc({ _id: 2, name: 'x', tags: [1, 2] })],
    });
    await insert(engine, items, { _id: 3, name: 'y', tags: [1, 2] });
    engine = await fixture.open();
    const [, index] = engine.getCollection(engine.createOperation(), items)?.indexes ?? [];
    expect(index?.multikey).toBe(true);
  });

  test('parallel arrays, are refused with 171', async () => {
    await create({ key: { a: 1, b: 1 }, name: 'a_1_b_1' });
    const result = await engine.insertMany(engine.createOperation(), {
      namespace: items,
      ordered: true,
      documents: [doc({ _id: 1, a: [1], b: [2] })],
    });
    expect(result.writeErrors).toMatchObject([{ code: 171 }]);
    expect(documentsOf(engine, items)).toEqual([]);
  });
});

test('build, when the disk is full as it begins, leaves the collection writable', async () => {
  await insert(engine, items, { _id: 1, a: 1 });
  jest
    .spyOn(FileReserve.prototype, 'provideFor')
    .mockRejectedValueOnce(new Error('ENOSPC: no space left on device, write'));
  expect(await rejection(create({ key: { a: 1 }, name: 'a_1' }))).toMatchObject({ code: 14031 });
  await insert(engine, items, { _id: 2, a: 2 });
  await create({ key: { a: 1 }, name: 'a_1' });
  expect(entryCounts(engine, items)).toEqual({ _id_: 2, a_1: 2 });
});

describe('dropIndexes', () => {
  beforeEach(async () => {
    await create({ key: { a: 1 }, name: 'a_1' }, { key: { b: -1 }, name: 'b_-1' });
    await insert(engine, items, { _id: 1, a: 1, b: 1 });
  });

  test.each<[string, Value, string[]]>([
    ['a name', 'a_1', ['_id_', 'b_-1']],
    ['a key pattern', new Map([['b', new Int32(-1)]]), ['_id_', 'a_1']],
    ['several names', ['a_1', 'b_-1'], ['_id_']],
    ['a star', '*', ['_id_']],
  ])('by %s, removes those', async (_what, selector, left) => {
    expect(await dropIndexes(selector)).toMatchObject({ indexesWas: 3 });
    expect(Object.keys(entryCounts(engine, items))).toEqual(left);
    engine = await fixture.open();
    expect(Object.keys(entryCounts(engine, items))).toEqual(left);
  });

  test.each<[string, Value, number]>([
    ['unknown name', 'c_1', 27],
    ['unknown key', new Map([['c', new Int32(1)]]), 27],
    ['the _id index', '_id_', 72],
    ['a number', new Int32(1), 14],
  ])('%s, is refused', async (_what, selector, code) => {
    expect(await rejection(dropIndexes(selector))).toMatchObject({ code });
    expect(Object.keys(entryCounts(engine, items))).toEqual(['_id_', 'a_1', 'b_-1']);
  });

  test('index dropped and made again, has entries for the documents of now', async () => {
    await dropIndexes('a_1');
    await insert(engine, items, { _id: 2, a: 2 });
    await create({ key: { a: 1 }, name: 'a_1' });
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, 'b_-1': 2, a_1: 2 });
  });
});

describe('TTL index', () => {
  test('sweep, deletes what is past its time and nothing else', async () => {
    engine = await fixture.open({ now: () => new Date('2030-01-01T00:01:00Z') });
    await create({ key: { at: 1 }, name: 'at_1', expireAfterSeconds: 30 });
    await insert(
      engine,
      items,
      { _id: 'old', at: new Date('2030-01-01T00:00:29Z') },
      { _id: 'exact', at: new Date('2030-01-01T00:00:30Z') },
      { _id: 'young', at: new Date('2030-01-01T00:00:30.001Z') },
      { _id: 'array', at: [new Date('2031-01-01'), new Date('2029-01-01')] },
      { _id: 'text', at: '2000-01-01' },
      { _id: 'none' },
    );
    expect(await engine.sweepExpired()).toBe(3);
    expect((documentsOf(engine, items) as { _id: string }[]).map(({ _id }) => _id)).toEqual([
      'young',
      'text',
      'none',
    ]);
  });

  test('sweep, when the partial filter holds text, follows the collation of the index', async () => {
    engine = await fixture.open({ now: () => new Date('2030-01-01') });
    await create({
      key: { at: 1 },
      name: 'at_1',
      expireAfterSeconds: 0,
      collation: { locale: 'en', strength: 2 },
      partialFilterExpression: { kind: 'x' },
    });
    const at = new Date('2029-01-01');
    await insert(engine, items, { _id: 1, at, kind: 'X' }, { _id: 2, at, kind: 'y' });
    expect(await engine.sweepExpired()).toBe(1);
    expect(documentsOf(engine, items)).toEqual([{ _id: 2, at, kind: 'y' }]);
  });

  test('collMod of the expiry, is used and kept', async () => {
    await create({ key: { at: 1 }, name: 'at_1', expireAfterSeconds: 30 });
    const { before, after } = await engine.modifyIndex(
      engine.createOperation(),
      items,
      doc({ name: 'at_1', expireAfterSeconds: 90 }),
    );
    expect(toPlain(before)).toMatchObject({ expireAfterSeconds: 30 });
    expect(toPlain(after)).toMatchObject({ expireAfterSeconds: 90 });
    engine = await fixture.open();
    expect(listed()[1]).toMatchObject({ expireAfterSeconds: 90 });
  });
});

describe('text index', () => {
  test('documents, are filed under their terms, and change with the text alone', async () => {
    await create({ key: { title: 'text', body: 'text' }, name: 'text', weights: { title: 5 } });
    expect(listed()[1]).toEqual({
      v: 2,
      key: { _fts: 'text', _ftsx: 1 },
      name: 'text',
      weights: { body: 1, title: 5 },
      default_language: 'english',
      language_override: 'language',
      textIndexVersion: 3,
    });
    await insert(
      engine,
      items,
      { _id: 1, title: 'Red apples', body: 'the apple tree' },
      { _id: 2 },
    );
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, text: 3 });
    await set({ _id: 1 }, { $set: { title: 'Blue' } });
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, text: 3 });
    await set({ _id: 1 }, { $unset: { title: 1 } });
    expect(entryCounts(engine, items)).toEqual({ _id_: 2, text: 2 });
  });

  test('second text index, is refused', async () => {
    await create({ key: { title: 'text' }, name: 'title_text' });
    expect(await rejection(create({ key: { body: 'text' }, name: 'body_text' }))).toMatchObject({
      code: 67,
    });
  });
});
