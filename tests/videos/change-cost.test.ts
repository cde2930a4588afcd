import { Types } from 'mongoose';
import { ChannelTally, talliesOf } from '../../src/models/channel-tally.model';
import { DayViews } from '../../src/models/day-views.model';
import { Video } from '../../src/models/video.model';
import { channelTotals } from '../../src/services/channel-totals.service';
import { ownVideosList } from '../../src/services/dashboard.service';
import { arrayPageStages } from '../../src/services/paging/array-page';
import { encodePosition } from '../../src/services/paging/keyset-order';
import { CANDIDATES_OF_EACH_KIND, relatedList } from '../../src/services/related-videos.service';
import { taggedVideos, titledVideos } from '../../src/services/suggestion.service';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { fixture } from '../helpers/fixtures';
import { costOf } from '../helpers/query-cost';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedVideo } from '../helpers/videos';

const ROWS = 600;
const LIMIT = 20;
const owner = new Types.ObjectId();

let server: CountingServer;
let ada: SignedInAccount;
beforeAll(async () => {
  server = await startCountingServer();
  ada = await registerAndLogin(server);
  const asset = { url: '/x', publicId: 'x', bytes: 1, format: 'x', resourceType: 'video' };
  await Video.insertMany(
    Array.from({ length: ROWS }, (_value, index) => ({
      owner,
      title: `Video ${String(index).padStart(4, '0')}`,
      category: 'Music',
      // Each has one tag before the range of `m…` and one behind it.
      tags: ['common', 'zebra', ...(index % 100 === 0 ? [`m${index}`] : [])],
      videoFile: asset,
      duration: 1,
      createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
    })),
  );
});
afterAll(() => server.stop());

/** What a find costs, as the database itself counts it. */
async function findCost(query: { explain(verbosity: 'executionStats'): PromiseLike<unknown> }) {
  const { executionStats } = (await query.explain('executionStats')) as {
    executionStats: { totalKeysExamined: number; totalDocsExamined: number };
  };
  return { keys: executionStats.totalKeysExamined, documents: executionStats.totalDocsExamined };
}

describe('what lists read', () => {
  test('GET /dashboard/videos, when read from the top or from deep inside, reads one page', async () => {
    const list = ownVideosList(owner);
    const last = await Video.findOne({ owner }).sort({ createdAt: -1 }).skip(400).lean();
    const cursor = encodePosition(list.order, { _id: last!._id, sortValue: last!.createdAt });

    const first = await costOf(Video, arrayPageStages(list, { page: 1, limit: LIMIT }));
    const deep = await costOf(Video, arrayPageStages(list, { page: 1, limit: LIMIT, cursor }));

    expect(first).toMatchObject({ keys: LIMIT + 1, documents: LIMIT + 1 });
    expect(first.stages).not.toContain('SORT');
    expect(deep.keys).toBeLessThanOrEqual(LIMIT + 3);
    expect(deep.stages).not.toContain('SORT');
  });

  test('GET /dashboard/views, when a channel is old, reads the days that are asked for', async () => {
    const today = Date.UTC(2024, 5, 1);
    const days = Array.from({ length: 100 }, (_day, ago) => new Date(today - ago * 86_400_000));
    await DayViews.insertMany(days.map((day) => ({ owner, day, views: 1 })));

    const cost = await findCost(DayViews.find({ owner, day: { $gte: days[27] } }));

    expect(cost).toEqual({ keys: 28, documents: 28 });
  });

  test('GET /dashboard/stats, when there are other channels, reads the sums of one', async () => {
    const tallies = [new Types.ObjectId(), owner, new Types.ObjectId()].flatMap((channel) =>
      [...'0123456789abcdef'].map((digit) => ({ _id: channel.toHexString() + digit, views: 1 })),
    );
    await ChannelTally.insertMany(tallies);

    expect(await findCost(ChannelTally.find(talliesOf(owner)))).toEqual({
      keys: 16,
      documents: 16,
    });
    expect(await channelTotals(owner)).toEqual({ views: 16, likesCount: 0, commentsCount: 0 });
  });

  test('related videos, when every video is alike, rank a bounded number of them', async () => {
    const keys = { title: 'x', category: 'music', tags: ['common', 'zebra'] };
    const list = relatedList({ _id: new Types.ObjectId(), owner, keys });
    const page = { page: 1, limit: 100 };

    const ranked = await Video.aggregate([...list.source!, { $count: 'videos' }]);
    const branches = [
      [{ $match: { 'keys.tags': { $in: keys.tags }, isPublished: true } }],
      [{ $match: { 'keys.category': keys.category, isPublished: true } }],
      [{ $match: { owner, isPublished: true } }],
      [{ $match: { isPublished: true } }],
    ];

    expect(ranked).toEqual([{ videos: CANDIDATES_OF_EACH_KIND }]);
    expect(await Video.aggregate(arrayPageStages(list, page))).toHaveLength(60);
    for (const branch of branches) {
      const cost = await costOf(Video, [
        ...branch,
        { $sort: { createdAt: -1, _id: -1 } },
        { $limit: CANDIDATES_OF_EACH_KIND },
      ]);
      // A tag each is one range; they are merged in order, and a video with both comes twice.
      expect(cost.keys).toBeLessThanOrEqual(2 * CANDIDATES_OF_EACH_KIND + 2);
      expect(cost.stages).not.toContain('SORT');
      expect(cost.stages).not.toContain('COLLSCAN');
    }
  });

  test('suggestions, when many titles begin so, read a few of them', async () => {
    expect(await findCost(titledVideos('video', 10))).toEqual({ keys: 10, documents: 10 });
    expect(await findCost(titledVideos('video', 10, 'video 0500'))).toEqual({
      keys: 10,
      documents: 10,
    });
  });

  test('suggestions, when few tags begin so and many lie around them, read those few', async () => {
    const cost = await findCost(taggedVideos('m', 40));

    expect(cost.documents).toBe(6);
    // One more key for each step over the second field of the index, and one at the end.
    expect(cost.keys).toBeLessThanOrEqual(20);
  });

  test('suggestions, when they go on after a common tag, step over it', async () => {
    const cost = await findCost(taggedVideos('c', 40, 'common'));

    expect(cost.documents).toBe(0);
    expect(cost.keys).toBeLessThanOrEqual(5);
  });
});

