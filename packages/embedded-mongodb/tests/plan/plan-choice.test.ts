import { compileMatch } from '../../src/match/compile';
import { countDocuments } from '../../src/plan/count';
import { executeRecords } from '../../src/plan/execute';
import { explainCount, explainFind } from '../../src/plan/explain';
import { planQuery } from '../../src/plan/planner';
import { parseSortPattern, type FindQuery } from '../../src/plan/query';
import { toPlain } from '../../src/values/plain';
import { document, MemoryCollection } from './memory-collection';

interface PlainQuery {
  filter?: object;
  sort?: object;
  skip?: number;
  limit?: number;
  hint?: string | object;
}

function queryOf({ filter = {}, sort, skip, limit, hint }: PlainQuery): FindQuery {
  const filterDocument = document(filter);
  return {
    filter: filterDocument,
    match: compileMatch(filterDocument),
    sort: sort && parseSortPattern(document(sort)),
    skip,
    limit,
    hint: typeof hint === 'object' ? document(hint) : hint,
  };
}

async function find(collection: MemoryCollection, query: PlainQuery): Promise<unknown[]> {
  const plan = planQuery(collection.info, queryOf(query), collection.reader());
  const ids: unknown[] = [];
  for await (const records of executeRecords(collection.operation(), plan)) {
    ids.push(...records.map((record) => toPlain(record.document().get('_id') ?? null)));
  }
  return ids;
}

interface Stage {
  stage: string;
  inputStage?: Stage;
  inputStages?: Stage[];
  indexName?: string;
  indexBounds?: Record<string, string[]>;
  direction?: string;
}

/** Runs the query and answers what explain tells of it. */
async function explain(collection: MemoryCollection, query: PlainQuery) {
  const explained = await explainFind(
    collection.operation(),
    collection.info,
    queryOf(query),
    'executionStats',
    collection.info.namespace,
  );
  const plain = toPlain(explained) as {
    queryPlanner: { winningPlan: Stage };
    executionStats: { nReturned: number; totalKeysExamined: number; totalDocsExamined: number };
  };
  const { winningPlan } = plain.queryPlanner;
  const { nReturned, totalKeysExamined, totalDocsExamined } = plain.executionStats;
  return {
    stages: stageNames(winningPlan),
    scan: scanOf(winningPlan),
    nReturned,
    totalKeysExamined,
    totalDocsExamined,
  };
}

function stageNames({ stage, inputStage, inputStages = [] }: Stage): string {
  const inputs = inputStage ? [inputStage] : inputStages;
  const inner = [...new Set(inputs.map(stageNames))].join('|');
  return inner === '' ? stage : `${stage}(${inner})`;
}

function scanOf(stage: Stage): Stage | undefined {
  if (stage.indexName !== undefined) return stage;
  for (const input of [stage.inputStage, ...(stage.inputStages ?? [])]) {
    const scan = input && scanOf(input);
    if (scan) return scan;
  }
  return undefined;
}

/** 300 videos of three owners in turn, newest last, every tenth unpublished. */
function videos(): MemoryCollection {
  const collection = new MemoryCollection();
  collection.createIndex({ owner: 1, createdAt: -1, _id: -1 });
  collection.createIndex({ isPublished: 1, createdAt: -1, _id: -1 });
  collection.createIndex({ isPublished: 1, views: -1 });
  collection.createIndex({ tags: 1 });
  for (let id = 1; id <= 300; id++) {
    collection.insert({
      _id: id,
      owner: `owner${id % 3}`,
      isPublished: id % 10 !== 0,
      createdAt: Math.ceil(id / 2),
      views: (id * 7) % 100,
      tags: [`tag${id % 5}`, `tag${id % 7}`],
    });
  }
  return collection;
}

