import { Int32 } from 'bson';
import type { Engine } from '../../src/engine';
import type { OperationContext } from '../../src/storage/types';
import { countRecords, dataSize } from '../../src/storage/collection';
import { encodeDocument, toPlain } from '../../src/values/codec';
import type { Value } from '../../src/values/types';
import { EngineFixture, doc, documentsOf, entryCounts, insert, items } from './helpers';

let fixture: EngineFixture;
let engine: Engine;

beforeEach(async () => {
  fixture = await EngineFixture.create();
  engine = await fixture.open();
});

afterEach(() => fixture.remove());

function update(statement: {
  filter: object;
  update: object;
  multi?: boolean;
  upsert?: boolean;
}): ReturnType<Engine['updateDocuments']> {
  return engine.updateDocuments(engine.createOperation(), {
    namespace: items,
    ordered: true,
    statements: [{ ...statement, filter: doc(statement.filter), update: doc(statement.update) }],
  });
}

function count(): [number, number] {
  const operation = engine.createOperation();
  const collection = engine.getCollection(operation, items);
  if (!collection) throw new Error('no collection');
  const reader = operation.reader();
  const counted: [number, number] = [
    countRecords(reader, collection),
    dataSize(reader, collection),
  ];
  operation.release();
  return counted;
}

describe('insertMany', () => {
  test('documents, when inserted, come back in insertion order and after reopening', async () => {
    await insert(engine, items, { _id: 2, name: 'b' }, { _id: 1, name: 'a' });
    expect(documentsOf(engine, items)).toEqual([
      { _id: 2, name: 'b' },
      { _id: 1, name: 'a' },
    ]);
    engine = await fixture.open();
    expect(documentsOf(engine, items)).toEqual([
      { _id: 2, name: 'b' },
      { _id: 1, name: 'a' },
    ]);
    await insert(engine, items, { _id: 0 });
    expect(documentsOf(engine, items).at(-1)).toEqual({ _id: 0 });
  });

  test('duplicate _id, ordered, stops there with E11000, its key and its message', async () => {
    const result = await engine.insertMany(engine.createOperation(), {
      namespace: items,
      ordered: true,
      documents: [doc({ _id: 1 }), doc({ _id: 1 }), doc({ _id: 3 })],
    });
    expect(result.inserted).toBe(1);
    expect(result.writeErrors).toMatchObject([
      {
        index: 1,
        code: 11000,
        message:
          'E11000 duplicate key error collection: shop.items index: _id_ dup key: { _id: 1 }',
      },
    ]);
    expect(result.writeErrors[0]?.keyPattern).toEqual(new Map([['_id', new Int32(1)]]));
    expect(result.writeErrors[0]?.keyValue).toEqual(new Map([['_id', new Int32(1)]]));
    expect(documentsOf(engine, items)).toEqual([{ _id: 1 }]);
    expect(count()[0]).toBe(1);
  });

  test('duplicate _id, unordered, inserts all the others', async () => {
    const result = await engine.insertMany(engine.createOperation(), {
      namespace: items,
      ordered: false,
      documents: [doc({ _id: 1 }), doc({ _id: 1 }), doc({ _id: [1] }), doc({ _id: 4 })],
    });
    expect(result.inserted).toBe(2);
    expect(result.writeErrors.map(({ index, code }) => [index, code])).toEqual([
      [1, 11000],
      [2, 53],
    ]);
    expect(documentsOf(engine, items)).toEqual([{ _id: 1 }, { _id: 4 }]);
  });

  test('document without _id, when inserted, gets one as its first field', async () => {
    await insert(engine, items, { name: 'x' });
    const [stored] = documentsOf(engine, items) as Record<string, unknown>[];
    expect(Object.keys(stored ?? {})).toEqual(['_id', 'name']);
  });

  test.each<[string, [string, Value][], string[]]>([
    [
      'first',
      [
        ['_id', new Int32(1)],
        ['a', 'b'],
        ['c', true],
      ],
      ['_id', 'a', 'c'],
    ],
    [
      'in the middle',
      [
        ['a', 'b'],
        ['_id', new Int32(1)],
        ['c', true],
      ],
      ['_id', 'a', 'c'],
    ],
    [
      'last',
      [
        ['a', 'b'],
        ['c', true],
        ['_id', new Int32(1)],
      ],
      ['_id', 'a', 'c'],
    ],
    ['nowhere', [['a', new Map<string, Value>([['_id', null]])]], ['_id', 'a']],
  ])(
    'BSON with the _id %s, when inserted, is stored with the _id first',
    async (_where, fields, names) => {
      const original = new Map(fields);
      await engine.insertMany(engine.createOperation(), {
        namespace: items,
        documents: [encodeDocument(original)],
        ordered: true,
      });
      const [stored] = documentsOf(engine, items) as Record<string, unknown>[];
      expect(Object.keys(stored ?? {})).toEqual(names);
      expect(stored).toMatchObject(toPlain(original) as object);
    },
  );

  test('BSON with a field twice, when inserted, keeps the first of the two', async () => {
    const twice = encodeDocument(
      new Map<string, Value>([
        ['a', 'x'],
        ['b', 'y'],
        ['_id', 'z'],
      ]),
    );
    twice.write('a', twice.indexOf('b\0'));
    await engine.insertMany(engine.createOperation(), {
      namespace: items,
      documents: [twice],
      ordered: true,
    });
    expect(documentsOf(engine, items)).toEqual([{ _id: 'z', a: 'x' }]);
  });

  test('1 200 documents at once, more than one chunk, are all there and counted', async () => {
    await insert(engine, items, ...Array.from({ length: 1_200 }, (_, n) => ({ _id: n })));
    expect(documentsOf(engine, items)).toHaveLength(1_200);
    expect(count()).toEqual([1_200, 1_200 * 14]);
  });
});

