import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';
import { coversBehaviour } from '../helpers/route-coverage';

let server: TestServer;
let owner: SignedInAccount;
let viewer: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  owner = await registerAndLogin(server);
});
beforeEach(async () => {
  viewer = await registerAndLogin(server);
});
afterAll(() => server.stop());

const as = () => bearer(viewer.accessToken);
const watch = (videoId: string) =>
  server.api().get(`/api/v1/videos/${videoId}`).set(as()).expect(200);
const history = (query = '') => server.api().get(`/api/v1/users/history${query}`).set(as());
const save = (videoId: string, body: object) =>
  server.api().post(`/api/v1/users/history/${videoId}`).set(as()).send(body);
const idsOf = (videos: { _id: string }[]) => videos.map(({ _id }) => _id);
const seed = (title: string) => seedVideo(owner.user._id, { title });

/** Puts entries straight into the database: the n-th was watched n seconds into 2024. */
async function seedHistory(videoIds: readonly string[]): Promise<void> {
  await WatchHistory.insertMany(
    videoIds.map((video, index) => ({
      user: viewer.user._id,
      video,
      watchedAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
    })),
  );
}

describe('GET /users/history', () => {
  test('the history, when nothing was watched, is an empty array', async () => {
    const answer = await history();

    expect(dataOf(answer)).toEqual([]);
    expect(answer.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
  });

  test('the history, when videos are opened, holds them newest first with owner and position', async () => {
    const [first, second] = [await seed('first'), await seed('second')];
    await watch(first);
    await watch(second);

    const videos = dataOf(await history());

    expect(idsOf(videos)).toEqual([second, first]);
    expect(videos[0]).toEqual({
      _id: second,
      videoFile: `${server.url}/media/videos/seeded.mp4`,
      thumbnail: `${server.url}/media/images/seeded.jpg`,
      title: 'second',
      description: '',
      tags: [],
      category: '',
      duration: 100,
      views: 1,
      likesCount: 0,
      commentsCount: 0,
      isPublished: true,
      status: 'ready',
      owner: {
        _id: owner.user._id,
        username: owner.user.username,
        fullName: owner.user.fullName,
        avatar: owner.user.avatar,
      },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      watchedAt: expect.stringMatching(/Z$/),
      progress: 0,
      completed: false,
    });
  });

  test('the history, when a video is watched again, moves it to the top, once', async () => {
    const [first, second] = [await seed('first'), await seed('second')];
    await watch(first);
    await watch(second);
    await watch(first);

    expect(idsOf(dataOf(await history()))).toEqual([first, second]);
  });

  test('the history, when ten requests open one video at once, holds it once', async () => {
    const videoId = await seed('busy');

    await Promise.all(Array.from({ length: 10 }, () => watch(videoId)));

    expect(idsOf(dataOf(await history()))).toEqual([videoId]);
  });

  test('the history, when walked by page and by cursor, shows every entry once', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push(await seed(`video ${index}`));
    await seedHistory(ids);
    const newestFirst = [...ids].reverse();

    const byPage = [
      ...idsOf(dataOf(await history('?limit=3&page=1'))),
      ...idsOf(dataOf(await history('?limit=3&page=2'))),
      ...idsOf(dataOf(await history('?limit=3&page=3'))),
    ];
    const byCursor: string[] = [];
    let answer = await history('?limit=3');
    byCursor.push(...idsOf(dataOf(answer)));
    while (answer.body.pagination.hasNextPage) {
      answer = await history(`?limit=3&cursor=${answer.body.pagination.nextCursor}`);
      byCursor.push(...idsOf(dataOf(answer)));
    }

    expect(byPage).toEqual(newestFirst);
    expect(byCursor).toEqual(newestFirst);
  });

  test('the history, when a watched video is hidden or deleted, leaves it out', async () => {
    const [kept, hidden, deleted] = [await seed('kept'), await seed('hidden'), await seed('gone')];
    await seedHistory([kept, hidden, deleted]);
    await Video.updateOne({ _id: hidden }, { isPublished: false });
    await Video.deleteOne({ _id: deleted });

    expect(idsOf(dataOf(await history()))).toEqual([kept]);
  });

  test('the history, when two people watch, is each one’s own', async () => {
    await watch(await seed('mine'));

    const other = await server.api().get('/api/v1/users/history').set(bearer(owner.accessToken));

    expect(dataOf(other)).toEqual([]);
  });

  test.each([
    ['?limit=0', ['limit']],
    ['?page=-1', ['page']],
  ])('the history, when asked for %s, answers 400', async (query, fields) => {
    expectInvalid(await history(query), fields);
  });

  test('the history, when the cursor is made up or nobody is signed in, answers 4xx', async () => {
    expectFailure(await history('?cursor=abc'), 400, 'INVALID_CURSOR');
    expectFailure(await server.api().get('/api/v1/users/history'), 401, 'UNAUTHENTICATED');
  });
});

