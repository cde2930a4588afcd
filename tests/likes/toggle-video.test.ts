import mongoose, { mongo, Types } from 'mongoose';
import { Like } from '../../src/models/like.model';
import { Video } from '../../src/models/video.model';
import { toggleLike } from '../../src/services/like.service';
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

const toggle = (videoId: string, { accessToken } = ada) =>
  server.api().post(`/api/v1/likes/toggle/v/${videoId}`).set(bearer(accessToken));

async function storedLikes(videoId: string) {
  const video = await Video.findById(videoId).lean();
  return { counter: video?.likesCount, rows: await Like.countDocuments({ target: videoId }) };
}

describe('POST /likes/toggle/v/:videoId', () => {
  test('a like, when toggled twice, comes and goes with its count', async () => {
    const videoId = await seedVideo(bob.user._id);

    expect(dataOf(await toggle(videoId))).toEqual({ isLiked: true, likesCount: 1 });
    expect(dataOf(await toggle(videoId, bob))).toEqual({ isLiked: true, likesCount: 2 });
    expect(dataOf(await toggle(videoId))).toEqual({ isLiked: false, likesCount: 1 });

    expect(await storedLikes(videoId)).toEqual({ counter: 1, rows: 1 });
  });

  test('likes, when one person toggles 51 times at once, end as one row and one count', async () => {
    const videoId = await seedVideo(bob.user._id);

    const answers = await Promise.all(Array.from({ length: 51 }, () => toggle(videoId)));

    expect(answers.map(({ status }) => status)).toEqual(Array(51).fill(200));
    expect(await storedLikes(videoId)).toEqual({ counter: 1, rows: 1 });
  });

  test('likes, when eight people like one video at once, count all eight', async () => {
    const videoId = await seedVideo(bob.user._id);
    const fans = await Promise.all(Array.from({ length: 8 }, () => registerAndLogin(server)));

    const answers = await Promise.all(fans.map((fan) => toggle(videoId, fan)));

    const counts = answers.map((answer) => dataOf(answer).likesCount as number);
    expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await storedLikes(videoId)).toEqual({ counter: 8, rows: 8 });
  });

  test('a like, when it counts, does not make the video look edited', async () => {
    const videoId = await seedVideo(bob.user._id);
    const before = await Video.findById(videoId).lean();

    await toggle(videoId).expect(200);

    expect((await Video.findById(videoId).lean())?.updatedAt).toEqual(before?.updatedAt);
  });

  test('a like, when the video is absent or hidden, answers 404 and leaves no row', async () => {
    const hidden = await seedVideo(bob.user._id, { isPublished: false });

    expectFailure(await toggle(absentId()), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await toggle(hidden), 404, 'VIDEO_NOT_FOUND');

    expect(await storedLikes(hidden)).toEqual({ counter: 0, rows: 0 });
  });

  test('a like, when the id is malformed or nobody is signed in, answers 4xx', async () => {
    const videoId = await seedVideo(bob.user._id);

    expectInvalid(await toggle('x'), ['videoId']);
    expectFailure(
      await server.api().post(`/api/v1/likes/toggle/v/${videoId}`),
      401,
      'UNAUTHENTICATED',
    );
  });
});

describe('POST /likes/toggle/v/:videoId, where there are no transactions', () => {
  beforeEach(() => {
    const message = 'Transaction numbers are only allowed on a replica set member or mongos';
    jest
      .spyOn(mongoose.connection, 'transaction')
      .mockRejectedValue(new mongo.MongoServerError({ message, code: 20 }));
  });
  afterEach(() => jest.restoreAllMocks());

  test('likes, when one person toggles 21 times at once, end as one row and one count', async () => {
    const videoId = await seedVideo(bob.user._id);

    const answers = await Promise.all(Array.from({ length: 21 }, () => toggle(videoId)));

    expect(answers.map(({ status }) => status)).toEqual(Array(21).fill(200));
    expect(await storedLikes(videoId)).toEqual({ counter: 1, rows: 1 });
  });

  test('a like, when the video goes after it was looked up, answers 404 and leaves no row', async () => {
    const gone = new Types.ObjectId();
    const liker = new Types.ObjectId(ada.user._id);

    await expect(toggleLike(liker, 'video', gone)).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });

    expect(await Like.countDocuments({ target: gone })).toBe(0);
  });
});

coversBehaviour('POST /api/v1/likes/toggle/v/:videoId');