describe('updateDocuments', () => {
  beforeEach(() => insert(engine, items, { _id: 1, n: 1, tag: 'a' }, { _id: 2, n: 2, tag: 'a' }));

  test('one document, by _id, is changed and counted as modified', async () => {
    expect(await update({ filter: { _id: 1 }, update: { $inc: { n: 5 } } })).toMatchObject({
      matched: 1,
      modified: 1,
    });
    expect(documentsOf(engine, items)[0]).toEqual({ _id: 1, n: 6, tag: 'a' });
  });

  test('one document, by another field, is found without an index', async () => {
    await update({ filter: { n: 2 }, update: { $set: { tag: 'b' } } });
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: 1, tag: 'a' },
      { _id: 2, n: 2, tag: 'b' },
    ]);
  });

  test('multi, all that match, once each', async () => {
    expect(
      await update({ filter: { tag: 'a' }, update: { $inc: { n: 10 } }, multi: true }),
    ).toMatchObject({ matched: 2, modified: 2 });
    expect(documentsOf(engine, items)).toEqual([
      { _id: 1, n: 11, tag: 'a' },
      { _id: 2, n: 12, tag: 'a' },
    ]);
  });

  test('update that changes nothing, is matched but not modified', async () => {
    expect(await update({ filter: { _id: 1 }, update: { $set: { n: 1 } } })).toMatchObject({
      matched: 1,
      modified: 0,
    });
  });

  test('upsert, when nothing matches, inserts from the filter and answers the _id', async () => {
    const result = await update({
      filter: { _id: 9, kind: 'new' },
      update: { $set: { n: 1 } },
      upsert: true,
    });
    expect(result).toMatchObject({ matched: 0, modified: 0, upserted: [{ index: 0 }] });
    expect(result.upserted[0]?.id).toEqual(new Int32(9));
    expect(documentsOf(engine, items).at(-1)).toEqual({ _id: 9, kind: 'new', n: 1 });
  });

  test('twenty racing upserts of one key, without a unique index, leave one document', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        update({ filter: { kind: 'counter' }, update: { $inc: { n: 1 } }, upsert: true }),
      ),
    );
    const counters = documentsOf(engine, items).filter(
      (document) => (document as { kind?: string }).kind === 'counter',
    );
    expect(counters).toMatchObject([{ n: 20 }]);
  });

  test('fifty racing increments of one document, none is lost', async () => {
    await Promise.all(
      Array.from({ length: 50 }, () =>
        update({ filter: { tag: 'a', n: { $lt: 900 } }, update: { $inc: { n: 1 } } }),
      ),
    );
    const total = (documentsOf(engine, items) as { n: number }[]).reduce(
      (sum, { n }) => sum + n,
      0,
    );
    expect(total).toBe(53);
  });
});