describe('choosing a plan', () => {
  test('equality and sort in one index, when a page of 5 is asked, reads 5 keys and 5 documents', async () => {
    const explained = await explain(videos(), {
      filter: { owner: 'owner1' },
      sort: { createdAt: -1, _id: -1 },
      limit: 5,
    });
    expect(explained).toMatchObject({
      stages: 'LIMIT(FETCH(IXSCAN))',
      scan: { indexName: 'owner_1_createdAt_-1__id_-1', direction: 'forward' },
      nReturned: 5,
      totalKeysExamined: 5,
      totalDocsExamined: 5,
    });
  });

  test('the opposite sort, when the index is descending, scans it backward', async () => {
    const collection = videos();
    const query = { filter: { owner: 'owner1' }, sort: { createdAt: 1, _id: 1 }, limit: 3 };
    expect(await find(collection, query)).toEqual([1, 4, 7]);
    const explained = await explain(collection, query);
    expect(explained.scan?.direction).toBe('backward');
    expect(explained.totalKeysExamined).toBe(3);
  });

  test('_id equality, when nothing else is asked, is one look-up', async () => {
    expect(await explain(videos(), { filter: { _id: 17 } })).toMatchObject({
      stages: 'IDHACK',
      nReturned: 1,
      totalKeysExamined: 1,
      totalDocsExamined: 1,
    });
  });

  test('$in on _id, when some of the values are stored, reads a key and a document for each of those', async () => {
    const collection = videos();
    const query = { filter: { _id: { $in: [250, 17, 999, 18, 17] } } };
    expect(await find(collection, query)).toEqual([17, 18, 250]);
    expect(await explain(collection, query)).toMatchObject({
      stages: 'FETCH(IXSCAN)',
      scan: { indexName: '_id_1' },
      nReturned: 3,
      totalKeysExamined: 3,
      totalDocsExamined: 3,
    });
  });

  test('$in on _id, when sorted downward and limited, ends with the page', async () => {
    const query = { filter: { _id: { $in: [3, 1, 2, 4] } }, sort: { _id: -1 }, limit: 2 };
    expect(await find(videos(), query)).toEqual([4, 3]);
    expect((await explain(videos(), query)).totalKeysExamined).toBe(2);
  });

  test('$or of equalities of one field, is read like $in', async () => {
    const collection = videos();
    const query = { filter: { $or: [{ _id: 9 }, { _id: 5 }, { _id: 999 }] } };
    expect(await find(collection, query)).toEqual([5, 9]);
    expect(await explain(collection, query)).toMatchObject({
      stages: 'FETCH(IXSCAN)',
      totalKeysExamined: 2,
      totalDocsExamined: 2,
    });
  });

  test('$or of equalities of one field with null, finds documents without the field', async () => {
    const collection = new MemoryCollection();
    collection.insert({ _id: 1 });
    collection.insert({ _id: 2, a: [7] });
    collection.insert({ _id: 3, a: 8 });
    expect(await find(collection, { filter: { $or: [{ a: null }, { a: 7 }] } })).toEqual([1, 2]);
  });

  test('no usable index, when a field is not indexed, scans the collection', async () => {
    expect(await explain(videos(), { filter: { title: 'x' } })).toMatchObject({
      stages: 'COLLSCAN',
      nReturned: 0,
      totalKeysExamined: 0,
      totalDocsExamined: 300,
    });
  });

  test('a sort alone with a limit, when an index has the order, reads only the page', async () => {
    const collection = videos();
    collection.createIndex({ views: 1 });
    const explained = await explain(videos(), { sort: { _id: -1 }, limit: 2 });
    expect(explained).toMatchObject({ stages: 'LIMIT(FETCH(IXSCAN))', totalKeysExamined: 2 });
  });

  test('a sort that no index has, when limited, keeps only the first rows', async () => {
    const collection = videos();
    const query = { filter: { owner: 'owner1' }, sort: { views: -1, _id: 1 }, limit: 2 };
    expect(await find(collection, query)).toEqual([157, 214]);
    expect((await explain(collection, query)).stages).toBe('SORT(FETCH(IXSCAN))');
  });

  test('$in before the sort fields, when sorted and limited, merges a scan per value', async () => {
    const collection = videos();
    const query = {
      filter: { owner: { $in: ['owner0', 'owner2'] } },
      sort: { createdAt: -1, _id: -1 },
      limit: 4,
    };
    expect(await find(collection, query)).toEqual([300, 299, 297, 296]);
    expect(await explain(collection, query)).toMatchObject({
      stages: 'LIMIT(FETCH(SORT_MERGE(IXSCAN)))',
      nReturned: 4,
      totalKeysExamined: 5,
      totalDocsExamined: 4,
    });
  });

  test('a keyset cursor written as $or, when the page is deep, starts the scan at the cursor', async () => {
    const collection = videos();
    const query = {
      filter: {
        isPublished: true,
        $or: [{ createdAt: { $lt: 50 } }, { createdAt: 50, _id: { $lt: 99 } }],
      },
      sort: { createdAt: -1, _id: -1 },
      limit: 3,
    };
    expect(await find(collection, query)).toEqual([98, 97, 96]);
    const explained = await explain(collection, query);
    expect(explained.scan?.indexBounds?.createdAt).toEqual(['[50, -inf.0]']);
    expect(explained.totalKeysExamined).toBeLessThanOrEqual(5);
  });

  test('$or over different fields, when each has an index, unites their scans without duplicates', async () => {
    const collection = videos();
    const query = {
      filter: { $or: [{ owner: 'owner1', createdAt: { $lte: 2 } }, { tags: 'tag4' }] },
    };
    const found = await find(collection, query);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toHaveLength(95);
    expect((await explain(collection, query)).stages).toBe('FETCH(OR(IXSCAN))');
  });

  test('$or with a branch that has no index, scans the collection', async () => {
    const explained = await explain(videos(), {
      filter: { $or: [{ owner: 'owner1' }, { title: 'x' }] },
    });
    expect(explained.stages).toBe('COLLSCAN');
  });

  test('skip and limit, when the index answers alone, fetches only the page', async () => {
    const explained = await explain(videos(), {
      filter: { owner: 'owner1' },
      sort: { createdAt: -1, _id: -1 },
      skip: 20,
      limit: 5,
    });
    expect(explained).toMatchObject({ nReturned: 5, totalKeysExamined: 25, totalDocsExamined: 5 });
  });

  test('a multikey index, when an element matches, gives each document once', async () => {
    const collection = videos();
    const found = await find(collection, { filter: { tags: { $in: ['tag1', 'tag2'] } } });
    expect(new Set(found).size).toBe(found.length);
    expect(found).toHaveLength(
      Array.from({ length: 300 }, (_, position) => position + 1).filter((id) =>
        [id % 5, id % 7].some((tag) => tag === 1 || tag === 2),
      ).length,
    );
  });

  test('a range on both sides of a multikey field, when different elements meet the sides, uses one side only', async () => {
    const collection = new MemoryCollection();
    collection.createIndex({ scores: 1 });
    collection.insert({ _id: 1, scores: [1, 9] });
    collection.insert({ _id: 2, scores: [2] });
    expect(await find(collection, { filter: { scores: { $gt: 4, $lt: 5 } } })).toEqual([1]);
    expect(
      await find(collection, { filter: { scores: { $elemMatch: { $gt: 4, $lt: 5 } } } }),
    ).toEqual([]);
  });
});