describe('POST /users/history/:videoId', () => {
  test('progress, when saved, is the resume position of the video and the history', async () => {
    const videoId = await seed('long');

    const saved = dataOf(await save(videoId, { progress: 33.5 }));

    expect(saved).toEqual({ progress: 33.5, watchedAt: expect.any(String), completed: false });
    expect(dataOf(await watch(videoId)).progress).toBe(33.5);
    expect(dataOf(await history())[0]).toMatchObject({ _id: videoId, progress: 33.5 });
  });

  test.each([
    [95, 95, true],
    [94.9, 94.9, false],
    [5000, 100, true],
    [0, 0, false],
    ['12.5', 12.5, false],
  ])(
    'progress, when %p of 100 seconds is sent, answers %p, completed %p',
    async (sent, progress, completed) => {
      const saved = dataOf(await save(await seed('x'), { progress: sent }));

      expect(saved).toMatchObject({ progress, completed });
    },
  );

  test('progress, when left out, keeps the position and moves the video to the top', async () => {
    const [first, second] = [await seed('first'), await seed('second')];
    await save(first, { progress: 10 });
    await save(second, { progress: 20 });

    expect(dataOf(await save(first, {}))).toMatchObject({ progress: 10 });
    expect(idsOf(dataOf(await history()))).toEqual([first, second]);
  });

  test('progress, when sent with PUT or as a form, answers the same', async () => {
    const videoId = await seed('forms');
    const path = `/api/v1/users/history/${videoId}`;

    expect(dataOf(await server.api().put(path).set(as()).send({ progress: 7 }))).toMatchObject({
      progress: 7,
    });
    expect(
      dataOf(await server.api().post(path).set(as()).type('form').send('progress=8')),
    ).toMatchObject({ progress: 8 });
    expect(dataOf(await server.api().post(path).set(as()).field('progress', '9'))).toMatchObject({
      progress: 9,
    });
  });

  test.each<[string, object, string[]]>([
    ['negative', { progress: -1 }, ['progress']],
    ['a word', { progress: 'half' }, ['progress']],
    ['an operator', { progress: { $gt: 0 } }, ['progress']],
    ['null', { progress: null }, ['progress']],
    ['with an unknown field', { progress: 1, user: 'x' }, ['user']],
  ])('progress, when it is %s, answers 400 and keeps nothing', async (_what, body, fields) => {
    expectInvalid(await save(await seed('x'), body), fields);

    expect(dataOf(await history())).toEqual([]);
  });

  test('progress, when the video is absent or hidden, answers 404', async () => {
    const hidden = await seedVideo(owner.user._id, { isPublished: false });

    expectFailure(await save(absentId(), { progress: 1 }), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await save(hidden, { progress: 1 }), 404, 'VIDEO_NOT_FOUND');
    expectInvalid(await save('123', { progress: 1 }), ['videoId']);
  });
});

describe('pruning and pausing the history', () => {
  test('DELETE /users/history/:videoId, when it is there or not, answers 200 and it is gone', async () => {
    const [kept, dropped] = [await seed('kept'), await seed('dropped')];
    await seedHistory([kept, dropped]);
    const path = `/api/v1/users/history/${dropped}`;

    expect(dataOf(await server.api().delete(path).set(as()))).toEqual({});
    expect(dataOf(await server.api().delete(path).set(as()))).toEqual({});

    expect(idsOf(dataOf(await history()))).toEqual([kept]);
  });

  test('DELETE /users/history, when called, empties the caller’s history alone', async () => {
    const videoId = await seed('x');
    await seedHistory([videoId]);
    await WatchHistory.create({ user: owner.user._id, video: videoId, watchedAt: new Date() });

    expect(dataOf(await server.api().delete('/api/v1/users/history').set(as()))).toEqual({});

    expect(dataOf(await history())).toEqual([]);
    expect(await WatchHistory.countDocuments({ user: owner.user._id, video: videoId })).toBe(1);
  });

  test('PATCH /users/history, when paused, watching leaves no trace until it is on again', async () => {
    const videoId = await seed('secret');
    const patch = (paused: unknown) =>
      server.api().patch('/api/v1/users/history').set(as()).send({ paused });

    expect(dataOf(await patch(true))).toEqual({ paused: true });
    expect((await User.findById(viewer.user._id).lean())?.historyPaused).toBe(true);
    const account = await server.api().get('/api/v1/users/current-user').set(as());
    expect(dataOf(account)).toMatchObject({ historyPaused: true });
    await watch(videoId);
    expect(dataOf(await save(videoId, { progress: 5 }))).toMatchObject({ progress: 5 });
    expect(dataOf(await history())).toEqual([]);

    expect(dataOf(await patch('false'))).toEqual({ paused: false });
    await watch(videoId);
    expect(idsOf(dataOf(await history()))).toEqual([videoId]);
  });

  test('PATCH /users/history, when paused is missing or no boolean, answers 400', async () => {
    const patch = (body: object) =>
      server.api().patch('/api/v1/users/history').set(as()).send(body);

    expectInvalid(await patch({}), ['paused']);
    expectInvalid(await patch({ paused: 'maybe' }), ['paused']);
  });

  test('the history, when asked for with a wrong method, answers 405 with Allow', async () => {
    const answer = await server.api().get(`/api/v1/users/history/${absentId()}`).set(as());

    expectFailure(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.allow).toBe('DELETE, OPTIONS, POST, PUT');
  });
});

coversBehaviour('GET /api/v1/users/history');
coversBehaviour('PATCH /api/v1/users/history');
coversBehaviour('DELETE /api/v1/users/history');
coversBehaviour('POST /api/v1/users/history/:videoId');
coversBehaviour('DELETE /api/v1/users/history/:videoId');
