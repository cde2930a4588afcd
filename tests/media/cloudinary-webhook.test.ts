import { Types } from 'mongoose';
import pino from 'pino';
import { MediaJob } from '../../src/models/media-job.model';
import { Video, type VideoFields } from '../../src/models/video.model';
import { CloudinaryStore } from '../../src/services/media/cloudinary-store';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import {
  renditionsNotification,
  signNotification,
  startCloudinaryStub,
  type CloudinaryStub,
} from '../helpers/cloudinary-stub';
import { fixture } from '../helpers/fixtures';
import { sendVideo } from '../helpers/media-audit';
import { costOf } from '../helpers/query-cost';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

const ROUTE = '/api/v1/webhooks/cloudinary';

let stub: CloudinaryStub;
let store: CloudinaryStore;
let server: TestServer;
let account: SignedInAccount;

beforeAll(async () => {
  stub = await startCloudinaryStub();
  store = new CloudinaryStore({
    config: stub.account,
    logger: pino({ level: 'silent' }),
    agent: stub.agent,
  });
  const { NODE_EXTRA_CA_CERTS: _ofProcesses, ...env } = stub.environment;
  server = await startTestServer({ mediaStore: store, env });
  account = await registerAndLogin(server);
});
afterAll(async () => {
  await server.stop();
  await stub.stop();
});

/** A video at Cloudinary whose renditions are in the making, and the job that waits for them. */
async function videoInTheMaking() {
  const videoFile = await store.store({
    path: fixture('clip.mp4'),
    kind: 'video',
    mimeType: 'video/mp4',
    extension: 'mp4',
    bytes: 106253,
    durationSeconds: 5,
  });
  const videoId = await seedVideo(account.user._id, { videoFile, hlsStatus: 'processing' });
  const job = await MediaJob.create({
    kind: 'renditions',
    video: new Types.ObjectId(videoId),
    owner: new Types.ObjectId(account.user._id),
    asset: videoFile,
    runAt: new Date(Date.now() + 60_000),
  });
  const asset = stub.assets.find(({ publicId }) => publicId === videoFile.publicId);
  if (!asset) throw new Error('the stub has not got the video');
  asset.notificationUrl = `${server.url}${ROUTE}`;
  return { videoId, jobId: job._id, publicId: videoFile.publicId, asset };
}

async function videoOf(videoId: string): Promise<VideoFields> {
  const video = await Video.findById(videoId).lean();
  if (!video) throw new Error('the video is gone');
  return video;
}

function send(body: string, headers: Record<string, string> = signNotification(body)) {
  return server.api().post(ROUTE).set(headers).send(body);
}

const playlistOf = (publicId: string): string =>
  `https://res.cloudinary.com/demo/video/upload/sp_full_hd/v1700000000/${publicId}.m3u8`;