describe('sparse and partial indexes', () => {
  function sparsely(): MemoryCollection {
    const collection = new MemoryCollection();
    collection.createIndex({ email: 1 }, { sparse: true });
    collection.createIndex(
      { name: 1 },
      { partialFilter: document({ active: true, age: { $gte: 18 } }) },
    );
    collection.insert({ _id: 1, email: 'a', name: 'x', active: true, age: 20 });
    collection.insert({ _id: 2, name: 'x', active: true, age: 10 });
    collection.insert({ _id: 3, email: null, name: 'x', age: 30 });
    return collection;
  }

  test('a sparse index, when null is asked, is not used', async () => {
    expect(await find(sparsely(), { filter: { email: null } })).toEqual([2, 3]);
    expect((await explain(sparsely(), { filter: { email: null } })).stages).toBe('COLLSCAN');
  });

  test('a sparse index, when only the sort wants it, is not used', async () => {
    expect(await find(sparsely(), { sort: { email: 1, _id: 1 } })).toEqual([2, 3, 1]);
  });

  test('a sparse index, when the field must exist, is used', async () => {
    const query = { filter: { email: { $exists: true } } };
    expect(await find(sparsely(), query)).toEqual([3, 1]);
    expect(await explain(sparsely(), query)).toMatchObject({ totalKeysExamined: 2 });
  });

  test('a sparse index, when hinted, is obeyed and misses documents as the manual warns', async () => {
    expect(await find(sparsely(), { hint: 'email_1' })).toEqual([3, 1]);
  });

  test('a partial index, when the filter implies its own, is used', async () => {
    const query = { filter: { name: 'x', active: true, age: { $gt: 19 } } };
    expect(await find(sparsely(), query)).toEqual([1]);
    expect((await explain(sparsely(), query)).scan?.indexName).toBe('name_1');
  });

  test('a partial index, when the filter reaches beyond it, is not used', async () => {
    const query = { filter: { name: 'x', active: true, age: { $gt: 5 } } };
    expect(await find(sparsely(), query)).toEqual([1, 2]);
    expect((await explain(sparsely(), query)).stages).toBe('COLLSCAN');
  });
});

