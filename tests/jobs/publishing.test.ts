import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Types } from 'mongoose';
import { MediaJob } from '../../src/models/media-job.model';
import { Removal } from '../../src/models/removal.model';
import { User } from '../../src/models/user.model';
import { VideoTally } from '../../src/models/video-tally.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { expectNoTempFiles, sendVideo } from '../helpers/media-audit';
import { createMoodyStore, type MoodyStore } from '../helpers/moody-store';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId } from '../helpers/videos';

const FILES = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' };
const CLIP_BYTES = 106_253;
const JPEG_BYTES = 1_537;
const PNG_BYTES = 1_145;
/** Of a picture, in a job. */
const FILE_FIELDS = [
  'bytes',
  'extension',
  'field',
  'height',
  'kind',
  'mimeType',
  'name',
  'originalName',
  'publicId',
  'width',
];

let media: MoodyStore;
let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  media = await createMoodyStore();
  server = await startTestServer({
    mediaStore: media.store,
    env: { PUBLISH_PATIENCE_SECONDS: '1' },
    jobTimes: { poll: 50, firstDelay: 20 },
  });
  bob = await registerAndLogin(server);
});
beforeEach(async () => {
  media.behave('well');
  ada = await registerAndLogin(server);
});
afterEach(async () => {
  // Whatever has happened: nothing is left of it on the way.
  media.behave('well');
  await eventually(async () => expect(await MediaJob.countDocuments()).toBe(0));
  await expectNoTempFiles(server);
  expect(await media.held()).toEqual(await referredAssets());
});
afterAll(async () => {
  await server.stop();
  await media.stop();
});

const publish = (texts: Record<string, string> = {}) =>
  sendVideo(server, ada.accessToken, FILES, { title: 'Outage', ...texts });
const as = (account: SignedInAccount) => bearer(account.accessToken);
const get = (address: string, account?: SignedInAccount) => {
  const call = server.api().get(`/api/v1${address}`);
  return account ? call.set(as(account)) : call;
};
const processing = async (videoId: string) =>
  dataOf(await get(`/videos/${videoId}/processing`, ada));
const retry = (videoId: string) =>
  server.api().post(`/api/v1/videos/${videoId}/processing/retry`).set(as(ada));
const untilStatus = (videoId: string, status: string) =>
  eventually(async () => expect(await processing(videoId)).toMatchObject({ status }));

/** Names of all files that the database refers to, sorted. */
async function referredAssets(): Promise<string[]> {
  const users = await User.find().lean();
  const videos = await Video.find().lean();
  const assets = [
    ...users.flatMap(({ avatar, coverImage }) => [avatar, coverImage]),
    ...videos.flatMap(({ videoFile, thumbnail }) => [videoFile, thumbnail]),
  ];
  return assets.flatMap((asset) => (asset ? [asset.publicId] : [])).sort();
}

async function countersOf(account: SignedInAccount) {
  const user = await User.findById(account.user._id).lean();
  const { allVideosCount, videosCount, storedBytes } = user!;
  return { allVideosCount, videosCount, storedBytes };
}

