import { Types, type PipelineStage } from 'mongoose';
import { Video } from '../../src/models/video.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import { isThere, rankedVideoStages } from '../../src/models/video.pipeline';
import { orderedStages, searchStages } from '../../src/services/video-list.service';
import { arrayPageStages } from '../../src/services/paging/array-page';
import { afterPosition, encodePosition } from '../../src/services/paging/keyset-order';
import { videoOrder } from '../../src/services/video-order';
import { historyList } from '../../src/services/watch-history.service';
import { listVideosSchema } from '../../src/validators/video.validator';
import { startTestServer, type TestServer } from '../helpers/server';

const LIMIT = 20;
const ROWS = 1000;
const owner = new Types.ObjectId();
const viewer = new Types.ObjectId();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const asset = { url: '/x', publicId: 'x', bytes: 1, format: 'x' };
  await Video.insertMany(
    Array.from({ length: ROWS }, (_value, index) => ({
      owner,
      title: `Video ${index}`,
      category: 'Music',
      tags: ['one', 'two'],
      videoFile: { ...asset, resourceType: 'video' },
      duration: index % 7,
      views: index % 5,
      likesCount: index % 3,
      createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
    })),
  );
  await WatchHistory.insertMany(
    Array.from({ length: ROWS }, (_value, index) => ({
      user: viewer,
      video: new Types.ObjectId(),
      watchedAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index % 10)),
    })),
  );
});
afterAll(() => server.stop());

interface Cost {
  keys: number;
  documents: number;
}

/** What reading the rows costs, joins aside, as the database itself counts it. */
async function costOf(
  { collection }: Pick<typeof Video, 'collection'>,
  stages: PipelineStage[],
): Promise<Cost> {
  const reading = stages.filter((stage) => !('$lookup' in stage || '$set' in stage));
  const plan: unknown = await collection.aggregate(reading).explain('executionStats');
  const stats = findStats(plan);
  if (!stats) throw new Error(`no executionStats in ${JSON.stringify(plan)}`);
  return { keys: stats.totalKeysExamined, documents: stats.totalDocsExamined };
}

function findStats(
  value: unknown,
): { totalKeysExamined: number; totalDocsExamined: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('executionStats' in value) return value.executionStats as never;
  return Object.values(value).map(findStats).find(Boolean);
}

const orderOf = (query: Record<string, string>) =>
  videoOrder(listVideosSchema.parse({ query }).query);

describe('the cost of GET /videos', () => {
  test.each(['createdAt', 'views', 'duration', 'likesCount', 'title'])(
    'the list, when ordered by %s, reads one page of keys, also from a cursor on',
    async (sortBy) => {
      for (const sortType of ['asc', 'desc']) {
        const order = orderOf({ sortBy, sortType });
        const filter = { isPublished: true };
        const skipped = [...orderedStages(filter, order), { $skip: 500 }, { $limit: 1 }];
        const [row] = await Video.aggregate([...skipped, { $set: { value: `$${order.field}` } }]);
        const position = { value: row.value, id: row._id };

        const first = await costOf(Video, [...orderedStages(filter, order), { $limit: LIMIT + 1 }]);
        const deep = await costOf(Video, [
          ...orderedStages(filter, order, afterPosition(order, position)),
          { $limit: LIMIT + 1 },
        ]);

        expect(first).toEqual({ keys: LIMIT + 1, documents: LIMIT + 1 });
        // Two ranges are merged, so each may be read one key ahead.
        expect(deep.keys).toBeLessThanOrEqual(LIMIT + 3);
        expect(deep.documents).toBeLessThanOrEqual(LIMIT + 3);
      }
    },
  );

  test.each<[string, Record<string, unknown>]>([
    ['a channel', { owner, isPublished: true }],
    ['a channel, drafts too', { owner }],
    ['a category', { isPublished: true, 'keys.category': 'music' }],
    ['a tag', { isPublished: true, 'keys.tags': 'one' }],
  ])('the list, when of %s, reads one page of keys', async (_what, filter) => {
    const cost = await costOf(Video, [
      ...orderedStages(filter, orderOf({})),
      { $limit: LIMIT + 1 },
    ]);

    expect(cost).toEqual({ keys: LIMIT + 1, documents: LIMIT + 1 });
  });
});

describe('the cost of a search', () => {
  const filter = { isPublished: true, $text: { $search: 'video' } };

  test.each(['relevance', 'views', 'createdAt'])(
    'a search ordered by %s, when its word is in every video, reads no more matches than it ranks',
    async (sortBy) => {
      const order = orderOf({ query: 'video', sortBy });

      const cost = await costOf(Video, searchStages(filter, order, undefined, 50));

      expect(cost).toEqual({ keys: 50, documents: 50 });
    },
  );

  test('a search, when a video is hidden before it is read, leaves its row without one', async () => {
    const [shown, hidden] = await Video.find({ owner })
      .sort({ _id: 1 })
      .limit(2)
      .select('title')
      .lean();
    const ranked = [
      { $match: { _id: { $in: [shown!._id, hidden!._id] } } },
      { $project: { sortValue: { $literal: 7 } } },
      { $sort: { _id: 1 as const } },
    ];

    const rows = await Video.aggregate([...ranked, ...rankedVideoStages({ _id: shown!._id })]);

    expect(rows.map(({ _id, title, sortValue }) => ({ _id, title, sortValue }))).toEqual([
      { _id: shown!._id, title: shown!.title, sortValue: 7 },
      { _id: hidden!._id, title: undefined, sortValue: 7 },
    ]);
    expect(rows.map(isThere)).toEqual([true, false]);
  });

  test('a search, unless told otherwise, finds at most a thousand videos and sorts their ids', () => {
    const order = orderOf({ query: 'video' });

    const stages = orderedStages(filter, order);

    expect(stages).toEqual([
      { $match: filter },
      { $limit: 1000 },
      { $project: { relevance: { $meta: 'textScore' } } },
      { $sort: { relevance: -1, _id: -1 } },
    ]);
  });
});

describe('the cost of GET /users/history', () => {
  test('the history, when read from its top or from deep inside, reads one page of keys', async () => {
    const [row] = await WatchHistory.find({ user: viewer })
      .sort({ watchedAt: -1, _id: -1 })
      .skip(500)
      .limit(1);
    const list = historyList(viewer);
    const cursor = encodePosition(list.order, { _id: row!._id, sortValue: row!.watchedAt });

    const query = { page: 1, limit: LIMIT };
    const first = await costOf(WatchHistory, arrayPageStages(list, query));
    const deep = await costOf(WatchHistory, arrayPageStages(list, { ...query, cursor }));

    expect(first).toEqual({ keys: LIMIT + 1, documents: LIMIT + 1 });
    expect(deep.keys).toBeLessThanOrEqual(LIMIT + 3);
  });
});