describe('changes of many documents whose collection goes meanwhile', () => {
  // More than one work changes.
  const DOCUMENTS = Array.from({ length: 450 }, (_, index) => ({ _id: index, n: 0 }));

  beforeEach(() => insert(engine, items, ...DOCUMENTS));

  /** An operation that calls `act` between its first work and the next. */
  function operationThatMeets(act: () => void): OperationContext {
    let isDone = false;
    const interrupted = (): boolean => {
      if (!isDone && count()[0] < DOCUMENTS.length) {
        isDone = true;
        act();
      }
      return false;
    };
    return engine.createOperation({ interrupted });
  }

  test('delete, when the collection is converted after some are deleted, answers 175', async () => {
    let conversion: Promise<void> | undefined;
    let left = 0;
    const operation = operationThatMeets(() => {
      [left] = count();
      conversion = engine.convertToCapped(engine.createOperation(), items, new Int32(1 << 20));
    });
    const result = await engine.deleteDocuments(operation, {
      namespace: items,
      ordered: true,
      statements: [{ filter: doc({ n: 0 }), limit: 0 }],
    });
    await conversion;
    expect(result.writeErrors).toMatchObject([{ index: 0, code: 175 }]);
    expect(result.writeErrors[0]?.message).toMatch(/^collection dropped\. UUID [0-9a-f-]{36}$/);
    expect(left).toBeGreaterThan(0);
    expect(documentsOf(engine, items)).toHaveLength(left);
  });

  test('update, when the collection is converted before the first change, changes all', async () => {
    const conversion = engine.convertToCapped(engine.createOperation(), items, new Int32(1 << 20));
    const result = await update({ filter: { n: 0 }, update: { $set: { n: 1 } }, multi: true });
    await conversion;
    expect(result).toMatchObject({ matched: 450, modified: 450, writeErrors: [] });
    expect(documentsOf(engine, items)).toEqual(DOCUMENTS.map(({ _id }) => ({ _id, n: 1 })));
  });

  test('update, when the collection is dropped before the first change, matches nothing', async () => {
    const drop = engine.dropCollection(engine.createOperation(), items);
    const result = await update({ filter: { n: 0 }, update: { $set: { n: 1 } }, multi: true });
    await drop;
    expect(result).toMatchObject({ matched: 0, modified: 0, writeErrors: [] });
  });
});

describe('deleteDocuments', () => {
  beforeEach(() => insert(engine, items, { _id: 1, t: 1 }, { _id: 2, t: 1 }, { _id: 3, t: 2 }));

  test.each([
    [1 as const, 1, [2, 3]],
    [0 as const, 2, [3]],
  ])('limit %d, when two match, deletes %d', async (limit, deleted, left) => {
    const result = await engine.deleteDocuments(engine.createOperation(), {
      namespace: items,
      ordered: true,
      statements: [{ filter: doc({ t: 1 }), limit }],
    });
    expect(result.deleted).toBe(deleted);
    expect((documentsOf(engine, items) as { _id: number }[]).map(({ _id }) => _id)).toEqual(left);
    expect(count()[0]).toBe(left.length);
    expect(entryCounts(engine, items)).toEqual({ _id_: left.length });
  });
});

describe('findAndModify', () => {
  beforeEach(() => insert(engine, items, { _id: 1, p: 1 }, { _id: 2, p: 3 }, { _id: 3, p: 2 }));

  test('update with sort, answers the document before or after', async () => {
    const before = await engine.findAndModify(engine.createOperation(), {
      namespace: items,
      filter: doc({}),
      sort: doc({ p: -1 }),
      update: doc({ $set: { done: true } }),
    });
    expect(before).toMatchObject({ matched: 1, updatedExisting: true });
    expect(before.value).toEqual(doc({ _id: 2, p: 3 }));
    const after = await engine.findAndModify(engine.createOperation(), {
      namespace: items,
      filter: doc({ done: { $exists: false } }),
      sort: doc({ p: -1 }),
      update: doc({ $set: { done: true } }),
      returnNew: true,
    });
    expect(after.value).toEqual(doc({ _id: 3, p: 2, done: true }));
  });

  test('thirty workers that take jobs by removing them, each job is taken once', async () => {
    await insert(engine, items, ...Array.from({ length: 27 }, (_, n) => ({ _id: 10 + n, p: n })));
    const taken = await Promise.all(
      Array.from({ length: 32 }, () =>
        engine.findAndModify(engine.createOperation(), {
          namespace: items,
          filter: doc({}),
          sort: doc({ p: 1 }),
          remove: true,
        }),
      ),
    );
    const ids = taken.flatMap(({ value }) => (value ? [Number(value.get('_id'))] : []));
    expect(new Set(ids).size).toBe(30);
    expect(ids).toHaveLength(30);
    expect(documentsOf(engine, items)).toEqual([]);
  });
});
