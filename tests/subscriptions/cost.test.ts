import { Types, type PipelineStage } from 'mongoose';
import { Subscription } from '../../src/models/subscription.model';
import { Video } from '../../src/models/video.model';
import { feedList } from '../../src/services/feed.service';
import { arrayPageStages } from '../../src/services/paging/array-page';
import {
  afterPosition,
  encodePosition,
  NEWEST_FIRST,
} from '../../src/services/paging/keyset-order';
import { channelsList, subscribersList } from '../../src/services/subscription-list.service';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { costOf } from '../helpers/query-cost';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedVideo } from '../helpers/videos';

const LIMIT = 20;
const ROWS = 300;
const popular = new Types.ObjectId();
const keen = new Types.ObjectId();
const viewer = new Types.ObjectId();
const channels = Array.from({ length: 250 }, () => new Types.ObjectId());
const middle = new Date(Date.UTC(2024, 0, 1, 0, 0, 150));

let server: CountingServer;
beforeAll(async () => {
  server = await startCountingServer();
  const createdAt = (index: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, index));
  await Subscription.insertMany(
    Array.from({ length: ROWS }, (_value, index) => [
      { channel: popular, subscriber: new Types.ObjectId(), createdAt: createdAt(index) },
      { channel: new Types.ObjectId(), subscriber: keen, createdAt: createdAt(index) },
    ]).flat(),
  );
  const file = { url: '/x.mp4', publicId: 'x', bytes: 1, format: 'mp4', resourceType: 'video' };
  await Video.insertMany(
    [...channels, ...channels, ...Array.from({ length: 100 }, () => channels[0])].map(
      (owner, index) => ({
        owner,
        title: `Video ${index}`,
        videoFile: file,
        duration: 1,
        isPublished: index % 5 !== 1,
        createdAt: createdAt(index % ROWS),
      }),
    ),
  );
});
afterAll(() => server.stop());

describe.each([
  ['subscribers', subscribersList(popular, viewer)],
  ['channels', channelsList(keen, viewer)],
])('the cost of a list of %s', (_what, list) => {
  test('a page, when it is the first, reads one page of keys of an index', async () => {
    const cost = await costOf(Subscription, arrayPageStages(list, { page: 1, limit: LIMIT }));

    expect(cost).toEqual({
      keys: LIMIT + 1,
      documents: LIMIT + 1,
      stages: ['FETCH', 'IXSCAN', 'LIMIT'],
    });
  });

  test('a page, when read from a cursor, reads one page of keys of two ranges', async () => {
    const row = { _id: new Types.ObjectId(), sortValue: middle };
    const query = { page: 1, limit: LIMIT, cursor: encodePosition(list.order, row) };

    const cost = await costOf(Subscription, arrayPageStages(list, query));

    expect(cost.keys).toBeLessThanOrEqual(LIMIT + 3);
    expect(cost.documents).toBeLessThanOrEqual(LIMIT + 3);
    expect(cost.stages).not.toEqual(expect.arrayContaining(['COLLSCAN']));
    expect(cost.stages).not.toEqual(expect.arrayContaining(['SORT']));
  });
});

describe('the cost of the feed', () => {
  /** Each scan of a merged feed by itself, as a plan tells of its first alone. */
  function scansOf(stages: PipelineStage[]): PipelineStage[][] {
    const isUnion = (stage: PipelineStage): stage is PipelineStage.UnionWith =>
      '$unionWith' in stage;
    const first = stages.findIndex(isUnion);
    if (first < 0) return [stages];
    const others = stages
      .filter(isUnion)
      .map(({ $unionWith }) => ($unionWith as { pipeline: PipelineStage[] }).pipeline);
    return [stages.slice(0, first), ...others];
  }

  test.each([
    [1, 'the top', 1],
    [1, 'a cursor', 1],
    [50, 'the top', 1],
    [50, 'a cursor', 1],
    [250, 'the top', 3],
    [250, 'a cursor', 3],
  ])(
    'a page of %i channels, when read from %s, merges ranges of an index in %i scans',
    async (count, from, scanCount) => {
      const list = feedList(channels.slice(0, count));
      const after =
        from === 'the top'
          ? undefined
          : afterPosition(NEWEST_FIRST, { value: middle, id: new Types.ObjectId() });

      const scans = scansOf(list.orderedStages!(list.filter, NEWEST_FIRST, after, LIMIT + 1));

      expect(scans).toHaveLength(scanCount);
      for (const scan of scans) {
        const { keys, documents, stages } = await costOf(Video, scan);
        // One key of each range to begin with, and twice as many ranges from a cursor on.
        expect(keys).toBeLessThanOrEqual(LIMIT + 1 + Math.min(count, 100) * (after ? 2 : 1));
        expect(documents).toBeLessThanOrEqual(LIMIT + 1);
        expect(stages).toContain('IXSCAN');
        expect(stages).not.toEqual(expect.arrayContaining(['COLLSCAN']));
        expect(stages).not.toEqual(expect.arrayContaining(['SORT']));
      }
    },
  );
});

describe('round trips', () => {
  test('each route of subscriptions, when called, stays within its commands', async () => {
    const [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
    await seedVideo(bob.user._id);
    await seedVideo(bob.user._id);
    const commandsOf = async (method: 'get' | 'post', address: string) => {
      const call = server.api()[method](`/api/v1/subscriptions${address}`);
      const { answer, commands } = await server.countedCall(call.set(bearer(ada.accessToken)));
      return { data: dataOf(answer), commands };
    };

    const toggle = await commandsOf('post', `/c/${bob.user._id}`);
    const subscribers = await commandsOf('get', `/c/${bob.user._id}`);
    const subscribed = await commandsOf('get', `/u/${ada.user._id}`);
    const feed = await commandsOf('get', '/feed?limit=1');
    const next = await commandsOf('get', `/feed?limit=1&cursor=${feed.data.nextCursor}`);

    expect(toggle.commands).toEqual([
      'find sessions',
      'find users',
      'delete subscriptions',
      'insert subscriptions',
      'update users',
      'findAndModify users',
      'commitTransaction',
    ]);
    expect(subscribers.commands).toEqual([
      'find sessions',
      'find users',
      'aggregate subscriptions',
    ]);
    expect(subscribed.commands).toEqual(subscribers.commands);
    expect(feed.commands.sort()).toEqual([
      'aggregate users',
      'aggregate videos',
      'find sessions',
      'find subscriptions',
    ]);
    // The cursor carries the total along.
    expect(next.commands).toEqual(['find sessions', 'find subscriptions', 'aggregate videos']);
    expect(next.data.docs).toHaveLength(1);
  });
});
