import { Session } from '../../src/models/session.model';
import { bearer, login, registerAndLogin, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

const NEW_PASSWORD = 'difference engine no. 2';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

function changePassword(accessToken: string | undefined, body: object) {
  const change = server.api().post('/api/v1/users/change-password').send(body);
  return accessToken === undefined ? change : change.set(bearer(accessToken));
}

describe('POST /users/change-password', () => {
  test('change-password, when the old one is right, lets the new one alone sign in', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);

    const answer = await changePassword(accessToken, {
      oldPassword: password,
      newPassword: NEW_PASSWORD,
      confirmPassword: NEW_PASSWORD,
    });

    expect(dataOf(answer)).toEqual({});
    expect(answer.headers['cache-control']).toBe('no-store');
    const { username } = user;
    expectFailure(await sendLogin(server, { username, password }), 401, 'INVALID_CREDENTIALS');
    dataOf(await sendLogin(server, { username, password: NEW_PASSWORD }));
  });

  test('change-password, when other devices are signed in, ends their sessions and keeps this one', async () => {
    const here = await registerAndLogin(server);
    const phone = await login(server, here);
    const stranger = await registerAndLogin(server);

    const body = { oldPassword: here.password, newPassword: NEW_PASSWORD };
    dataOf(await changePassword(here.accessToken, body));

    const current = (token: string) =>
      server.api().get('/api/v1/users/current-user').set(bearer(token));
    const refresh = (refreshToken: string) =>
      server.api().post('/api/v1/users/refresh-token').send({ refreshToken });
    dataOf(await current(here.accessToken));
    expectFailure(await current(phone.accessToken), 401, 'TOKEN_INVALID');
    expectFailure(await refresh(phone.refreshToken), 401, 'TOKEN_INVALID');
    const { accessToken } = dataOf(await refresh(here.refreshToken));
    dataOf(await current(accessToken));
    dataOf(await current(stranger.accessToken));
    expect(await Session.countDocuments({ user: here.user._id })).toBe(1);
  });

  test('change-password, when letters come in another Unicode form, takes them for the same', async () => {
    const { user, accessToken } = await registerAndLogin(server, {
      password: 'Zu\u0308rcher See 1',
    });

    const body = { oldPassword: 'Zürcher See 1', newPassword: 'كلمة السر 🎬' };
    dataOf(await changePassword(accessToken, body));

    dataOf(await sendLogin(server, { username: user.username, password: 'كلمة السر 🎬' }));
  });

  test('change-password, when it is sent twice at once, changes it once', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    const news = ['first engine no. 1', 'second engine no. 2'];

    const answers = await Promise.all(
      news.map((newPassword) =>
        changePassword(accessToken, { oldPassword: password, newPassword }),
      ),
    );

    const statuses = answers.map(({ status }) => status);
    const winner = news[statuses.indexOf(200)] ?? '';
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect([400, 409]).toContain(statuses.find((status) => status !== 200));
    dataOf(await sendLogin(server, { username: user.username, password: winner }));
  });
});

describe('POST /users/change-password, without a right to it', () => {
  test('change-password, when the old one is wrong, answers 400 WRONG_PASSWORD and changes nothing', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    const phone = await login(server, { user, password });

    const body = { oldPassword: 'not my password', newPassword: NEW_PASSWORD };
    const answer = await changePassword(accessToken, body);

    expectFailure(answer, 400, 'WRONG_PASSWORD');
    expect(answer.body.errors).toEqual([
      { field: 'oldPassword', message: 'The password is wrong', code: 'WRONG_PASSWORD' },
    ]);
    dataOf(await sendLogin(server, { username: user.username, password }));
    dataOf(await server.api().get('/api/v1/users/current-user').set(bearer(phone.accessToken)));
  });

  test('change-password, when nobody is signed in, answers 401', async () => {
    const body = { oldPassword: 'x', newPassword: NEW_PASSWORD };

    expectFailure(await changePassword(undefined, body), 401, 'UNAUTHENTICATED');
  });
});

describe('POST /users/change-password, bad input', () => {
  const good = { oldPassword: 'analytical engine no. 1', newPassword: NEW_PASSWORD };

  test.each([
    ['oldPassword is absent', { newPassword: NEW_PASSWORD }, ['oldPassword']],
    ['oldPassword is empty', { ...good, oldPassword: '' }, ['oldPassword']],
    ['oldPassword is a number', { ...good, oldPassword: 1 }, ['oldPassword']],
    ['oldPassword is an operator', { ...good, oldPassword: { $ne: '' } }, ['oldPassword']],
    ['newPassword is absent', { oldPassword: 'x' }, ['newPassword']],
    ['newPassword is 7 characters', { ...good, newPassword: 'k7#Lm2_' }, ['newPassword']],
    [
      'newPassword is 73 bytes',
      { ...good, newPassword: `${'k7#Lm2_q'.repeat(9)}x` },
      ['newPassword'],
    ],
    ['newPassword is a common one', { ...good, newPassword: 'password123' }, ['newPassword']],
    ['newPassword has a NUL', { ...good, newPassword: 'analytical\0engine' }, ['newPassword']],
    ['newPassword is the old one', { ...good, newPassword: good.oldPassword }, ['newPassword']],
    ['confirmPassword differs', { ...good, confirmPassword: 'another one' }, ['confirmPassword']],
    [
      'confirmPassword is a list',
      { ...good, confirmPassword: [NEW_PASSWORD] },
      ['confirmPassword'],
    ],
    ['code is five digits', { ...good, code: '12345' }, ['code']],
    ['a field is unknown', { ...good, role: 'admin' }, ['role']],
    ['everything is absent', {}, ['newPassword', 'oldPassword']],
  ])('change-password, when %s, answers 400 naming the field', async (_what, body, fields) => {
    const { accessToken } = await registerAndLogin(server);

    expectInvalid(await changePassword(accessToken, body), fields);
  });

  test.each(['username', 'email', 'fullName'] as const)(
    'change-password, when the new one is the %s, answers 400 naming newPassword',
    async (field) => {
      const { user, password, accessToken } = await registerAndLogin(server);

      const body = { oldPassword: password, newPassword: user[field].toUpperCase() };
      expectInvalid(await changePassword(accessToken, body), ['newPassword']);
    },
  );

  test('change-password, when the method is GET, answers 405 with Allow', async () => {
    const answer = await server.api().get('/api/v1/users/change-password');

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('POST');
  });
});

coversBehaviour('POST /api/v1/users/change-password');
coversBadInput('POST /api/v1/users/change-password');
