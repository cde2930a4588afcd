import { Like } from '../../src/models/like.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
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