describe('round trips', () => {
  const as = () => bearer(ada.accessToken);
  const commandsOf = async (call: Parameters<CountingServer['countedCall']>[0]) => {
    const { answer, commands } = await server.countedCall(call);
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
    // Who is calling, and whether too often, is asked alike on every route.
    return commands.filter((command) => !/ (sessions|throttles)$/.test(command));
  };

  test.each<[string, number]>([
    ['/dashboard/stats', 2],
    ['/dashboard/videos', 1],
    ['/dashboard/views?days=28', 1],
    ['/search/suggestions?query=video', 1],
    ['/search/suggestions?query=zzz', 2],
  ])('GET %s, when asked, takes %d', async (address, budget) => {
    const commands = await commandsOf(server.api().get(`/api/v1${address}`).set(as()));

    expect({ commands, length: commands.length }).toEqual({ commands, length: budget });
  });

  test('GET /videos/:videoId/related, when asked, takes 2', async () => {
    const videoId = await seedVideo(ada.user._id, { tags: ['common'] });

    const commands = await commandsOf(server.api().get(`/api/v1/videos/${videoId}/related`));

    expect(commands).toEqual(['find videos', 'aggregate videos']);
  });

  test('PATCH /videos/:videoId, when texts change, takes 3 and no transaction', async () => {
    const videoId = await seedVideo(ada.user._id);
    const call = server.api().patch(`/api/v1/videos/${videoId}`).set(as()).send({ title: 'New' });

    expect(await commandsOf(call)).toEqual([
      'find videos',
      'findAndModify videos',
      'aggregate videos',
    ]);
  });

  test('PATCH /videos/:videoId, when the thumbnail changes, takes 13', async () => {
    const videoId = await seedVideo(ada.user._id);
    const call = server.api().patch(`/api/v1/videos/${videoId}`).set(as());

    expect(await commandsOf(call.attach('thumbnail', fixture('picture.png')))).toEqual([
      // What is left of the quota, and one of the uploads that an account may have at a time.
      'find users',
      'findAndModify uploadslots',
      'update uploadslots',
      'find videos',
      // What a crash would have to remove, until the new picture is committed.
      'insert removals',
      'delete removals',
      'findAndModify videos',
      'update users',
      'insert removals',
      'commitTransaction',
      'find removals',
      'delete removals',
      'aggregate videos',
    ]);
  });

  test('PATCH /videos/toggle/publish/:videoId, when toggled, takes 6', async () => {
    const videoId = await seedVideo(ada.user._id);
    const call = server.api().patch(`/api/v1/videos/toggle/publish/${videoId}`).set(as());

    expect(await commandsOf(call)).toEqual([
      'find videos',
      'findAndModify videos',
      'update users',
      'update videotallies',
      'commitTransaction',
      'aggregate videos',
    ]);
  });

  test('DELETE /videos/:videoId, when nothing hangs on it, takes a fixed number', async () => {
    const videoId = await seedVideo(ada.user._id);
    const call = server.api().delete(`/api/v1/videos/${videoId}`).set(as());

    expect(await commandsOf(call)).toEqual([
      'find videos',
      'findAndModify videos',
      'insert removals',
      'update users',
      'update videotallies',
      'commitTransaction',
      'find removals',
      'find comments',
      'find likes',
      'find playlists',
      'find watchhistories',
      'find viewmarks',
      'update removals',
    ]);
  });
});
