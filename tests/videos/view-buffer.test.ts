import mongoose, { Types } from 'mongoose';
import { DayViews } from '../../src/models/day-views.model';
import { Video } from '../../src/models/video.model';
import { channelTotals } from '../../src/services/channel-totals.service';
import { createViewBuffer } from '../../src/services/view-buffer';
import { createLogger } from '../../src/utils/logger';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { eventually } from '../helpers/eventually';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

const HOUR_SECONDS = 3600;
const silent = createLogger({ logLevel: 'silent' });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { VIEW_RULE: 'watch' } });
});
afterAll(() => server.stop());
// No day ends between a view and what is expected of it.
beforeEach(stopClock);
afterEach(releaseClock);
afterEach(() => jest.restoreAllMocks());

async function viewedVideo(owner = new Types.ObjectId()) {
  return { _id: new Types.ObjectId(await seedVideo(owner)), owner };
}
const storedViews = async (_id: Types.ObjectId | string) =>
  (await Video.findById(_id).lean())?.views;
const dayViews = (owner: Types.ObjectId) => DayViews.find({ owner }).select('-_id').lean();

describe('the view buffer', () => {
  test('a view, when it comes after a pause, is written at once', async () => {
    const buffer = createViewBuffer(HOUR_SECONDS, silent);
    const video = await viewedVideo();

    buffer.add(video);

    await eventually(async () => expect(await storedViews(video._id)).toBe(1));
    await eventually(() => expect(buffer.pending(video._id)).toBe(0));
  });

  test('views, when they come in a rush, wait for the next flush and lose none', async () => {
    const buffer = createViewBuffer(HOUR_SECONDS, silent);
    const video = await viewedVideo();
    buffer.add(await viewedVideo());
    await buffer.flush();

    for (let view = 0; view < 50; view += 1) buffer.add(video);
    expect(buffer.pending(video._id)).toBe(50);
    expect(await storedViews(video._id)).toBe(0);
    const flushing = buffer.flush();
    buffer.add(video);
    await flushing;

    expect(await storedViews(video._id)).toBe(50);
    expect(buffer.pending(video._id)).toBe(1);
    await buffer.stop();
    expect(await storedViews(video._id)).toBe(51);
  });

  test('views, when they are written, count for the channel and the day', async () => {
    const buffer = createViewBuffer(HOUR_SECONDS, silent);
    const owner = new Types.ObjectId();
    const videos = [await viewedVideo(owner), await viewedVideo(owner)];
    const today = new Date(new Date().toISOString().slice(0, 10));

    for (const video of videos) buffer.add(video);
    await buffer.flush();
    buffer.add(videos[0]!);
    await buffer.stop();

    expect(await dayViews(owner)).toEqual([{ owner, day: today, views: 3, __v: undefined }]);
  });

  test('views, when the database fails, stay pending and are written once by the next flush', async () => {
    const buffer = createViewBuffer(HOUR_SECONDS, silent);
    const video = await viewedVideo();
    buffer.add(await viewedVideo());
    await buffer.flush();
    buffer.add(video);
    jest.spyOn(mongoose.connection, 'transaction').mockRejectedValueOnce(new Error('away'));

    await buffer.flush();
    expect([buffer.pending(video._id), await storedViews(video._id)]).toEqual([1, 0]);
    await buffer.flush();

    expect([buffer.pending(video._id), await storedViews(video._id)]).toEqual([0, 1]);
  });

  test('views, when the first part of a large flush fails, are pending once while the rest is written', async () => {
    const buffer = createViewBuffer(HOUR_SECONDS, silent);
    buffer.add(await viewedVideo());
    await buffer.flush();
    const owner = new Types.ObjectId();
    const videos = Array.from({ length: 501 }, () => ({ _id: new Types.ObjectId(), owner }));
    videos.forEach((video) => buffer.add(video));
    const pendingMeanwhile: number[] = [];
    jest
      .spyOn(mongoose.connection, 'transaction')
      .mockRejectedValueOnce(new Error('away'))
      .mockImplementationOnce(async () => {
        pendingMeanwhile.push(buffer.pending(videos[0]!._id), buffer.pending(videos[500]!._id));
      });

    await buffer.flush();

    expect(pendingMeanwhile).toEqual([1, 1]);
    expect(videos.map(({ _id }) => buffer.pending(_id)).slice(499)).toEqual([1, 0]);
  });

  test('views, when one of two flushed videos is gone, still count for the other', async () => {
    const buffer = createViewBuffer(HOUR_SECONDS, silent);
    const [kept, gone] = [await viewedVideo(), await viewedVideo()];
    buffer.add(gone);
    buffer.add(kept);
    await Video.deleteOne({ _id: gone._id });

    await buffer.stop();

    expect(await storedViews(kept._id)).toBe(1);
    expect((await channelTotals(kept.owner)).views).toBe(1);
    expect((await channelTotals(gone.owner)).views).toBe(0);
  });
});

describe('VIEW_RULE=watch', () => {
  test.each([
    [100, 29, 0],
    [100, 30, 1],
    [20, 9, 0],
    [20, 10, 1],
  ])(
    'a video of %d seconds, when watched for %d, counts %d views',
    async (duration, progress, views) => {
      const ada = await registerAndLogin(server);
      const bob = await registerAndLogin(server);
      const videoId = await seedVideo(ada.user._id, { duration });
      const as = bearer(bob.accessToken);

      dataOf(await server.api().get(`/api/v1/videos/${videoId}`).set(as));
      const history = `/api/v1/users/history/${videoId}`;
      dataOf(await server.api().post(history).set(as).send({ progress }));
      dataOf(await server.api().post(history).set(as).send({ progress }));

      const seen = await server.api().get(`/api/v1/videos/${videoId}`).set(bearer(ada.accessToken));
      expect(dataOf(seen).views).toBe(views);
    },
  );
});
