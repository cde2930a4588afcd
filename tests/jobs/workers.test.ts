import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { driverCollection } from '../../src/db/driver-collection';
import { MediaJob } from '../../src/models/media-job.model';
import { Removal } from '../../src/models/removal.model';
import { Video } from '../../src/models/video.model';
import { claimDueJob, type HeldJob } from '../../src/services/jobs/job-lease';
import { createMediaJobs, type MediaJobs } from '../../src/services/jobs/media-jobs.service';
import { NotYetError } from '../../src/services/jobs/not-yet';
import type { MediaStore } from '../../src/services/media/media-store';
import { ProviderError } from '../../src/services/media/provider-error';
import { createRemovals } from '../../src/services/removal/removal.service';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { sendVideo } from '../helpers/media-audit';
import { createMoodyStore, type MoodyStore } from '../helpers/moody-store';
import { startTestServer, type TestServer } from '../helpers/server';

const logger = pino({ level: 'silent' });
const LEASE = 60_000;

let media: MoodyStore;
let server: TestServer;
let ada: SignedInAccount;
let spool: string;
beforeAll(async () => {
  media = await createMoodyStore();
  // It accepts videos, and leaves the work to the workers of these tests.
  server = await startTestServer({ mediaStore: media.store, jobTimes: { poll: 1_000_000 } });
  ada = await registerAndLogin(server);
  spool = await readFile(path.join(server.dataDir, 'spool-id'), 'utf8');
});
beforeEach(() => media.behave('well'));
afterEach(async () => {
  await MediaJob.deleteMany();
});
afterAll(async () => {
  await server.stop();
  await media.stop();
});

/** A worker of another instance that has the same upload folder. */
function worker(changes: { mediaStore?: MediaStore; jobAttempts?: number } = {}): MediaJobs {
  const { mediaStore = media.store, jobAttempts = 100 } = changes;
  return createMediaJobs({
    config: { ...server.config, jobAttempts },
    mediaStore,
    removals: createRemovals({ mediaStore, logger }),
    logger,
    spool,
    times: { poll: 20, firstDelay: 10, lease: LEASE },
  });
}

/** A video that was accepted while the store was away; its job is due. */
async function acceptVideo(): Promise<string> {
  media.behave('away');
  const files = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' };
  const { _id } = dataOf(await sendVideo(server, ada.accessToken, files), 202);
  media.behave('well');
  await MediaJob.updateOne({ video: _id }, { $set: { runAt: new Date() } });
  return _id;
}

/** Takes the job up as an instance does whose lease then runs out under it. */
async function claimBriefly(videoId: string): Promise<HeldJob> {
  const { _id } = (await MediaJob.findOne({ video: videoId }).lean())!;
  const held = await claimDueJob({ _id }, spool, 0);
  if (!held) throw new Error('the job is not due');
  return held;
}

/** Takes up a job that waits for its next attempt. */
async function reclaim(videoId: string): Promise<HeldJob> {
  await MediaJob.updateOne({ video: videoId }, { $set: { runAt: new Date() } });
  return claimBriefly(videoId);
}

describe('claiming', () => {
  test('when many workers ask at once, one gets the job', async () => {
    await acceptVideo();

    const claims = await Promise.all(
      Array.from({ length: 10 }, () => claimDueJob({ kind: { $in: ['publish'] } }, spool, LEASE)),
    );

    expect(claims.filter((job) => job !== null)).toHaveLength(1);
  });

  test('when the files are at another machine, nobody here gets the job', async () => {
    await acceptVideo();

    expect(await claimDueJob({ kind: { $in: ['publish'] } }, 'f'.repeat(32), LEASE)).toBeNull();
  });
});

