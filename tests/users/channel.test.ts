import { User } from '../../src/models/user.model';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { expiredCopy } from '../helpers/tokens';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('GET /users/c/:username', () => {
  test('channel, when a guest looks, answers the public profile without the email', async () => {
    const { user } = await registerAndLogin(server);

    const answer = await getChannel(user.username);

    expect(dataOf(answer)).toEqual({
      _id: user._id,
      username: user.username,
      fullName: user.fullName,
      avatar: user.avatar,
      coverImage: '',
      description: '',
      subscribersCount: 0,
      channelsSubscribedToCount: 0,
      videosCount: 0,
      isSubscribed: false,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(answer.headers.vary).toMatch(/Authorization/);
    expect(answer.headers.vary).toMatch(/Cookie/);
  });

  test('channel, when its owner looks, shows the email too', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    expect(dataOf(await getChannel(user.username, accessToken)).email).toBe(user.email);
  });

  test('channel, when another person looks, hides the email and tells whether they subscribe', async () => {
    const { user: channel } = await registerAndLogin(server);
    const fan = await registerAndLogin(server);
    const stranger = await registerAndLogin(server);
    await toggle(channel._id, fan.accessToken);

    const seenByFan = dataOf(await getChannel(channel.username, fan.accessToken));
    const seenByStranger = dataOf(await getChannel(channel.username, stranger.accessToken));

    expect(seenByFan).toMatchObject({ isSubscribed: true, subscribersCount: 1 });
    expect(seenByStranger).toMatchObject({ isSubscribed: false, subscribersCount: 1 });
    expect(seenByFan).not.toHaveProperty('email');
    const fanChannel = dataOf(await getChannel(fan.user.username));
    expect(fanChannel).toMatchObject({ subscribersCount: 0, channelsSubscribedToCount: 1 });
  });

  test('channel, when the name is in capitals, finds it', async () => {
    const { user } = await registerAndLogin(server);

    expect(dataOf(await getChannel(user.username.toUpperCase()))._id).toBe(user._id);
  });

  test('channel, when many subscribe, reads the stored count', async () => {
    const { user } = await registerAndLogin(server);
    await User.updateOne({ _id: user._id }, { $set: { subscribersCount: 140_000 } });

    expect(dataOf(await getChannel(user.username)).subscribersCount).toBe(140_000);
  });
});

describe('GET /users/c/:username, with tokens of every kind', () => {
  test('channel, when the token is bad, answers as for a guest', async () => {
    const { user } = await registerAndLogin(server);

    const answer = await getChannel(user.username, 'not.a.token');

    expect(dataOf(answer).isSubscribed).toBe(false);
    expect(answer.body.data).not.toHaveProperty('email');
  });

  test('channel, when the session is over, answers as for a guest', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    await server.api().post('/api/v1/users/logout').set(bearer(accessToken));

    expect(dataOf(await getChannel(user.username, accessToken))).not.toHaveProperty('email');
  });

  test('channel, when the token has expired, answers 401 so that the client refreshes', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    expectFailure(
      await getChannel(user.username, expiredCopy(server, accessToken)),
      401,
      'TOKEN_EXPIRED',
    );
  });
});

describe('GET /users/c/:username, bad input', () => {
  test.each(['nobody_of_this_name', 'x'.repeat(500), '%24ne', 'a%20b', 'a%00b', 'ад'])(
    'channel, when the name is %.30s, answers 404',
    async (name) => {
      expectFailure(await getChannel(encodeURI(decodeURI(name))), 404, 'CHANNEL_NOT_FOUND');
    },
  );

  test('channel, when the name is blank, answers 400 naming it', async () => {
    expectInvalid(await getChannel('%20'), ['username']);
  });

  test('channel, when the name is not decodable, answers 400', async () => {
    const answer = await getChannel('%E0%A4%A');

    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  test('channel, when the method is POST, answers 405 with Allow', async () => {
    const answer = await server.api().post('/api/v1/users/c/ada').send({});

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('GET');
  });
});

function getChannel(username: string, accessToken?: string) {
  const get = server.api().get(`/api/v1/users/c/${username}`);
  return accessToken === undefined ? get : get.set(bearer(accessToken));
}

function toggle(channelId: string, accessToken: string) {
  return server.api().post(`/api/v1/subscriptions/c/${channelId}`).set(bearer(accessToken));
}

coversBehaviour('GET /api/v1/users/c/:username');
coversBadInput('GET /api/v1/users/c/:username', { anythingGoes: ['username'] });
