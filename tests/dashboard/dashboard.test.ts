import { Types } from 'mongoose';
import { DayViews } from '../../src/models/day-views.model';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { addComment } from '../../src/services/comment.service';
import { toggleLike } from '../../src/services/like.service';
import { reconcileCounters, type Drift } from '../../src/services/reconcile/reconcile.service';
import {
  bearer,
  registerAndLogin,
  sendAccountDeletion,
  type SignedInAccount,
} from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { eventually } from '../helpers/eventually';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

const DAY = 24 * 3600 * 1000;

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  // So seldom that what is shown has to come from what is not written yet.
  server = await startTestServer({ env: { VIEW_FLUSH_SECONDS: '3600' } });
  bob = await registerAndLogin(server);
});
beforeEach(async () => {
  ada = await registerAndLogin(server);
});
afterAll(() => server.stop());

const dashboard = (address: string, { accessToken } = ada) =>
  server.api().get(`/api/v1/dashboard/${address}`).set(bearer(accessToken));
const post = (address: string, { accessToken } = bob) =>
  server.api().post(`/api/v1${address}`).set(bearer(accessToken));
const watch = (videoId: string, browser: string) =>
  server.api().get(`/api/v1/videos/${videoId}`).set('User-Agent', browser).expect(200);
/** Counters of anybody that disagree with the rows. */
async function drifts(): Promise<Drift[]> {
  const found: Drift[] = [];
  await reconcileCounters({ fix: false }, (drift) => found.push(drift));
  return found;
}
const day = (ago: number) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);

describe('GET /dashboard/stats', () => {
  test('the figures, when the channel is new, are all 0', async () => {
    expect(dataOf(await dashboard('stats'))).toEqual({
      totalVideos: 0,
      totalViews: 0,
      totalSubscribers: 0,
      totalLikes: 0,
      totalComments: 0,
      totalTweets: 0,
    });
  });

  test('the figures, when people watch, like, comment and follow, hold every one at once', async () => {
    const shown = await seedVideo(ada.user._id);
    await seedVideo(ada.user._id, { isPublished: false });
    const others = await seedVideo(bob.user._id);
    await watch(shown, 'one');
    await watch(shown, 'two');
    await watch(others, 'one');
    dataOf(await post(`/likes/toggle/v/${shown}`));
    dataOf(await post(`/likes/toggle/v/${shown}`, ada));
    dataOf(await post(`/likes/toggle/v/${others}`, ada));
    const { _id } = dataOf(await post(`/comments/${shown}`).send({ content: 'x' }), 201);
    dataOf(await post(`/comments/c/${_id}/replies`, ada).send({ content: 'y' }), 201);
    dataOf(await post(`/comments/${others}`, ada).send({ content: 'elsewhere' }), 201);
    dataOf(await post(`/subscriptions/c/${ada.user._id}`));
    dataOf(await post('/tweets', ada).send({ content: 'z' }), 201);

    expect(dataOf(await dashboard('stats'))).toEqual({
      totalVideos: 2,
      totalViews: 2,
      totalSubscribers: 1,
      totalLikes: 2,
      totalComments: 2,
      totalTweets: 1,
    });
  });

  test('the figures, when likes and videos go, go down with them', async () => {
    const [kept, gone] = [await seedVideo(ada.user._id), await seedVideo(ada.user._id)];
    dataOf(await post(`/likes/toggle/v/${kept}`));
    dataOf(await post(`/likes/toggle/v/${gone}`));
    dataOf(await post(`/likes/toggle/v/${kept}`));
    await server.api().delete(`/api/v1/videos/${gone}`).set(bearer(ada.accessToken)).expect(200);

    expect(dataOf(await dashboard('stats'))).toMatchObject({ totalVideos: 1, totalLikes: 0 });
  });

  test('the figures, when likes, threads, people and videos go, follow each step exactly', async () => {
    const [kept, gone] = [await seedVideo(ada.user._id), await seedVideo(ada.user._id)];
    const fan = await registerAndLogin(server);
    const figures = async () => {
      const { totalViews, totalLikes, totalComments } = dataOf(await dashboard('stats'));
      return [totalViews, totalLikes, totalComments];
    };
    const comment = async (address: string) =>
      dataOf(await post(`/comments/${address}`, fan).send({ content: 'x' }), 201)._id as string;
    const remove = (address: string, who = ada) =>
      server.api().delete(`/api/v1${address}`).set(bearer(who.accessToken));
    const threads: string[] = [];
    for (const video of [kept, gone]) {
      for (const who of [ada, bob, fan]) dataOf(await post(`/likes/toggle/v/${video}`, who));
      const thread = await comment(video);
      await comment(`c/${thread}/replies`);
      await comment(`c/${thread}/replies`);
      await comment(video);
      threads.push(thread);
      await watch(video, 'one');
    }
    await watch(gone, 'two');
    expect(await figures()).toEqual([3, 6, 8]);

    dataOf(await remove(`/comments/c/${threads[0]}`));
    expect(await figures()).toEqual([3, 6, 5]);
    await User.updateOne({ _id: bob.user._id }, { role: 'moderator' });
    const judged = remove(`/moderation/comments/${await comment(gone)}`, bob);
    dataOf(await judged.send({ reason: 'spam' }));
    expect(await figures()).toEqual([3, 6, 5]);
    // With views that are counted, and not yet in the database.
    await watch(gone, 'three');
    dataOf(await remove(`/videos/${gone}`));
    expect(await figures()).toEqual([1, 3, 1]);
    dataOf(await sendAccountDeletion(server, fan.accessToken, { password: fan.password }));
    await eventually(async () => expect(await figures()).toEqual([1, 2, 0]));
    await eventually(async () => expect(await drifts()).toEqual([]));
  });

  test('the figures, when eighty likes and comments meet on four videos, miss none', async () => {
    const owner = new Types.ObjectId(ada.user._id);
    // The last two count in the same part of the totals.
    const start = new Types.ObjectId().toHexString().slice(0, -2);
    const videos = ['00', '01', '02', '12'].map((end) => new Types.ObjectId(start + end));
    for (const _id of videos) await seedVideo(owner, { _id });

    await Promise.all(
      Array.from({ length: 20 }, (_like, index) =>
        videos.map((video) =>
          index % 4 === 0
            ? addComment({ video, owner, parent: null, content: 'x' })
            : toggleLike(new Types.ObjectId(), 'video', video),
        ),
      ).flat(),
    );

    expect(dataOf(await dashboard('stats'))).toMatchObject({ totalLikes: 60, totalComments: 20 });
    expect(await drifts()).toEqual([]);
  });

  test('the figures, when nobody is signed in, answer 401', async () => {
    expectFailure(await server.api().get('/api/v1/dashboard/stats'), 401, 'UNAUTHENTICATED');
  });
});