describe('POST /videos, while the store is away', () => {
  test('it answers 202 and the owner’s view of a video on its way', async () => {
    media.behave('away');

    const answer = await publish();

    const video = dataOf(answer, 202);
    expect(video).toMatchObject({
      status: 'processing',
      videoFile: '',
      thumbnail: '',
      isPublished: true,
      duration: 5,
    });
    expect(answer.headers.location).toBe(`/api/v1/videos/${video._id}/processing`);
    const state = dataOf(await get(`/videos/${video._id}/processing`, ada));
    expect(state).toMatchObject({
      status: 'processing',
      hlsStatus: 'unavailable',
      error: { code: 'PROVIDER_ERROR', message: expect.stringContaining('media provider') },
    });
    expect(state.attempts).toBeGreaterThan(0);
    expect(await countersOf(ada)).toEqual({
      allVideosCount: 1,
      videosCount: 0,
      storedBytes: PNG_BYTES + CLIP_BYTES + JPEG_BYTES,
    });
  });

  test('its row and its job are stored whole, and hold nothing else', async () => {
    media.behave('away');
    const { _id } = dataOf(await publish({ tags: 'One, two', isPublished: 'false' }), 202);

    const row = await Video.collection.findOne({ _id: new Types.ObjectId(_id) });
    expect(row).toEqual({
      _id: new Types.ObjectId(_id),
      owner: new Types.ObjectId(ada.user._id),
      title: 'Outage',
      description: expect.any(String),
      tags: ['One', 'two'],
      category: '',
      duration: 5,
      isPublished: false,
      publishWhenReady: false,
      acceptedBytes: CLIP_BYTES + JPEG_BYTES,
      status: 'processing',
      views: 0,
      likesCount: 0,
      commentsCount: 0,
      topCommentsCount: 0,
      keys: { title: 'outage', category: '', tags: ['one', 'two'] },
      createdAt: expect.any(Date),
      updatedAt: row!.createdAt,
    });
    const job = await MediaJob.collection.findOne({ video: new Types.ObjectId(_id) });
    expect(job!.files.map((file: object) => Object.keys(file).sort())).toEqual([
      [...FILE_FIELDS, 'durationSeconds'].sort(),
      FILE_FIELDS,
    ]);
  });

  test('nobody but its owner sees the video, through any door', async () => {
    media.behave('away');
    const { _id } = dataOf(await publish({ title: 'Zanzibar', category: 'islands' }), 202);

    const doors = [
      '/videos?limit=100',
      '/videos?query=zanzibar',
      '/videos?category=islands',
      `/videos?userId=${ada.user._id}`,
      `/videos?username=${ada.user.username}`,
      '/search/suggestions?query=zanz',
    ];
    for (const door of doors) {
      expect((await get(door)).text).not.toMatch(/zanzibar/i);
      expect((await get(door, bob)).text).not.toMatch(new RegExp(_id));
    }
    for (const stranger of [undefined, bob]) {
      expectFailure(await get(`/videos/${_id}`, stranger), 404, 'VIDEO_NOT_FOUND');
      expectFailure(await get(`/videos/${_id}/related`, stranger), 404, 'VIDEO_NOT_FOUND');
      expectFailure(await get(`/comments/${_id}`, stranger), 404, 'VIDEO_NOT_FOUND');
    }
    expectFailure(await get(`/videos/${_id}/processing`, bob), 404, 'VIDEO_NOT_FOUND');
    const channel = dataOf(await get(`/users/c/${ada.user.username}`));
    expect(channel.videosCount).toBe(0);

    expect(dataOf(await get(`/videos/${_id}`, ada))).toMatchObject({
      status: 'processing',
      hlsStatus: 'unavailable',
    });
    expect(dataOf(await get('/dashboard/videos', ada))).toEqual([
      expect.objectContaining({ _id, status: 'processing', videoFile: '' }),
    ]);
    expect(dataOf(await get(`/videos?userId=${ada.user._id}`, ada)).docs).toHaveLength(1);
  });

  test('once the store is back, the video is stored once and published', async () => {
    const before = (await media.held()).length;
    media.behave('away');
    const { _id } = dataOf(await publish(), 202);

    media.behave('well');
    await untilStatus(_id, 'ready');

    const seen = dataOf(await get(`/videos/${_id}`));
    expect(seen).toMatchObject({ status: 'ready', isPublished: true, title: 'Outage' });
    expect(await media.held()).toHaveLength(before + 2);
    const stored = await Video.findById(_id).lean();
    expect(stored).toMatchObject({ videoFile: { bytes: CLIP_BYTES } });
    expect(stored).not.toHaveProperty('acceptedBytes');
    expect(stored).not.toHaveProperty('publishWhenReady');
    expect(await countersOf(ada)).toEqual({
      allVideosCount: 1,
      videosCount: 1,
      storedBytes: PNG_BYTES + CLIP_BYTES + JPEG_BYTES,
    });
    expect(await processing(_id)).toEqual({
      status: 'ready',
      hlsStatus: 'unavailable',
      attempts: 0,
      nextAttemptAt: null,
      error: null,
    });
  });

  test.each([
    ['published', 'true', false],
    ['a draft', 'false', true],
  ])('when it is toggled as %s, it becomes the other', async (_what, isPublished, expected) => {
    media.behave('away');
    const { _id } = dataOf(await publish({ isPublished }), 202);

    const toggle = server.api().patch(`/api/v1/videos/toggle/publish/${_id}`).set(as(ada));
    expect(dataOf(await toggle)).toMatchObject({ isPublished: expected, status: 'processing' });
    media.behave('well');
    await untilStatus(_id, 'ready');

    expect(dataOf(await get(`/videos/${_id}`, ada)).isPublished).toBe(expected);
    expect(await countersOf(ada)).toMatchObject({ videosCount: expected ? 1 : 0 });
  });

  test.each([
    ['for good', {}, false],
    ['until later', { suspendedUntil: new Date(Date.now() + 3_600_000) }, false],
    ['until just now', { suspendedUntil: new Date() }, true],
  ])(
    'when its owner is suspended meanwhile %s, that alone decides whether it is a draft',
    async (_what, end, expected) => {
      media.behave('away');
      const { _id } = dataOf(await publish(), 202);
      const suspension = { suspendedAt: new Date(0), ...end };
      await User.updateOne({ _id: ada.user._id }, { $set: suspension });

      media.behave('well');
      await eventually(async () =>
        expect(await Video.findById(_id).lean()).toMatchObject({ status: 'ready' }),
      );

      expect(await Video.findById(_id).lean()).toMatchObject({ isPublished: expected });
      expect(await countersOf(ada)).toEqual({
        allVideosCount: 1,
        videosCount: expected ? 1 : 0,
        storedBytes: PNG_BYTES + CLIP_BYTES + JPEG_BYTES,
      });
    },
  );

  test('when it is taken down meanwhile, it becomes a draft', async () => {
    media.behave('away');
    const { _id } = dataOf(await publish(), 202);
    await Video.updateOne({ _id }, { $set: { takenDownAt: new Date() } });

    media.behave('well');
    await untilStatus(_id, 'ready');

    expect(await Video.findById(_id).lean()).toMatchObject({ isPublished: false });
    expect(await countersOf(ada)).toMatchObject({ allVideosCount: 1, videosCount: 0 });
  });

  test('when the thumbnail is changed meanwhile, the new one stays', async () => {
    media.behave('away', 'video');
    const { _id } = dataOf(await publish(), 202);

    const changed = await server
      .api()
      .patch(`/api/v1/videos/${_id}`)
      .set(as(ada))
      .attach('thumbnail', fixture('picture.png'));
    expect(dataOf(changed)).toMatchObject({ status: 'processing', videoFile: '' });
    media.behave('well');
    await untilStatus(_id, 'ready');

    const { thumbnail } = (await Video.findById(_id).lean())!;
    expect(thumbnail?.format).toBe('png');
    expect(await countersOf(ada)).toMatchObject({ storedBytes: 2 * PNG_BYTES + CLIP_BYTES });
    // Its lease is that of a request; nobody has to wait for it here.
    await Removal.updateMany({ kind: 'asset' }, { $set: { leasedUntil: new Date() } });
    const late = await Removal.findOne({ kind: 'asset', target: _id }).lean();
    for (const asset of late!.assets) await media.store.remove(asset);
    expect(late!.assets).toHaveLength(1);
  });

  test('when it is deleted meanwhile, nothing of it stays', async () => {
    media.behave('away');
    const { _id } = dataOf(await publish(), 202);

    await server.api().delete(`/api/v1/videos/${_id}`).set(as(ada)).expect(200);

    expect(await Video.exists({ _id })).toBeNull();
    expect(await MediaJob.countDocuments({ video: _id, state: { $ne: 'cancelled' } })).toBe(0);
    expect(await countersOf(ada)).toEqual({
      allVideosCount: 0,
      videosCount: 0,
      storedBytes: PNG_BYTES,
    });
  });

  test('when the account is deleted meanwhile, nothing of it stays', async () => {
    media.behave('away');
    const { _id } = dataOf(await publish(), 202);

    await server
      .api()
      .delete('/api/v1/users/current-user')
      .set(as(ada))
      .send({ password: ada.password })
      .expect(200);

    await eventually(async () => expect(await Video.exists({ _id })).toBeNull());
    await eventually(async () => expect(await MediaJob.countDocuments()).toBe(0));
  });
});

