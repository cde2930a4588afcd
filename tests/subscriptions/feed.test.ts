import type { Types } from 'mongoose';
import { Subscription } from '../../src/models/subscription.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedUsers } from '../helpers/users';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});

const feed = async (query = '', { accessToken } = ada) =>
  dataOf(
    await server.api().get(`/api/v1/subscriptions/feed?${query}`).set(bearer(accessToken)),
  ) as { docs: { _id: string; title: string }[]; totalDocs: number; nextCursor: string | null };
const toggle = async (channelId: string, { accessToken }: SignedInAccount) =>
  dataOf(await server.api().post(`/api/v1/subscriptions/c/${channelId}`).set(bearer(accessToken)));
const titlesOf = ({ docs }: { docs: { title: string }[] }) => docs.map(({ title }) => title);
const secondOf = (second: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, second));

/** Channels that Ada follows, each with one video; video n is newer than video n - 1. */
async function seedChannels(count: number): Promise<Types.ObjectId[]> {
  const channels = await seedUsers(count, { videosCount: 1, allVideosCount: 1 });
  const file = { url: '/x.mp4', publicId: 'x', bytes: 1, format: 'mp4' };
  await Video.insertMany(
    channels.map((owner, index) => ({
      owner,
      title: `Video ${index}`,
      videoFile: { ...file, resourceType: 'video' },
      duration: 1,
      createdAt: secondOf(index),
    })),
  );
  await Subscription.insertMany(channels.map((channel) => ({ subscriber: ada.user._id, channel })));
  return channels;
}

describe('GET /subscriptions/feed', () => {
  test('feed, when nobody is followed, is an empty page', async () => {
    await seedVideo(ada.user._id);

    expect(await feed()).toEqual({
      docs: [],
      totalDocs: 0,
      limit: 20,
      page: 1,
      totalPages: 1,
      pagingCounter: 1,
      hasPrevPage: false,
      hasNextPage: false,
      prevPage: null,
      nextPage: null,
      nextCursor: null,
    });
  });

  test('feed, when channels take turns, is newest first across them, in pages of the plugin', async () => {
    const channels = await seedChannels(3);
    await seedVideo(channels[0]!, { title: 'Video 3', createdAt: secondOf(3) });
    await seedVideo(channels[1]!, { title: 'Video 4', createdAt: secondOf(4) });

    const first = await feed('limit=2');
    const last = await feed('limit=2&page=3');

    expect(titlesOf(first)).toEqual(['Video 4', 'Video 3']);
    expect(first).toMatchObject({ totalDocs: 5, totalPages: 3, hasNextPage: true, nextPage: 2 });
    expect(titlesOf(await feed('limit=2&page=2'))).toEqual(['Video 2', 'Video 1']);
    expect(titlesOf(last)).toEqual(['Video 0']);
    expect(last).toMatchObject({ totalDocs: 5, hasNextPage: false, pagingCounter: 5, prevPage: 2 });
  });

  test('feed, when a channel has drafts, is without them, and so is its total', async () => {
    const [channel] = await seedChannels(1);
    await seedVideo(channel!, { title: 'Draft', isPublished: false });

    const page = await feed();

    expect(titlesOf(page)).toEqual(['Video 0']);
    expect(page.totalDocs).toBe(1);
  });

  test('feed, when one subscribes, has the channel’s videos at once, and none after unsubscribing', async () => {
    const videoId = await seedVideo(bob.user._id);

    await toggle(bob.user._id, ada);
    expect((await feed()).docs).toMatchObject([
      { _id: videoId, owner: { _id: bob.user._id, username: bob.user.username } },
    ]);
    await toggle(bob.user._id, ada);

    expect(await feed()).toMatchObject({ docs: [], totalDocs: 0 });
  });

  test('feed, when a video is hidden and published again, loses and regains it', async () => {
    const videoId = await seedVideo(bob.user._id);
    await toggle(bob.user._id, ada);
    const hide = () =>
      server.api().patch(`/api/v1/videos/toggle/publish/${videoId}`).set(bearer(bob.accessToken));

    dataOf(await hide());
    expect(await feed()).toMatchObject({ docs: [], totalDocs: 0 });
    dataOf(await hide());

    expect(await feed()).toMatchObject({ docs: [{ _id: videoId }], totalDocs: 1 });
  });

  test('feed, when walked by cursor while videos appear, shows each old one once', async () => {
    const channels = await seedChannels(5);

    const seen: string[] = [];
    let query = 'limit=2';
    for (;;) {
      const page = await feed(query);
      seen.push(...titlesOf(page));
      await seedVideo(channels[0]!, { title: 'Late' });
      if (page.nextCursor === null) break;
      query = `limit=2&cursor=${page.nextCursor}`;
    }

    expect(seen).toEqual(['Video 4', 'Video 3', 'Video 2', 'Video 1', 'Video 0']);
  });

  test('feed, when videos are of the same moment, shows each once in pages of one', async () => {
    const channels = await seedChannels(2);
    const createdAt = secondOf(9);
    for (const channel of channels) await seedVideo(channel, { title: 'Twin', createdAt });

    const seen: string[] = [];
    let query = 'limit=1';
    for (;;) {
      const page = await feed(query);
      seen.push(...page.docs.map(({ _id }) => _id));
      if (page.nextCursor === null) break;
      query = `limit=1&cursor=${page.nextCursor}`;
    }

    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(4);
  });

  test('feed, when 130 channels are followed, merges them all, by page and by cursor', async () => {
    await seedChannels(130);
    const expected = Array.from({ length: 130 }, (_value, index) => `Video ${129 - index}`);

    const first = await feed('limit=100');
    const second = await feed('limit=100&page=2');
    const after = await feed(`limit=100&cursor=${first.nextCursor}`);

    expect([...titlesOf(first), ...titlesOf(second)]).toEqual(expected);
    expect(titlesOf(after)).toEqual(titlesOf(second));
    expect(first.totalDocs).toBe(130);
  });
});

coversBehaviour('GET /api/v1/subscriptions/feed');