describe('POST /webhooks/cloudinary', () => {
  test('when the renditions of a video are ready, the video has its stream and no job is left', async () => {
    const { videoId, jobId, publicId } = await videoInTheMaking();

    expect(await stub.finishRenditions()).toEqual([200]);

    const video = await videoOf(videoId);
    expect([video.hlsStatus, video.videoFile?.hlsUrl]).toEqual(['ready', playlistOf(publicId)]);
    expect(await MediaJob.exists({ _id: jobId })).toBeNull();
  });

  test('when the video was published just now, its page shows the stream', async () => {
    const { _id: videoId } = dataOf(await sendVideo(server, account.accessToken), 201);
    const page = () =>
      server.api().get(`/api/v1/videos/${videoId}`).set(bearer(account.accessToken));
    expect(dataOf(await page()).hlsStatus).toBe('processing');
    const { videoFile } = await videoOf(videoId);
    const asset = stub.assets.find(({ publicId }) => publicId === videoFile?.publicId);
    if (!asset) throw new Error('the stub has not got the video');
    asset.notificationUrl = `${server.url}${ROUTE}`;

    expect(await stub.finishRenditions()).toEqual([200]);

    expect(dataOf(await page())).toMatchObject({
      hlsStatus: 'ready',
      hlsUrl: playlistOf(asset.publicId),
    });
    expect(await MediaJob.exists({ video: new Types.ObjectId(videoId) })).toBeNull();
  });

  test('when the same notification comes twice, the second changes nothing', async () => {
    const { videoId, asset } = await videoInTheMaking();
    await stub.finishRenditions();
    const before = await videoOf(videoId);

    dataOf(await send(renditionsNotification(asset)));

    expect(await videoOf(videoId)).toEqual(before);
  });

  test('when a worker has the job, its lease ends: the worker commits nothing any more', async () => {
    const { jobId } = await videoInTheMaking();
    await MediaJob.updateOne({ _id: jobId }, { $set: { lease: 'a worker' } });

    await stub.finishRenditions();

    expect(await MediaJob.exists({ _id: jobId })).toBeNull();
  });

  test('when the job was cancelled, as the video goes, it stays for whoever clears it away', async () => {
    const { jobId } = await videoInTheMaking();
    await MediaJob.updateOne({ _id: jobId }, { $set: { state: 'cancelled' } });

    await stub.finishRenditions();

    expect(await MediaJob.exists({ _id: jobId })).not.toBeNull();
  });

  test('when Cloudinary could not make them, the video says so and the job is given up', async () => {
    const { videoId, jobId } = await videoInTheMaking();

    expect(await stub.finishRenditions({ failed: true })).toEqual([200]);

    const video = await videoOf(videoId);
    expect([video.hlsStatus, video.videoFile?.hlsUrl]).toEqual(['failed', undefined]);
    const job = await MediaJob.findById(jobId).lean();
    expect(job).toMatchObject({ state: 'dead', lastError: { code: 'PROVIDER_ERROR' } });
    expect(job?.runAt).toBeUndefined();
  });

  test('when a failure comes after the success, the stream stays', async () => {
    const { videoId, asset } = await videoInTheMaking();
    await stub.finishRenditions();
    const before = await videoOf(videoId);
    for (const rendition of asset.renditions) rendition.state = 'failed';

    dataOf(await send(renditionsNotification(asset)));

    expect(await videoOf(videoId)).toEqual(before);
  });

  test('when nobody has the asset, answers 200', async () => {
    const { asset } = await videoInTheMaking();
    const body = renditionsNotification({ ...asset, publicId: 'videotube/unknown' });

    expect(dataOf(await send(body))).toEqual({});
  });

  test.each<[string, (publicId: string) => object]>([
    ['an upload', (publicId) => ({ notification_type: 'upload', public_id: publicId })],
    [
      'a picture alone',
      (publicId) => ({
        notification_type: 'eager',
        public_id: publicId,
        eager: [{ format: 'jpg', secure_url: 'https://res.cloudinary.com/demo/x.jpg' }],
      }),
    ],
    [
      'a stream in the making',
      (publicId) => ({
        notification_type: 'eager',
        public_id: publicId,
        eager: [{ status: 'processing', secure_url: 'https://res.cloudinary.com/demo/x.m3u8' }],
      }),
    ],
    [
      'an asset that is no name',
      () => ({
        notification_type: 'eager',
        public_id: { $ne: '' },
        eager: [{ format: 'm3u8', secure_url: 'https://res.cloudinary.com/demo/x.m3u8' }],
      }),
    ],
    ['nothing', () => ({})],
    ['a list', () => []],
  ])('when it tells of %s, answers 200 and changes nothing', async (_name, notification) => {
    const { videoId, jobId, publicId } = await videoInTheMaking();
    const before = await videoOf(videoId);

    dataOf(await send(JSON.stringify(notification(publicId))));

    expect(await videoOf(videoId)).toEqual(before);
    expect(await MediaJob.exists({ _id: jobId })).not.toBeNull();
  });

  test('when a page of an unknown site sends it along with cookies, the signature alone counts', async () => {
    const { videoId, asset } = await videoInTheMaking();
    await stub.finishRenditions({ notify: false });
    const body = renditionsNotification(asset);

    const answer = await send(body, {
      ...signNotification(body),
      Origin: 'https://elsewhere.example.com',
      Cookie: `accessToken=${account.accessToken}`,
    });

    expect(answer.status).toBe(200);
    expect((await videoOf(videoId)).hlsStatus).toBe('ready');
  });

  const now = (): number => Math.floor(Date.now() / 1000);

  test.each<[string, (body: string) => Record<string, string>]>([
    ['absent', () => ({})],
    ['without its time', (body) => ({ ...signNotification(body), 'X-Cld-Timestamp': '' })],
    ['of another body', (body) => signNotification(`${body} `)],
    [
      'of another time',
      (body) => ({
        ...signNotification(body),
        'X-Cld-Timestamp': String(now() + 60),
      }),
    ],
    [
      'cut short',
      (body) => ({
        ...signNotification(body),
        'X-Cld-Signature': signNotification(body)['X-Cld-Signature']?.slice(0, 38) ?? '',
      }),
    ],
    [
      'not hexadecimal',
      (body) => ({ ...signNotification(body), 'X-Cld-Signature': 'z'.repeat(40) }),
    ],
    ['more than two hours old', (body) => signNotification(body, now() - 7260)],
    ['of a far future', (body) => signNotification(body, now() + 7260)],
    ['of no time', (body) => signNotification(body, Number.NaN)],
  ])('when the signature is %s, answers 401 and changes nothing', async (_name, headersOf) => {
    const { videoId, asset } = await videoInTheMaking();
    await stub.finishRenditions({ notify: false });
    const body = renditionsNotification(asset);
    const before = await videoOf(videoId);

    const answer = await send(body, { 'Content-Type': 'application/json', ...headersOf(body) });

    expectFailure(answer, 401, 'INVALID_SIGNATURE');
    expect(answer.headers['www-authenticate']).toMatch(/^X-Cld-Signature /);
    expect(await videoOf(videoId)).toEqual(before);
  });

  test('when somebody is signed in and has no signature, answers 401', async () => {
    const answer = await server.api().post(ROUTE).set(bearer(account.accessToken)).send({});

    expectFailure(answer, 401, 'INVALID_SIGNATURE');
  });

  test('when the signature is one of almost two hours ago, takes it', async () => {
    expect((await send('{}', signNotification('{}', now() - 7100))).status).toBe(200);
  });

  test('when the body is larger than any body may be, answers 413 whoever signed it', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(70_000) });

    expectFailure(await send(body), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('when the video is looked up among others, one row is read', async () => {
    const { publicId } = await videoInTheMaking();

    const cost = await costOf(Video, [{ $match: { 'videoFile.publicId': publicId } }]);

    expect(cost).toEqual({ keys: 1, documents: 1, stages: ['FETCH', 'IXSCAN'] });
  });
});

coversBehaviour('POST /api/v1/webhooks/cloudinary');
