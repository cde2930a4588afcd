import { document, MemoryCollection } from './memory-collection';
import { compileMatch } from '../../src/match/compile';
import { executeRecords } from '../../src/plan/execute';
import type { PlanNode } from '../../src/plan/plan';
import { inputsOf } from '../../src/plan/plan';
import { planQuery } from '../../src/plan/planner';
import { parseSortPattern } from '../../src/plan/query';
import { toPlain } from '../../src/values/plain';

interface Found {
  ids: unknown[];
  /** Stage names from the outermost to the innermost. */
  stages: string[];
}

function stageNames(node: PlanNode): string[] {
  return [node.stage, ...inputsOf(node).flatMap(stageNames)];
}

async function find(collection: MemoryCollection, filter: object, sort?: object): Promise<Found> {
  const query = {
    match: compileMatch(document(filter)),
    sort: sort && parseSortPattern(document(sort)),
  };
  const plan = planQuery(collection.info, query, collection.reader());
  const ids: unknown[] = [];
  for await (const records of executeRecords(collection.operation(), plan)) {
    ids.push(...records.map((record) => toPlain(record.document().get('_id'))));
  }
  return { ids, stages: stageNames(plan.root) };
}

function collectionOf(key: Record<string, 1 | -1>, documents: object[]): MemoryCollection {
  const collection = new MemoryCollection();
  collection.createIndex(key);
  documents.forEach((fields, position) => collection.insert({ _id: position + 1, ...fields }));
  return collection;
}

describe('an index on arrays', () => {
  test('sorting by a field with a range, when an array has elements outside it, sorts after reading', async () => {
    const collection = collectionOf({ a: 1 }, [{ a: [0, 9] }, { a: 5 }]);
    expect(await find(collection, { a: { $gte: 4 } }, { a: 1 })).toEqual({
      ids: [1, 2],
      stages: ['SORT', 'FETCH', 'IXSCAN'],
    });
  });

  test('sorting by an array field without bounds, when only the index orders, gives each document at its least element', async () => {
    const collection = collectionOf({ a: 1 }, [{ a: [7, 2] }, { a: 5 }, { a: [] }, { a: null }]);
    expect(await find(collection, {}, { a: 1 })).toEqual({
      ids: [3, 4, 1, 2],
      stages: ['FETCH', 'IXSCAN'],
    });
    expect((await find(collection, {}, { a: -1 })).ids).toEqual([1, 2, 4, 3]);
  });

  test('equality on a sort field, when arrays hold other elements too, does not make the field constant', async () => {
    const collection = collectionOf({ a: 1, b: 1 }, [
      { a: [0, 5], b: 2 },
      { a: 5, b: 1 },
    ]);
    const found = await find(collection, { a: 5 }, { a: 1, b: 1 });
    expect(found.ids).toEqual([1, 2]);
    expect(found.stages).toContain('SORT');
  });

  test('equality on an array field before the sort field, when sorted by the latter, takes the order of the index', async () => {
    const collection = collectionOf({ tags: 1, n: -1 }, [
      { tags: ['x', 'y'], n: 1 },
      { tags: ['x'], n: 3 },
      { tags: ['z', 'x'], n: 2 },
    ]);
    expect(await find(collection, { tags: 'x' }, { n: -1 })).toEqual({
      ids: [2, 3, 1],
      stages: ['FETCH', 'IXSCAN'],
    });
  });

  test('equality and sort on fields of the same array, when other elements sort lower, sorts after reading', async () => {
    const collection = collectionOf({ 'a.x': 1, 'a.y': 1 }, [
      { a: [{ x: 1, y: 1 }] },
      {
        a: [
          { x: 1, y: 5 },
          { x: 2, y: 0 },
        ],
      },
    ]);
    const found = await find(collection, { 'a.x': 1 }, { 'a.y': 1 });
    expect(found.ids).toEqual([2, 1]);
    expect(found.stages).toContain('SORT');
  });

  test('conditions on two fields of one array, when different elements meet them, are not combined', async () => {
    const collection = collectionOf({ 'a.x': 1, 'a.y': 1 }, [
      {
        a: [
          { x: 1, y: 9 },
          { x: 9, y: 1 },
        ],
      },
    ]);
    expect((await find(collection, { 'a.x': 1, 'a.y': 1 })).ids).toEqual([1]);
    expect((await find(collection, { a: { $elemMatch: { x: 1, y: 1 } } })).ids).toEqual([]);
    expect((await find(collection, { a: { $elemMatch: { x: 1, y: 9 } } })).ids).toEqual([1]);
  });

  test('$elemMatch on two fields, when the index holds both, narrows by both', async () => {
    const collection = collectionOf({ 'a.x': 1, 'a.y': 1 }, [
      {
        a: [
          { x: 1, y: 9 },
          { x: 2, y: 3 },
        ],
      },
    ]);
    const match = compileMatch(document({ a: { $elemMatch: { x: 1, y: 9 } } }));
    const plan = planQuery(collection.info, { match });
    const [scan] = inputsOf(plan.root);
    expect(scan?.stage === 'IXSCAN' && scan.bounds.map((set) => set.length)).toEqual([1, 1]);
    expect(
      scan?.stage === 'IXSCAN' && scan.bounds.map((set) => toPlain(set[0]?.low.value)),
    ).toEqual([1, 9]);
  });

  test.each([
    [{ a: [] }, [1]],
    [{ a: null }, [2, 3]],
    [{ a: [1, 2] }, [4, 5]],
    [{ a: { $exists: false } }, [3]],
    [{ a: { $in: [null, 2] } }, [2, 3, 4]],
  ])(
    '%j, when empty, missing and nested arrays are stored, finds what the matcher finds',
    async (filter, ids) => {
      const collection = collectionOf({ a: 1 }, [
        { a: [] },
        { a: null },
        {},
        { a: [1, 2] },
        { a: [[1, 2]] },
      ]);
      const found = await find(collection, filter);
      expect(found.stages).toContain('IXSCAN');
      expect(new Set(found.ids)).toEqual(new Set(ids));
    },
  );

  test('a path with an array position, when an index has that very path, is left to the matcher', async () => {
    const collection = collectionOf({ 'a.0': 1 }, [{ a: [5] }, { a: [6, 5] }]);
    expect(await find(collection, { 'a.0': 5 })).toEqual({ ids: [1], stages: ['COLLSCAN'] });
  });
});

describe('keys longer than the store takes', () => {
  const long = 'x'.repeat(2000);
  const letters = ['h', 'b', 'g', 'a', 'f', 'c', 'e', 'd'];
  const collection = collectionOf(
    { a: 1 },
    letters.map((letter) => ({ a: long + letter })),
  );

  test('sorted by them, when the index holds only a hash of their ends, sorts after reading', async () => {
    expect(await find(collection, {}, { a: 1 })).toEqual({
      ids: [4, 2, 6, 8, 7, 5, 3, 1],
      stages: ['SORT', 'COLLSCAN'],
    });
  });

  test('a range between two of them, when their stored beginnings are equal, gives exactly the values within', async () => {
    const found = await find(collection, { a: { $gte: `${long}c`, $lt: `${long}f` } });
    expect(new Set(found.ids)).toEqual(new Set([6, 8, 7]));
  });

  test('equality, when several share their beginning, finds the one', async () => {
    expect((await find(collection, { a: `${long}g` })).ids).toEqual([3]);
  });
});