describe('hint', () => {
  test('by name and by key pattern, when the index exists, is obeyed', async () => {
    for (const hint of ['tags_1', { tags: 1 }]) {
      const explained = await explain(videos(), { filter: { owner: 'owner1' }, hint });
      expect(explained.scan).toMatchObject({
        indexName: 'tags_1',
        indexBounds: { tags: ['[MinKey, MaxKey]'] },
      });
      expect(explained.nReturned).toBe(100);
    }
  });

  test('$natural -1, when given, scans the collection from its end', async () => {
    const query = { filter: { owner: 'owner1' }, hint: { $natural: -1 }, limit: 2 };
    expect(await find(videos(), query)).toEqual([298, 295]);
    expect((await explain(videos(), query)).stages).toBe('LIMIT(COLLSCAN)');
  });

  test.each([['title_1'], [{ title: 1 }], [{ tags: -1 }], [{ owner: 1 }]])(
    '%j, when no index is such, is refused with BadValue',
    (hint) => {
      expect(() => planQuery(videos().info, queryOf({ hint }))).toThrow(
        expect.objectContaining({
          code: 2,
          message: 'hint provided does not correspond to an existing index',
        }),
      );
    },
  );
});

describe('count', () => {
  test('of everything, reads nothing', async () => {
    const collection = videos();
    expect(await countDocuments(collection.operation(), collection.info, { skip: 10 })).toBe(290);
  });

  test('of an equality, when an index answers exactly, reads keys and no document', async () => {
    const collection = videos();
    const query = queryOf({ filter: { owner: 'owner2' } });
    expect(await countDocuments(collection.operation(), collection.info, query)).toBe(100);
    const explained = toPlain(
      await explainCount(
        collection.operation(),
        collection.info,
        query,
        'executionStats',
        collection.info.namespace,
      ),
    );
    expect(explained).toMatchObject({
      queryPlanner: { winningPlan: { stage: 'COUNT', inputStage: { stage: 'COUNT_SCAN' } } },
      executionStats: {
        totalKeysExamined: 100,
        totalDocsExamined: 0,
        executionStages: { nCounted: 100 },
      },
    });
  });
});

describe('a paused scan', () => {
  test('when documents are inserted between two chunks, goes on behind its last key on the new state', async () => {
    const collection = new MemoryCollection();
    collection.createIndex({ n: 1 });
    for (let id = 1; id <= 150; id++) collection.insert({ _id: id, n: id * 10 });
    const plan = planQuery(collection.info, queryOf({ sort: { n: 1 }, filter: { n: { $gt: 0 } } }));
    const chunks = executeRecords(collection.operation(), plan);
    const first = await chunks.next();
    expect(first.value).toHaveLength(101);
    collection.insert({ _id: 1000, n: 5 });
    collection.insert({ _id: 1001, n: 1011 });
    const second = await chunks.next();
    const ids = (second.value ?? []).map((record) => toPlain(record.document().get('_id') ?? null));
    expect(ids.slice(0, 3)).toEqual([1001, 102, 103]);
    expect(ids).toHaveLength(50);
  });

  test('when the collection is dropped between two chunks, fails with QueryPlanKilled', async () => {
    const collection = new MemoryCollection();
    for (let id = 1; id <= 150; id++) collection.insert({ _id: id });
    const plan = planQuery(collection.info, {});
    const chunks = executeRecords(collection.operation(), plan);
    await chunks.next();
    Object.assign(collection.info, { dropped: true });
    await expect(chunks.next()).rejects.toMatchObject({ code: 175, codeName: 'QueryPlanKilled' });
  });
});

describe('choosing between plans that the rules cannot rank', () => {
  function skewed(): MemoryCollection {
    const collection = new MemoryCollection();
    collection.createIndex({ kind: 1 });
    collection.createIndex({ owner: 1 });
    collection.createIndex({ createdAt: 1 });
    for (let id = 1; id <= 2000; id++) {
      const rare = id % 500 === 0;
      collection.insert({ _id: id, kind: 'same', owner: rare ? 'rare' : 'many', createdAt: id });
    }
    return collection;
  }

  test('two equalities with an index each, when one is rare, takes the rare one', async () => {
    const explained = await explain(skewed(), { filter: { kind: 'same', owner: 'rare' } });
    expect(explained).toMatchObject({ nReturned: 4, totalKeysExamined: 4 });
    expect(explained.scan?.indexName).toBe('owner_1');
  });

  test('an equality that nearly all meet against the order of the sort, when limited, takes the order', async () => {
    const explained = await explain(skewed(), {
      filter: { kind: 'same' },
      sort: { createdAt: -1 },
      limit: 3,
    });
    expect(explained).toMatchObject({ stages: 'LIMIT(FETCH(IXSCAN))', totalKeysExamined: 3 });
  });

  test('a rare equality against the order of the sort, when limited, takes the equality', async () => {
    const explained = await explain(skewed(), {
      filter: { owner: 'rare' },
      sort: { createdAt: -1 },
      limit: 3,
    });
    expect(explained).toMatchObject({ stages: 'SORT(FETCH(IXSCAN))', totalKeysExamined: 4 });
  });
});