describe('GET /dashboard/videos', () => {
  test('one’s videos, when listed, are all and only one’s own, drafts too, newest first', async () => {
    await seedVideo(ada.user._id, { title: 'old', createdAt: new Date('2024-01-01') });
    await seedVideo(ada.user._id, { title: 'draft', isPublished: false });
    await seedVideo(bob.user._id, { title: 'another’s' });
    const videoId = await seedVideo(ada.user._id, { title: 'new' });
    await watch(videoId, 'one');
    await watch(videoId, 'two');

    const answer = await dashboard('videos');

    const shown = dataOf(answer).map(
      ({ title, isPublished, views }: { title: string; isPublished: boolean; views: number }) => [
        title,
        isPublished,
        views,
      ],
    );
    expect(shown).toEqual([
      ['new', true, 2],
      ['draft', false, 0],
      ['old', true, 0],
    ]);
    expect(answer.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
    const [newest] = dataOf(answer);
    const listed = await server.api().get(`/api/v1/videos?userId=${ada.user._id}&limit=1`);
    expect(dataOf(listed).docs).toEqual([newest]);
  });

  test('one’s videos, when paged by cursor while one is published, come once each', async () => {
    for (const title of ['a', 'b', 'c']) await seedVideo(ada.user._id, { title });
    const first = await dashboard('videos?limit=2');
    await seedVideo(ada.user._id, { title: 'd' });

    const second = await dashboard(`videos?limit=2&cursor=${first.body.pagination.nextCursor}`);

    const titles = [...dataOf(first), ...dataOf(second)].map(({ title }) => title);
    expect(titles).toEqual(['c', 'b', 'a']);
    expect(second.body.pagination).toEqual({ limit: 2, hasNextPage: false, nextCursor: null });
    expect(dataOf(await dashboard('videos?limit=2&page=2'))).toHaveLength(2);
  });

  test.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=NaN', 'page'],
    ['page=1&page=2', 'page'],
    ['limit=0', 'limit'],
    ['limit=NaN', 'limit'],
    ['limit[$gt]=0', 'limit[$gt]'],
    [`cursor=${'x'.repeat(2001)}`, 'cursor'],
  ])('one’s videos, when asked for %s, answer 400', async (query, field) => {
    expectInvalid(await dashboard(`videos?${query}`), [field]);
  });

  test('one’s videos, when the cursor or the page leads nowhere, answer 400', async () => {
    expectFailure(await dashboard('videos?cursor=x'), 400, 'INVALID_CURSOR');
    expectFailure(await dashboard('videos?page=999999999'), 400, 'PAGE_TOO_DEEP');
  });

  test('one’s videos, when nobody is signed in, answer 401', async () => {
    expectFailure(await server.api().get('/api/v1/dashboard/videos'), 401, 'UNAUTHENTICATED');
  });
});

