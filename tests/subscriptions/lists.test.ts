import { Subscription } from '../../src/models/subscription.model';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedUser, seedUsers } from '../helpers/users';
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

const get = (address: string, { accessToken }: SignedInAccount) =>
  server.api().get(`/api/v1/subscriptions${address}`).set(bearer(accessToken));
const toggle = async (channelId: string, { accessToken }: SignedInAccount) =>
  dataOf(await server.api().post(`/api/v1/subscriptions/c/${channelId}`).set(bearer(accessToken)));

/** How somebody appears in these lists. */
const personOf = ({ user }: SignedInAccount, counts: object) => ({
  _id: user._id,
  username: user.username,
  fullName: user.fullName,
  avatar: user.avatar,
  ...counts,
});

/** So many people who subscribe to a channel, or channels of a person, one per second. */
async function seedSubscriptions(side: 'subscriber' | 'channel', id: string, count: number) {
  const other = side === 'channel' ? 'subscriber' : 'channel';
  const people = await seedUsers(count);
  for (const [index, _id] of people.entries()) {
    await User.updateOne({ _id }, { fullName: `Person ${index}` });
  }
  const rows = people.map((person, index) => ({
    [side]: id,
    [other]: person,
    createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
  }));
  await Subscription.insertMany(rows);
}

describe('GET /subscriptions/c/:channelId', () => {
  test('subscribers, when read, show each person as the caller knows them, newest first', async () => {
    const carl = await registerAndLogin(server);
    await toggle(ada.user._id, bob);
    await toggle(ada.user._id, carl);
    await toggle(bob.user._id, carl);

    const seenByCarl = dataOf(await get(`/c/${ada.user._id}`, carl));
    const seenByAda = dataOf(await get(`/c/${ada.user._id}`, ada));

    const row = (subscriber: object) => ({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      subscriber,
      createdAt: expect.any(String),
    });
    expect(seenByCarl).toEqual([
      row(personOf(carl, { subscribersCount: 0, isSubscribed: false })),
      row(personOf(bob, { subscribersCount: 1, isSubscribed: true })),
    ]);
    expect(seenByAda[1].subscriber).toMatchObject({ _id: bob.user._id, isSubscribed: false });
  });

  test('subscribers, when somebody has unsubscribed, are without them', async () => {
    await toggle(ada.user._id, bob);
    await toggle(ada.user._id, bob);

    const answer = await get(`/c/${ada.user._id}`, ada);

    expect(dataOf(answer)).toEqual([]);
    expect(answer.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
  });

  test('subscribers, when an account is gone, are the others', async () => {
    await toggle(ada.user._id, bob);
    await Subscription.create({ subscriber: '64b000000000000000000001', channel: ada.user._id });

    const rows = dataOf(await get(`/c/${ada.user._id}`, ada));

    expect(rows.map(({ subscriber }: { subscriber: { _id: string } }) => subscriber._id)).toEqual([
      bob.user._id,
    ]);
  });
});

describe('GET /subscriptions/u/:subscriberId', () => {
  test('channels, when read, show each with its latest video, under both names', async () => {
    const older = await seedVideo(bob.user._id, { createdAt: new Date('2024-01-01') });
    const latest = await seedVideo(bob.user._id, { createdAt: new Date('2024-01-02'), views: 3 });
    await seedVideo(bob.user._id, { createdAt: new Date('2024-01-03'), isPublished: false });
    await toggle(bob.user._id, ada);

    const [row, ...others] = dataOf(await get(`/u/${ada.user._id}`, ada));

    expect(others).toEqual([]);
    expect(row.channel).toEqual(
      personOf(bob, {
        subscribersCount: 1,
        isSubscribed: true,
        latestVideo: expect.objectContaining({
          _id: latest,
          views: 3,
          isPublished: true,
          owner: personOf(bob, {}),
        }),
      }),
    );
    expect(row.subscribedChannel).toEqual(row.channel);

    await Video.updateOne({ _id: latest }, { isPublished: false });
    const [changed] = dataOf(await get(`/u/${ada.user._id}`, ada));
    expect(changed.channel.latestVideo._id).toBe(older);
  });

  test('channels, when one has only drafts, have no latest video, not even for that channel', async () => {
    await seedVideo(bob.user._id, { isPublished: false });
    await toggle(bob.user._id, ada);

    for (const viewer of [ada, bob]) {
      const [row] = dataOf(await get(`/u/${ada.user._id}`, viewer));
      expect(row.channel.latestVideo).toBeNull();
    }
  });

  test('channels, when read by another, tell whether that one subscribes', async () => {
    const carl = await registerAndLogin(server);
    await toggle(bob.user._id, ada);

    const before = dataOf(await get(`/u/${ada.user._id}`, carl));
    await toggle(bob.user._id, carl);
    const after = dataOf(await get(`/u/${ada.user._id}`, carl));

    expect(before[0].channel).toMatchObject({ isSubscribed: false, subscribersCount: 1 });
    expect(after[0].channel).toMatchObject({ isSubscribed: true, subscribersCount: 2 });
  });

  test('channels, when an account is gone, are the others', async () => {
    const gone = await seedUser();
    await Subscription.create({ subscriber: ada.user._id, channel: gone });
    await toggle(bob.user._id, ada);
    await User.deleteOne({ _id: gone });

    const rows = dataOf(await get(`/u/${ada.user._id}`, ada));

    expect(rows.map(({ channel }: { channel: { _id: string } }) => channel._id)).toEqual([
      bob.user._id,
    ]);
  });
});

describe.each([
  ['GET /subscriptions/c/:channelId', 'channel', 'c', 'subscriber'],
  ['GET /subscriptions/u/:subscriberId', 'subscriber', 'u', 'channel'],
] as const)('%s, in pages', (_route, side, letter, shown) => {
  const namesOf = (rows: Record<string, { fullName: string }>[]) =>
    rows.map((row) => row[shown]?.fullName);

  test('by cursor, when people subscribe meanwhile, shows each old row once', async () => {
    await seedSubscriptions(side, ada.user._id, 5);

    const seen = [];
    let cursor = '';
    do {
      const query = `limit=2${cursor && `&cursor=${cursor}`}`;
      const answer = await get(`/${letter}/${ada.user._id}?${query}`, ada);
      seen.push(...namesOf(dataOf(answer)));
      cursor = answer.body.pagination.nextCursor ?? '';
      await Subscription.create({ [side]: ada.user._id, [shown]: await seedUser() });
    } while (cursor);

    expect(seen).toEqual(['Person 4', 'Person 3', 'Person 2', 'Person 1', 'Person 0']);
  });

  test('by page, when walked to the end, shows each row once', async () => {
    await seedSubscriptions(side, ada.user._id, 3);

    const pages = [];
    for (const page of [1, 2, 3]) {
      const answer = await get(`/${letter}/${ada.user._id}?limit=2&page=${page}`, ada);
      pages.push([namesOf(dataOf(answer)), answer.body.pagination.hasNextPage]);
    }

    expect(pages).toEqual([
      [['Person 2', 'Person 1'], true],
      [['Person 0'], false],
      [[], false],
    ]);
  });
});

coversBehaviour('GET /api/v1/subscriptions/c/:channelId');
coversBehaviour('GET /api/v1/subscriptions/u/:subscriberId');
