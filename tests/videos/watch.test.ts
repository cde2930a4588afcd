import { Video } from '../../src/models/video.model';
import { ViewMark } from '../../src/models/view-mark.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
afterAll(() => server.stop());

const watch = (videoId: string, account?: SignedInAccount) => {
  const request = server.api().get(`/api/v1/videos/${videoId}`);
  return account ? request.set(bearer(account.accessToken)) : request;
};
/** Owners see every view and add none. */
const viewsOf = async (videoId: string): Promise<number> => dataOf(await watch(videoId, ada)).views;

describe('GET /videos/:videoId, the answer', () => {
  test('GET /videos/:videoId, when a guest asks, answers the video and its channel', async () => {
    const videoId = await seedVideo(ada.user._id, { title: 'Open to all' });

    expect(dataOf(await watch(videoId))).toEqual({
      _id: videoId,
      videoFile: `${server.url}/media/videos/seeded.mp4`,
      thumbnail: `${server.url}/media/images/seeded.jpg`,
      title: 'Open to all',
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
        _id: ada.user._id,
        username: ada.user.username,
        fullName: ada.user.fullName,
        avatar: ada.user.avatar,
        subscribersCount: 0,
        isSubscribed: false,
      },
      hlsStatus: 'unavailable',
      isLiked: false,
      progress: 0,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
  });

  test('GET /videos/:videoId, when the viewer likes, follows and has watched, says so', async () => {
    const videoId = await seedVideo(ada.user._id);
    const as = bearer(bob.accessToken);
    await server.api().post(`/api/v1/likes/toggle/v/${videoId}`).set(as).expect(200);
    await server.api().post(`/api/v1/subscriptions/c/${ada.user._id}`).set(as).expect(200);
    await server
      .api()
      .post(`/api/v1/users/history/${videoId}`)
      .set(as)
      .send({ progress: 42 })
      .expect(200);

    const seen = dataOf(await watch(videoId, bob));

    expect(seen).toMatchObject({
      isLiked: true,
      likesCount: 1,
      progress: 42,
      owner: { isSubscribed: true, subscribersCount: 1 },
    });
    expect(dataOf(await watch(videoId))).toMatchObject({
      isLiked: false,
      progress: 0,
      owner: { isSubscribed: false, subscribersCount: 1 },
    });
  });

  test('GET /videos/:videoId, when it is unpublished, answers its owner and 404 to others', async () => {
    const videoId = await seedVideo(ada.user._id, { isPublished: false });

    expect(dataOf(await watch(videoId, ada)).isPublished).toBe(false);
    expectFailure(await watch(videoId, bob), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await watch(videoId), 404, 'VIDEO_NOT_FOUND');
    expect(await viewsOf(videoId)).toBe(0);
  });

  test('GET /videos/:videoId, when there is none, answers 404', async () => {
    expectFailure(await watch(absentId()), 404, 'VIDEO_NOT_FOUND');
  });

  test.each(['1', 'not-an-id', '%00', 'zzzzzzzzzzzzzzzzzzzzzzzz'])(
    'GET /videos/:videoId, when the id is %s, answers 400',
    async (videoId) => {
      expectInvalid(await watch(videoId), ['videoId']);
    },
  );

  test('GET /videos/:videoId, when the address cannot be decoded, answers 400', async () => {
    expectFailure(await watch('%E0%A4%A'), 400, 'MALFORMED_URI');
  });
});

describe('GET /videos/:videoId, views', () => {
  test('a view, when one viewer opens a video again, counts once', async () => {
    const videoId = await seedVideo(ada.user._id);

    const first = dataOf(await watch(videoId, bob));
    const second = dataOf(await watch(videoId, bob));

    expect([first.views, second.views]).toEqual([1, 1]);
    expect(await viewsOf(videoId)).toBe(1);
  });

  test('a view, when twenty requests of one viewer race, counts once', async () => {
    const videoId = await seedVideo(ada.user._id);

    await Promise.all(Array.from({ length: 20 }, () => watch(videoId, bob).expect(200)));

    expect(await viewsOf(videoId)).toBe(1);
  });

  test('views, when guests have different browsers, count each', async () => {
    const videoId = await seedVideo(ada.user._id);

    await watch(videoId).set('User-Agent', 'one');
    await watch(videoId).set('User-Agent', 'two');
    await watch(videoId).set('User-Agent', 'two');
    await watch(videoId, bob);

    expect(await viewsOf(videoId)).toBe(3);
  });

  test('a view, when owners look at their own video, does not count', async () => {
    const videoId = await seedVideo(ada.user._id);

    expect(dataOf(await watch(videoId, ada)).views).toBe(0);
    expect(await viewsOf(videoId)).toBe(0);
  });

  test('HEAD /videos/:videoId, when asked, neither counts a view nor writes the history', async () => {
    const videoId = await seedVideo(ada.user._id);

    await server.api().head(`/api/v1/videos/${videoId}`).set(bearer(bob.accessToken)).expect(200);

    expect(await viewsOf(videoId)).toBe(0);
    expect(await WatchHistory.countDocuments({ video: videoId, user: bob.user._id })).toBe(0);
  });

  test('a view, when the window has passed, counts again', async () => {
    const videoId = await seedVideo(ada.user._id);
    await watch(videoId, bob);
    await ViewMark.updateMany({ video: videoId }, { expiresAt: new Date(Date.now() - 1000) });

    await watch(videoId, bob);

    expect(await viewsOf(videoId)).toBe(2);
    expect(await ViewMark.countDocuments({ video: videoId })).toBe(1);
  });

  test('a view, when it counts, does not make the video look edited', async () => {
    const videoId = await seedVideo(ada.user._id);
    const before = await Video.findById(videoId).lean();

    const seen = dataOf(await watch(videoId, bob));

    expect(seen.updatedAt).toBe(before?.updatedAt.toISOString());
  });

  test('a view mark, when a guest watches, holds neither address nor browser', async () => {
    const videoId = await seedVideo(ada.user._id);
    await watch(videoId).set('User-Agent', 'RecognisableBrowser/1.0');

    const [mark] = await ViewMark.find({ video: videoId }).lean();

    expect(mark?.viewer).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

coversBehaviour('GET /api/v1/videos/:videoId');
