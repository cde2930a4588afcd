import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { fixture } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles, sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';

const PNG_BYTES = 1_145;
const JPEG_BYTES = 1_537;
const VIDEO_BYTES = 21_278 + JPEG_BYTES;
const FILES = { videoFile: 'clip.mov', thumbnail: 'picture.jpg' };
const VIDEOS_WITHIN = 5;
/** An avatar and five videos fit, and not a byte more. */
const QUOTA = PNG_BYTES + VIDEOS_WITHIN * VIDEO_BYTES;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { MAX_BYTES_PER_USER: String(QUOTA) } });
});
afterAll(() => server.stop());

const storedBytesOf = async (userId: string) => (await User.findById(userId).lean())?.storedBytes;

test('a quota, when fifty uploads race for the last of it, is filled to the byte', async () => {
  const { user, accessToken } = await registerAndLogin(server);
  const others = (await localFiles(server)).length;

  const answers = await Promise.all(
    Array.from({ length: 50 }, () => sendVideo(server, accessToken, FILES)),
  );

  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(VIDEOS_WITHIN);
  expect(statuses.filter((status) => status === 413)).toHaveLength(50 - VIDEOS_WITHIN);
  expectFailure(
    answers.find(({ status }) => status === 413)!,
    413,
    'QUOTA_EXCEEDED',
  );
  expect(await storedBytesOf(user._id)).toBe(QUOTA);
  expect(await Video.countDocuments({ owner: user._id })).toBe(VIDEOS_WITHIN);
  expect(await localFiles(server)).toHaveLength(others + 2 * VIDEOS_WITHIN);
  await expectNoTempFiles(server);
});

test('a quota, when pictures and videos come and go, follows their bytes', async () => {
  const owner = await registerAndLogin(server);
  const as = bearer(owner.accessToken);
  const storedBytes = () => storedBytesOf(owner.user._id);
  expect(await storedBytes()).toBe(PNG_BYTES);

  const { _id } = dataOf(await sendVideo(server, owner.accessToken, FILES), 201);
  expect(await storedBytes()).toBe(PNG_BYTES + VIDEO_BYTES);

  const picture = (method: 'patch', address: string, field: string, name: string) =>
    server.api()[method](`/api/v1${address}`).set(as).attach(field, fixture(name)).expect(200);
  await picture('patch', `/videos/${_id}`, 'thumbnail', 'picture.png');
  expect(await storedBytes()).toBe(PNG_BYTES + VIDEO_BYTES - JPEG_BYTES + PNG_BYTES);
  await picture('patch', '/users/avatar', 'avatar', 'picture.jpg');
  expect(await storedBytes()).toBe(VIDEO_BYTES + PNG_BYTES);
  await picture('patch', '/users/cover-image', 'coverImage', 'picture.png');
  expect(await storedBytes()).toBe(VIDEO_BYTES + 2 * PNG_BYTES);

  await server.api().delete(`/api/v1/videos/${_id}`).set(as).expect(200);
  expect(await storedBytes()).toBe(JPEG_BYTES + PNG_BYTES);
});

test('a full quota, when a larger picture is sent, refuses it and keeps the smaller one', async () => {
  const owner = await registerAndLogin(server);
  await User.updateOne({ _id: owner.user._id }, { $set: { storedBytes: QUOTA } });
  const before = await localFiles(server);
  const send = (name: string) =>
    server
      .api()
      .patch('/api/v1/users/avatar')
      .set(bearer(owner.accessToken))
      .attach('avatar', fixture(name));

  expectFailure(await send('picture.jpg'), 413, 'QUOTA_EXCEEDED');
  expect(await localFiles(server)).toEqual(before);
  expect(await storedBytesOf(owner.user._id)).toBe(QUOTA);

  expect(dataOf(await send('picture.png')).avatar).toContain('/media/');
});
