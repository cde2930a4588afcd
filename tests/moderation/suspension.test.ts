import { Session } from '../../src/models/session.model';
import { User } from '../../src/models/user.model';
import { bearer, login, register, registerAndLogin, sendLogin } from '../helpers/accounts';
import type { SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { call } from '../helpers/posts';
import { loginAs } from '../helpers/roles';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let moderator: SignedInAccount;
let admin: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  moderator = await loginAs(server, 'moderator');
  admin = await loginAs(server, 'admin');
});
afterAll(() => server.stop());

const suspend = (userId: string, body: object = { reason: 'Soap' }, account = moderator) =>
  call(server, 'post', `/moderation/users/${userId}/suspension`, account).send(body);

const lift = (userId: string, account = moderator) =>
  call(server, 'delete', `/moderation/users/${userId}/suspension`, account);

const refresh = (refreshToken: string) =>
  server.api().post('/api/v1/users/refresh-token').send({ refreshToken });

const signIn = ({ user, password }: { user: { username: string }; password: string }) =>
  sendLogin(server, { username: user.username, password });

describe('a suspension', () => {
  test('an account, when suspended, is out on every device and cannot come back in', async () => {
    const ada = await registerAndLogin(server);
    const phone = await login(server, ada);

    const answer = await suspend(ada.user._id, { reason: 'Forty advertisements' });

    expect(dataOf(answer)).toEqual({
      _id: ada.user._id,
      username: ada.user.username,
      fullName: ada.user.fullName,
      avatar: ada.user.avatar,
      role: 'user',
      suspension: { at: expect.any(String), until: null, reason: 'Forty advertisements' },
    });
    for (const device of [ada, phone]) {
      expectFailure(await call(server, 'get', '/users/current-user', device), 401, 'TOKEN_INVALID');
      expectFailure(await refresh(device.refreshToken), 401, 'TOKEN_INVALID');
    }
    const attempt = await signIn(ada);
    expectFailure(attempt, 403, 'ACCOUNT_SUSPENDED');
    expect(attempt.body.message).toContain('Forty advertisements');
    expect(attempt.headers['set-cookie']).toBeUndefined();
    expect(await Session.countDocuments({ user: ada.user._id })).toBe(0);
  });

  test('a suspended account, when the password is wrong, answers as for anybody', async () => {
    const ada = await register(server);
    dataOf(await suspend(ada.user._id));

    const attempt = await signIn({ ...ada, password: 'not the password' });

    expectFailure(attempt, 401, 'INVALID_CREDENTIALS');
    expect(attempt.text).not.toContain('Soap');
  });

  test('a suspended account, when its time is over or it is lifted, signs in again', async () => {
    const ada = await register(server);
    const until = '2099-01-01T00:00:00.000Z';
    expect(dataOf(await suspend(ada.user._id, { reason: 'Soap', until })).suspension).toMatchObject(
      { until },
    );
    const attempt = await signIn(ada);
    expect(attempt.body.message).toContain(until);

    await User.updateOne({ _id: ada.user._id }, { $set: { suspendedUntil: new Date(0) } });
    await login(server, ada);
    dataOf(await suspend(ada.user._id));
    expectFailure(await signIn(ada), 403, 'ACCOUNT_SUSPENDED');
    expect(dataOf(await lift(ada.user._id)).suspension).toBeNull();
    await login(server, ada);
    expectFailure(await lift(ada.user._id), 409, 'NOT_SUSPENDED');
  });

  test('a suspension, when given again, has the new terms', async () => {
    const ada = await register(server);
    const until = '2099-01-01T00:00:00.000Z';
    dataOf(await suspend(ada.user._id, { reason: 'First', until }));

    const second = dataOf(await suspend(ada.user._id, { reason: 'Second' }));

    expect(second.suspension).toMatchObject({ until: null, reason: 'Second' });
    expectFailure(await signIn(ada), 403, 'ACCOUNT_SUSPENDED');
  });

  test('what a suspended person has published, when others look, is still there', async () => {
    const ada = await register(server);
    const videoId = await seedVideo(ada.user._id);
    dataOf(await suspend(ada.user._id));

    expect(dataOf(await call(server, 'get', `/videos/${videoId}`)).owner._id).toBe(ada.user._id);
    const channel = await call(server, 'get', `/users/c/${ada.user.username}`);
    expect(dataOf(channel)._id).toBe(ada.user._id);
    expect(channel.text).not.toMatch(/suspen/i);
  });

  test('logins, when they race a suspension, leave no session', async () => {
    const ada = await register(server);

    for (let round = 0; round < 6; round += 1) {
      const [suspended, ...attempts] = await Promise.all([
        suspend(ada.user._id),
        signIn(ada),
        signIn(ada),
        signIn(ada),
      ]);

      dataOf(suspended);
      expect(await Session.countDocuments({ user: ada.user._id })).toBe(0);
      for (const attempt of attempts.filter(({ status }) => status === 200)) {
        const { accessToken, refreshToken } = dataOf(attempt);
        const read = server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
        expectFailure(await read, 401, 'TOKEN_INVALID');
        expectFailure(await refresh(refreshToken), 401, 'TOKEN_INVALID');
      }
      dataOf(await lift(ada.user._id));
    }
  });

  test('refreshes, when they race a suspension, leave no session', async () => {
    const ada = await registerAndLogin(server);

    await Promise.all([
      refresh(ada.refreshToken),
      suspend(ada.user._id),
      refresh(ada.refreshToken),
    ]);

    expect(await Session.countDocuments({ user: ada.user._id })).toBe(0);
  });
});

describe('who suspends whom', () => {
  test('moderators, when they suspend their like, an admin or themselves, get 403', async () => {
    const like = await loginAs(server, 'moderator');

    for (const { user } of [like, admin, moderator]) {
      expectFailure(await suspend(user._id), 403, 'FORBIDDEN');
      expectFailure(await lift(user._id), 403, 'FORBIDDEN');
    }
    dataOf(await call(server, 'get', '/users/current-user', like));
  });

  test('admins, when they suspend a moderator, do; another admin or themselves, they do not', async () => {
    const below = await loginAs(server, 'moderator');
    const peer = await loginAs(server, 'admin');

    dataOf(await suspend(below.user._id, { reason: 'Misuse' }, admin));
    expectFailure(await call(server, 'get', '/moderation/reports', below), 401, 'TOKEN_INVALID');
    expectFailure(await lift(below.user._id, moderator), 403, 'FORBIDDEN');
    expectFailure(await suspend(peer.user._id, { reason: 'x' }, admin), 403, 'FORBIDDEN');
    expectFailure(await suspend(admin.user._id, { reason: 'x' }, admin), 403, 'FORBIDDEN');
    dataOf(await lift(below.user._id, admin));
  });
});

coversBehaviour('POST /api/v1/moderation/users/:userId/suspension');
coversBehaviour('DELETE /api/v1/moderation/users/:userId/suspension');
