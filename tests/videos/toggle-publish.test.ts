import mongoose, { mongo } from 'mongoose';
import { Video } from '../../src/models/video.model';
import { reconcileCounters, type Drift } from '../../src/services/reconcile/reconcile.service';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const toggle = (videoId: string, { accessToken } = ada) =>
  server.api().patch(`/api/v1/videos/toggle/publish/${videoId}`).set(bearer(accessToken));

/** Every total that shows a published video. With one row a page, it is more than the rows in sight. */
async function totals() {
  const total = async (query: string, viewer?: SignedInAccount): Promise<number> => {
    const asked = server.api().get(`/api/v1/videos?limit=1&${query}`);
    return dataOf(await (viewer ? asked.set(bearer(viewer.accessToken)) : asked)).totalDocs;
  };
  const channel = dataOf(await server.api().get(`/api/v1/users/c/${ada.user.username}`));
  return {
    everybody: await total(''),
    channel: await total(`userId=${ada.user._id}`, bob),
    profile: channel.videosCount as number,
    own: await total(`userId=${ada.user._id}`, ada),
  };
}

async function drifts(): Promise<Drift[]> {
  const found: Drift[] = [];
  await reconcileCounters({ fix: false }, (drift) => found.push(drift));
  return found;
}

describe('PATCH /videos/toggle/publish/:videoId', () => {
  test('a video, when toggled twice, goes from every public total and comes back', async () => {
    const videoId = await seedVideo(ada.user._id, { title: 'Now and then' });
    await seedVideo(ada.user._id);
    const before = await totals();

    const hidden = dataOf(await toggle(videoId));

    expect(hidden).toMatchObject({ _id: videoId, isPublished: false, title: 'Now and then' });
    expect(await totals()).toEqual({
      everybody: before.everybody - 1,
      channel: before.channel - 1,
      profile: before.profile - 1,
      own: before.own,
    });
    expect(dataOf(await toggle(videoId)).isPublished).toBe(true);
    expect(await totals()).toEqual(before);
    expect(await drifts()).toEqual([]);
  });

  test.each([
    [20, true],
    [21, false],
  ])(
    'a published video, when toggled %d times at once, ends published: %s, with right totals',
    async (times, isPublished) => {
      const videoId = await seedVideo(ada.user._id);

      const answers = await Promise.all(Array.from({ length: times }, () => toggle(videoId)));

      expect(answers.map(({ status }) => status)).toEqual(Array(times).fill(200));
      expect((await Video.findById(videoId).lean())?.isPublished).toBe(isPublished);
      expect(await drifts()).toEqual([]);
    },
  );

  test('a video, when toggled at once where there are no transactions, ends with right totals', async () => {
    const message = 'Transaction numbers are only allowed on a replica set member or mongos';
    jest
      .spyOn(mongoose.connection, 'transaction')
      .mockRejectedValue(new mongo.MongoServerError({ message, code: 20 }));
    const videoId = await seedVideo(ada.user._id);

    await Promise.all(Array.from({ length: 11 }, () => toggle(videoId).expect(200)));
    jest.restoreAllMocks();

    expect((await Video.findById(videoId).lean())?.isPublished).toBe(false);
    expect(await drifts()).toEqual([]);
  });

  test('a video, when it is another’s, answers 403, or 404 when it is hidden, and stays', async () => {
    const shown = await seedVideo(ada.user._id);
    const hidden = await seedVideo(ada.user._id, { isPublished: false });

    expectFailure(await toggle(shown, bob), 403, 'FORBIDDEN');
    expectFailure(await toggle(hidden, bob), 404, 'VIDEO_NOT_FOUND');

    expect((await Video.findById(shown).lean())?.isPublished).toBe(true);
    expect((await Video.findById(hidden).lean())?.isPublished).toBe(false);
  });
});

coversBehaviour('PATCH /api/v1/videos/toggle/publish/:videoId');
