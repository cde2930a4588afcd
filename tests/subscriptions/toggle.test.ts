import { Subscription } from '../../src/models/subscription.model';
import { User } from '../../src/models/user.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('POST /subscriptions/c/:channelId', () => {
  test('toggle, when called again and again, subscribes and unsubscribes in turn', async () => {
    const [fan, channel] = await people(2);

    for (const isSubscribed of [true, false, true]) {
      const answer = await toggle(channel.user._id, fan);

      expect(dataOf(answer)).toEqual({ isSubscribed, subscribersCount: isSubscribed ? 1 : 0 });
      await expectConsistent([fan, channel]);
    }
  });

  test('toggle, when two people subscribe to each other, counts each side', async () => {
    const [ada, eve] = await people(2);

    await toggle(eve.user._id, ada);
    await toggle(ada.user._id, eve);

    for (const { user } of [ada, eve]) {
      expect(await countersOf(user._id)).toEqual({ subscribersCount: 1, subscribedToCount: 1 });
    }
  });

  test('toggle, when it moves a counter, does not call the profiles edited', async () => {
    const [fan, channel] = await people(2);
    const before = await User.findById(channel.user._id).lean();

    await toggle(channel.user._id, fan);

    const after = await User.findById(channel.user._id).lean();
    expect(after?.subscribersCount).toBe(1);
    expect(after?.updatedAt).toEqual(before?.updatedAt);
  });
});

describe('POST /subscriptions/c/:channelId, races', () => {
  test('toggle, when fifty of one person race, leaves rows and counters in step', async () => {
    const [fan, channel] = await people(2);

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => toggle(channel.user._id, fan)),
    );

    const states = answers.map((answer) => dataOf(answer).isSubscribed);
    expect(states.filter(Boolean)).toHaveLength(25);
    expect(await countersOf(channel.user._id)).toMatchObject({ subscribersCount: 0 });
    await expectConsistent([fan, channel]);
  });

  test('toggle, when an odd number race, leaves one row and one in each counter', async () => {
    const [fan, channel] = await people(2);

    await Promise.all(Array.from({ length: 7 }, () => toggle(channel.user._id, fan)));

    expect(await countersOf(channel.user._id)).toMatchObject({ subscribersCount: 1 });
    await expectConsistent([fan, channel]);
  });

  test('toggle, when twelve people subscribe at once, counts all twelve', async () => {
    const [channel, ...fans] = await people(13);

    const answers = await Promise.all(fans.map((fan) => toggle(channel.user._id, fan)));

    const counts = answers.map((answer) => dataOf(answer).subscribersCount as number);
    expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await expectConsistent([channel, ...fans]);
  });

  test('toggle, when one person subscribes to eight channels at once, counts all eight', async () => {
    const [fan, ...channels] = await people(9);

    const answers = await Promise.all(channels.map(({ user }) => toggle(user._id, fan)));

    for (const answer of answers) {
      expect(dataOf(answer)).toEqual({ isSubscribed: true, subscribersCount: 1 });
    }
    expect(await countersOf(fan.user._id)).toMatchObject({ subscribedToCount: 8 });
    await expectConsistent([fan, ...channels]);
  });
});

describe('POST /subscriptions/c/:channelId, bad input', () => {
  test('toggle, when it is oneself, answers 400 and writes nothing', async () => {
    const [ada] = await people(1);

    expectFailure(await toggle(ada.user._id, ada), 400, 'SELF_SUBSCRIPTION');
    await expectConsistent([ada]);
    expect(await countersOf(ada.user._id)).toEqual({ subscribersCount: 0, subscribedToCount: 0 });
  });

  test('toggle, when there is no such channel, answers 404 and writes nothing', async () => {
    const [fan] = await people(1);

    expectFailure(await toggle('64b000000000000000000001', fan), 404, 'CHANNEL_NOT_FOUND');

    expect(await Subscription.countDocuments({ subscriber: fan.user._id })).toBe(0);
    expect(await countersOf(fan.user._id)).toMatchObject({ subscribedToCount: 0 });
  });

  test.each(['x', '123', '64b00000000000000000000', '64b00000000000000000000g', '%5Bobject%5D'])(
    'toggle, when the id is %s, answers 400 naming it',
    async (id) => {
      const [fan] = await people(1);

      expectInvalid(await toggle(id, fan), ['channelId']);
    },
  );

  test('toggle, when there is no token, answers 401, even for a bad id', async () => {
    const answer = await server.api().post('/api/v1/subscriptions/c/x');

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });

  test('toggle, when the method is PUT, answers 405 with Allow', async () => {
    const answer = await server.api().put('/api/v1/subscriptions/c/64b000000000000000000001');

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('POST');
  });
});

function toggle(channelId: string, { accessToken }: SignedInAccount) {
  return server.api().post(`/api/v1/subscriptions/c/${channelId}`).set(bearer(accessToken));
}

/** So many new people, signed in; the tuple type spares the tests from checking for holes. */
async function people(
  count: number,
): Promise<[SignedInAccount, SignedInAccount, ...SignedInAccount[]]> {
  const accounts = await Promise.all(Array.from({ length: count }, () => registerAndLogin(server)));
  return accounts as [SignedInAccount, SignedInAccount, ...SignedInAccount[]];
}

async function countersOf(userId: string) {
  const user = await User.findById(userId).lean();
  return {
    subscribersCount: user?.subscribersCount,
    subscribedToCount: user?.subscribedToCount,
  };
}

/** What is shown equals what is there. */
async function expectConsistent(accounts: readonly SignedInAccount[]): Promise<void> {
  for (const { user } of accounts) {
    expect(await countersOf(user._id)).toEqual({
      subscribersCount: await Subscription.countDocuments({ channel: user._id }),
      subscribedToCount: await Subscription.countDocuments({ subscriber: user._id }),
    });
  }
}

coversBehaviour('POST /api/v1/subscriptions/c/:channelId');
coversBadInput('POST /api/v1/subscriptions/c/:channelId');