describe('GET /dashboard/views', () => {
  // No day ends between a view and what is expected of it.
  beforeEach(stopClock);
  afterEach(releaseClock);

  test('daily views, when nothing else is asked for, are of 28 days, today last, with zeros', async () => {
    const views = dataOf(await dashboard('views'));

    expect(views).toEqual(
      Array.from({ length: 28 }, (_day, index) => ({ date: day(27 - index), views: 0 })),
    );
  });

  test('daily views, when people watch, show each view under its UTC day, also at its edges', async () => {
    const videoId = await seedVideo(ada.user._id);
    const othersId = await seedVideo(bob.user._id);
    await watch(videoId, 'one');
    await watch(videoId, 'two');
    await watch(othersId, 'one');
    const owner = ada.user._id;
    await DayViews.create([
      { owner, day: new Date(day(1)), views: 7 },
      { owner, day: new Date(day(3)), views: 5 },
      { owner, day: new Date(day(4)), views: 100 },
      { owner: bob.user._id, day: new Date(day(2)), views: 100 },
    ]);

    expect(dataOf(await dashboard('views?days=4'))).toEqual([
      { date: day(3), views: 5 },
      { date: day(2), views: 0 },
      { date: day(1), views: 7 },
      { date: day(0), views: 2 },
    ]);
  });

  test('daily views, when a video is deleted, keep what it brought', async () => {
    const videoId = await seedVideo(ada.user._id);
    await watch(videoId, 'one');
    await server.api().delete(`/api/v1/videos/${videoId}`).set(bearer(ada.accessToken)).expect(200);

    expect(dataOf(await dashboard('views?days=1'))).toEqual([{ date: day(0), views: 1 }]);
    expect(await Video.countDocuments({ _id: videoId })).toBe(0);
  });

  test.each([1, 366])('daily views, when %d days are asked for, are so many', async (days) => {
    expect(dataOf(await dashboard(`views?days=${days}`))).toHaveLength(days);
  });

  test.each([
    'days=0',
    'days=-1',
    'days=367',
    'days=1000000000',
    'days=NaN',
    'days=1.5',
    'days=1&days=2',
  ])('daily views, when asked for %s, answer 400 naming days', async (query) => {
    expectInvalid(await dashboard(`views?${query}`), ['days']);
  });

  test('daily views, when nobody is signed in, answer 401', async () => {
    expectFailure(await server.api().get('/api/v1/dashboard/views'), 401, 'UNAUTHENTICATED');
  });
});

describe('GET /dashboard/stats, bad input', () => {
  test('the figures, when asked with an operator, answer 400', async () => {
    expectInvalid(await dashboard('stats?userId[$ne]=1'), ['userId[$ne]']);
  });
});

coversBehaviour('GET /api/v1/dashboard/stats');
coversBehaviour('GET /api/v1/dashboard/videos');
coversBehaviour('GET /api/v1/dashboard/views');
coversBadInput('GET /api/v1/dashboard/stats');
coversBadInput('GET /api/v1/dashboard/videos');
coversBadInput('GET /api/v1/dashboard/views');