describe('POST /videos, when the store does not answer', () => {
  test('it answers 202 once the patience is over, and goes on', async () => {
    media.behave('silent');

    const { _id, status } = dataOf(await publish(), 202);

    expect(status).toBe('processing');
    expect(await processing(_id)).toMatchObject({ attempts: 1, nextAttemptAt: null, error: null });
    // The test's end needs it gone.
    await server.api().delete(`/api/v1/videos/${_id}`).set(as(ada)).expect(200);
    expect(await MediaJob.countDocuments()).toBe(0);
  });
});

describe('POST /videos, when the store refuses the files', () => {
  test('while the request waits, it answers the refusal and keeps nothing', async () => {
    media.behave('refusing', 'image');

    expectFailure(await publish(), 502, 'PROVIDER_ERROR');

    expect(await Video.countDocuments({ owner: ada.user._id })).toBe(0);
    expect(await countersOf(ada)).toEqual({
      allVideosCount: 0,
      videosCount: 0,
      storedBytes: PNG_BYTES,
    });
  });

  test('later, the video fails with its files kept, until a retry is granted', async () => {
    media.behave('away');
    const { _id } = dataOf(await publish(), 202);
    media.behave('refusing');
    await untilStatus(_id, 'failed');
    expect(await processing(_id)).toMatchObject({
      status: 'failed',
      nextAttemptAt: null,
      error: { code: 'PROVIDER_ERROR' },
    });
    const [job] = await MediaJob.find({ video: _id }).lean();
    const kept = await readFile(path.join(server.tempDir, job!.files[0]!.name));
    expect(kept).toHaveLength(CLIP_BYTES);

    media.behave('well');
    const answer = await retry(_id);

    expect(dataOf(answer, 202).status).not.toBe('failed');
    expect(answer.headers.location).toBe(`/api/v1/videos/${_id}/processing`);
    await untilStatus(_id, 'ready');
    expect(dataOf(await get(`/videos/${_id}`))).toMatchObject({ isPublished: true });
    expectFailure(await retry(_id), 409, 'NOTHING_FAILED');
  });
});