describe('two workers on one job', () => {
  test('when the first is given up for dead and comes back, one of them publishes', async () => {
    const before = (await media.held()).length;
    const videoId = await acceptVideo();
    const slow = await claimBriefly(videoId);
    const quick = await claimBriefly(videoId);
    const published = await channelVideos();

    const outcomes = await Promise.all([worker().run(slow), worker().run(quick)]);

    expect(outcomes).toEqual([{ state: 'lost' }, { state: 'done' }]);
    expect(await channelVideos()).toBe(published + 1);
    expect(await media.held()).toHaveLength(before + 2);
    expect(await MediaJob.countDocuments()).toBe(0);
    expect(await tempFilesOf(slow)).toEqual([]);
  });

  test('when the first comes back after the second is done, it takes nothing away', async () => {
    const before = (await media.held()).length;
    const videoId = await acceptVideo();
    const slow = await claimBriefly(videoId);
    const quick = await claimBriefly(videoId);

    expect(await worker().run(quick)).toEqual({ state: 'done' });
    expect(await worker().run(slow)).toEqual({ state: 'lost' });

    expect(await media.held()).toHaveLength(before + 2);
    const { videoFile } = (await Video.findById(videoId).lean())!;
    expect(await media.store.has(videoFile!)).toBe(true);
  });

  test('when the video is deleted between the two, the one that comes late leaves nothing', async () => {
    const before = await media.held();
    const videoId = await acceptVideo();
    const slow = await claimBriefly(videoId);
    await server.api().delete(`/api/v1/videos/${videoId}`).set(bearer(ada.accessToken)).expect(200);
    const next = worker();
    next.start();
    await eventually(async () => expect(await MediaJob.countDocuments()).toBe(0));
    await next.stop();

    expect(await worker().run(slow)).toEqual({ state: 'lost' });

    expect(await media.held()).toEqual(before);
    expect(await tempFilesOf(slow)).toEqual([]);
  });

  test('when it cannot even take back what it stored too late, that is removed later', async () => {
    const before = await media.held();
    const videoId = await acceptVideo();
    const slow = await claimBriefly(videoId);
    await server.api().delete(`/api/v1/videos/${videoId}`).set(bearer(ada.accessToken)).expect(200);
    await MediaJob.deleteMany({ video: videoId });
    const remove = () => Promise.reject(new Error('away'));

    const late = await worker({ mediaStore: { ...media.store, remove } }).run(slow);

    expect(late).toEqual({ state: 'lost' });
    const filter = { kind: 'asset', target: slow.video } as const;
    const removal = await Removal.findOneAndUpdate(filter, { $set: { leasedUntil: new Date(0) } });
    expect(removal!.assets.map(({ publicId }) => publicId)).toEqual(
      slow.files.map(({ publicId }) => publicId),
    );
    const removals = createRemovals({ mediaStore: media.store, logger });
    removals.start();
    await eventually(async () => expect(await media.held()).toEqual(before));
    await removals.stop();
    await MediaJob.deleteMany();
  });

  async function tempFilesOf({ files }: HeldJob): Promise<string[]> {
    const present = await readdir(server.tempDir);
    return files.map(({ name }) => name).filter((name) => present.includes(name));
  }

  async function channelVideos(): Promise<number> {
    const channel = await server.api().get(`/api/v1/users/c/${ada.user.username}`);
    return dataOf(channel).videosCount;
  }
});

