import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine } from '../../src/engine';
import { compileMatch } from '../../src/match/compile';
import { executeFind } from '../../src/plan/execute';
import { explainFind } from '../../src/plan/explain';
import { planQuery } from '../../src/plan/planner';
import { parseSortPattern, type FindQuery } from '../../src/plan/query';
import { compileProjection } from '../../src/project/compile';
import { toPlain } from '../../src/values/plain';
import { document } from './memory-collection';

const namespace = { database: 'test', collection: 'videos' };

const VIDEOS = [
  { _id: 1, title: 'Baking bread', description: 'A slow loaf', channel: 'food' },
  { _id: 2, title: 'Coffee', description: 'Roasting coffee at home', channel: 'food' },
  { _id: 3, title: 'Train journeys', description: 'With coffee on board', channel: 'travel' },
  { _id: 4, title: 'Baked beans', description: 'Breads and beans', channel: 'food' },
];

/** Runs `work` on a fresh engine holding VIDEOS and a text index with this key. */
async function withVideos(key: object, work: (engine: Engine) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'text-plan-'));
  const engine = await openEngine({ dataDir });
  try {
    const operation = engine.createOperation();
    await engine.insertMany(operation, {
      namespace,
      documents: VIDEOS.map(document),
      ordered: true,
    });
    const specification = document({ key, name: 'words', weights: { title: 10 } });
    await engine.createIndexes(operation, namespace, [specification]);
    operation.release();
    await work(engine);
  } finally {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const TITLE_AND_DESCRIPTION = { title: 'text', description: 'text' };

async function find(engine: Engine, filter: object, rest: Partial<FindQuery> = {}) {
  const operation = engine.createOperation();
  try {
    const reader = operation.reader();
    const query = { match: compileMatch(document(filter)), ...rest };
    const plan = planQuery(engine.getCollection(operation, namespace), query, reader);
    const found: unknown[] = [];
    for await (const chunk of executeFind(operation, plan)) found.push(...chunk.map(toPlain));
    return found as { _id: number; score?: number }[];
  } finally {
    operation.release();
  }
}

const idsOf = (found: { _id: number }[]): number[] => found.map(({ _id }) => _id);

describe('$text', () => {
  test('with two words, when documents hold either, finds each document once', async () => {
    await withVideos(TITLE_AND_DESCRIPTION, async (engine) => {
      const found = await find(engine, { $text: { $search: 'coffee bread' } });
      expect(idsOf(found).sort()).toEqual([1, 2, 3, 4]);
    });
  });

  test('with a phrase and a negation, when other conditions stand beside it, applies all', async () => {
    await withVideos(TITLE_AND_DESCRIPTION, async (engine) => {
      expect(idsOf(await find(engine, { $text: { $search: '"roasting coffee"' } }))).toEqual([2]);
      expect(idsOf(await find(engine, { $text: { $search: 'coffee -train' } }))).toEqual([2]);
      const travel = { $text: { $search: 'coffee' }, channel: 'travel' };
      expect(idsOf(await find(engine, travel))).toEqual([3]);
    });
  });

  test('with a limit, when a common word stands beside a rare one, finds the newest of both in turn', async () => {
    await withVideos(TITLE_AND_DESCRIPTION, async (engine) => {
      const found = await find(engine, { $text: { $search: 'bread train' } }, { limit: 2 });
      expect(idsOf(found)).toEqual([4, 3]);
      const common = await find(engine, { $text: { $search: 'bread' } }, { limit: 1 });
      expect(idsOf(common)).toEqual([4]);
    });
  });

  test.each<[string, object, object]>([
    [
      'an expression looks at whole documents',
      TITLE_AND_DESCRIPTION,
      { $expr: { $ne: ['$_id', 9] } },
    ],
    ['every string is covered', { '$**': 'text' }, {}],
    ['a filter looks at one field', TITLE_AND_DESCRIPTION, { channel: { $exists: true } }],
  ])('scored, when %s, tells the score beside all fields or some', async (_when, key, filter) => {
    await withVideos(key, async (engine) => {
      const search = { $text: { $search: 'coffee' }, ...filter };
      const projection = compileProjection(document({ title: 1, score: { $meta: 'textScore' } }), {
        kind: 'find',
      });
      const sort = parseSortPattern(document({ score: { $meta: 'textScore' } }));
      const whole = await find(engine, search);
      const found = await find(engine, search, { sort, projection });

      expect(whole.toSorted((left, right) => left._id - right._id)).toEqual([VIDEOS[1], VIDEOS[2]]);
      expect(found.map(({ score: _score, ...rest }) => rest)).toEqual([
        { _id: 2, title: 'Coffee' },
        { _id: 3, title: 'Train journeys' },
      ]);
      expect(found[0]!.score).toBeGreaterThan(found[1]!.score!);
      expect(found[1]!.score).toBeGreaterThan(0.5);
    });
  });

  test('sorted by score and projected, when the title weighs more, gives the title match first', async () => {
    await withVideos(TITLE_AND_DESCRIPTION, async (engine) => {
      const score = document({ score: { $meta: 'textScore' } });
      const found = await find(
        engine,
        { $text: { $search: 'coffee' } },
        { sort: parseSortPattern(score), projection: compileProjection(score, { kind: 'find' }) },
      );
      expect(idsOf(found)).toEqual([2, 3]);
      expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? Infinity);
    });
  });

  test('explained, when it ran, counts the entries of its terms and the documents behind them', async () => {
    await withVideos(TITLE_AND_DESCRIPTION, async (engine) => {
      const operation = engine.createOperation();
      const query = { match: compileMatch(document({ $text: { $search: 'coffee' } })) };
      const collection = engine.getCollection(operation, namespace);
      const explained = await explainFind(
        operation,
        collection,
        query,
        'executionStats',
        namespace,
      );
      operation.release();
      expect(toPlain(explained)).toMatchObject({
        queryPlanner: {
          winningPlan: {
            stage: 'TEXT_MATCH',
            indexName: 'words',
            inputStage: {
              stage: 'FETCH',
              inputStage: { stage: 'IXSCAN', indexBounds: { _fts: ['["coffe", "coffe"]'] } },
            },
          },
        },
        executionStats: { nReturned: 2, totalKeysExamined: 2, totalDocsExamined: 2 },
      });
    });
  });

  test('on a compound index, when its first field is given, narrows by it', async () => {
    await withVideos({ channel: 1, title: 'text', description: 'text' }, async (engine) => {
      const filter = { channel: 'food', $text: { $search: 'coffee' } };
      expect(idsOf(await find(engine, filter))).toEqual([2]);
      await expect(find(engine, { $text: { $search: 'coffee' } })).rejects.toMatchObject({
        code: 291,
      });
    });
  });

  test('without a text index, is refused with IndexNotFound', async () => {
    await withVideos({ title: 1 }, async (engine) => {
      await expect(find(engine, { $text: { $search: 'coffee' } })).rejects.toMatchObject({
        code: 27,
        message: 'text index required for $text query',
      });
    });
  });

  test('sorting by score without $text, is refused with 40218', async () => {
    await withVideos(TITLE_AND_DESCRIPTION, async (engine) => {
      const sort = parseSortPattern(document({ score: { $meta: 'textScore' } }));
      await expect(find(engine, {}, { sort })).rejects.toMatchObject({ code: 40218 });
    });
  });
});