describe('the totals', () => {
  test('after all of the above, are those of the rows', async () => {
    const tallies = await VideoTally.find().lean();
    const published = tallies.reduce((sum, tally) => sum + tally.published, 0);

    expect(published).toBe(await Video.countDocuments({ isPublished: true }));
  });
});

describe('processing, bad input', () => {
  const calls = {
    'GET /processing': (id: string, account?: SignedInAccount) =>
      get(`/videos/${id}/processing`, account),
    'POST /processing/retry': (id: string, account?: SignedInAccount) => {
      const call = server.api().post(`/api/v1/videos/${id}/processing/retry`);
      return account ? call.set(as(account)) : call;
    },
  };

  test.each(Object.entries(calls))('%s, when it cannot be, says why', async (_name, call) => {
    const { _id } = dataOf(await publish(), 201);

    expectInvalid(await call('not-an-id', ada), ['videoId']);
    expectFailure(await call(absentId(), ada), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await call(_id, bob), 403, 'FORBIDDEN');
    expectFailure(await call(_id), 401, 'UNAUTHENTICATED');
  });
});

coversBehaviour('GET /api/v1/videos/:videoId/processing');
coversBehaviour('POST /api/v1/videos/:videoId/processing/retry');
coversBadInput('GET /api/v1/videos/:videoId/processing');
coversBadInput('POST /api/v1/videos/:videoId/processing/retry');