describe('attempts', () => {
  test('when they are used up, the job is left to its owner', async () => {
    const videoId = await acceptVideo();
    const held = await claimBriefly(videoId);
    media.behave('away');

    expect(await worker({ jobAttempts: 2 }).run(held)).toMatchObject({ state: 'dead' });

    expect(await Video.findById(videoId).lean()).toMatchObject({ status: 'failed' });
    const job = await MediaJob.findOne({ video: videoId }).lean();
    expect(job).toMatchObject({ state: 'dead', lastError: { code: 'PROVIDER_ERROR' } });
    expect(job).not.toHaveProperty('runAt');
    expect(job).not.toHaveProperty('lease');
  });

  test('when something is not found in the store, though the files are there, it is tried again', async () => {
    const videoId = await acceptVideo();
    const held = await claimBriefly(videoId);
    const absent = Object.assign(new Error('no such file or directory'), { code: 'ENOENT' });
    const mediaStore = { ...media.store, store: () => Promise.reject(absent) };

    expect(await worker({ mediaStore }).run(held)).toMatchObject({ state: 'waiting' });

    expect(await worker().run(await reclaim(videoId))).toEqual({ state: 'done' });
  });

  test('when an accepted file was deleted from the upload folder, the job is left to its owner', async () => {
    const videoId = await acceptVideo();
    const held = await claimBriefly(videoId);
    await rm(path.join(server.tempDir, held.files[0]!.name));

    expect(await worker().run(held)).toMatchObject({ state: 'dead' });

    expect(await Video.findById(videoId).lean()).toMatchObject({ status: 'failed' });
  });

  test('when workers crash over a job again and again, it is not tried for ever', async () => {
    const videoId = await acceptVideo();
    const held = await claimBriefly(videoId);

    expect(await worker({ jobAttempts: 1 }).run(held)).toMatchObject({ state: 'dead' });

    expect(await Video.findById(videoId).lean()).toMatchObject({ status: 'failed' });
  });

  test('when the instance stops, the job is given back and the attempt does not count', async () => {
    const videoId = await acceptVideo();
    const held = await claimBriefly(videoId);
    media.behave('silent');
    const stopping = worker();
    const outcome = stopping.run(held);
    await media.isAskedInVain();

    await stopping.stop();

    expect(await outcome).toEqual({ state: 'waiting' });
    const job = await MediaJob.findOne({ video: videoId }).lean();
    expect(job).toMatchObject({ state: 'waiting', attempts: held.attempts - 1 });
    expect(job).not.toHaveProperty('lease');
    expect(job!.runAt!.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test('when the database is away as a job ends, the next worker ends it', async () => {
    const videoId = await acceptVideo();
    const held = await claimBriefly(videoId);
    const broken = jest.spyOn(driverCollection(MediaJob), 'deleteOne').mockImplementation(() => {
      throw new Error('no database today');
    });
    const release = jest.spyOn(MediaJob, 'updateOne').mockImplementation(() => {
      throw new Error('no database today');
    });

    expect(await worker().run(held)).toMatchObject({ state: 'waiting' });
    broken.mockRestore();
    release.mockRestore();

    expect(await Video.findById(videoId).lean()).toMatchObject({ status: 'processing' });
    expect(await worker().run(await claimBriefly(videoId))).toEqual({ state: 'done' });
    expect(await Video.findById(videoId).lean()).toMatchObject({ status: 'ready' });
  });
});

describe('renditions', () => {
  /** From now on, the server's store makes renditions, or what stands in for that. */
  function renderBy(make: NonNullable<MediaStore['renditions']>['make'] | undefined): void {
    Object.assign(media.store, { renditions: make && { make } });
  }
  afterEach(() => renderBy(undefined));

  async function publish(): Promise<string> {
    const files = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' };
    return dataOf(await sendVideo(server, ada.accessToken, files), 201)._id;
  }

  const detailsOf = async (videoId: string) =>
    dataOf(await server.api().get(`/api/v1/videos/${videoId}`));
  const untilHls = (videoId: string, hlsStatus: string) =>
    eventually(async () => expect(await detailsOf(videoId)).toMatchObject({ hlsStatus }));

  test('when the provider needs time, they are there once it is done', async () => {
    let asked = 0;
    renderBy(() => {
      asked += 1;
      if (asked < 3) return Promise.reject(new NotYetError(0));
      return Promise.resolve({ hlsUrl: '/media/aa/bb/clip/index.m3u8', thumbnailUrl: '/poster' });
    });

    const videoId = await publish();

    await untilHls(videoId, 'ready');
    expect(asked).toBe(3);
    expect((await detailsOf(videoId)).hlsUrl).toBe(`${server.url}/media/aa/bb/clip/index.m3u8`);
    const { videoFile } = (await Video.findById(videoId).lean())!;
    expect(videoFile?.thumbnailUrl).toBe('/poster');
    expect(await MediaJob.countDocuments()).toBe(0);
  });

  test('when they cannot be made, the video plays as it came, until a retry', async () => {
    const cause = new Error('no such codec');
    renderBy(() => Promise.reject(new ProviderError({ cause, retryable: false })));
    const videoId = await publish();
    await untilHls(videoId, 'failed');
    expect(await detailsOf(videoId)).toMatchObject({ status: 'ready', isPublished: true });

    renderBy(() => Promise.resolve({ hlsUrl: '/media/aa/bb/clip/index.m3u8' }));
    const retry = server.api().post(`/api/v1/videos/${videoId}/processing/retry`);
    await retry.set(bearer(ada.accessToken)).expect(202);

    await untilHls(videoId, 'ready');
  });

  test('when the video is deleted while they are made, they are given up and taken away', async () => {
    let aborted = 0;
    let began = 0;
    renderBy(
      (_asset, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          began += 1;
          signal?.addEventListener('abort', () => {
            aborted += 1;
            reject(new Error('aborted'));
          });
        }),
    );
    const before = await media.held();
    const videoId = await publish();
    await eventually(() => expect(began).toBe(1));

    const deletion = server.api().delete(`/api/v1/videos/${videoId}`);
    await deletion.set(bearer(ada.accessToken)).expect(200);

    expect(aborted).toBe(1);
    await eventually(async () => expect(await MediaJob.countDocuments()).toBe(0));
    expect(await media.held()).toEqual(before);
  });
});
