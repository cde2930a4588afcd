import { Session } from '../../src/models/session.model';
import { bearer, login, register, registerAndLogin } from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { expiredCopy } from '../helpers/tokens';
import { coversBehaviour } from '../helpers/route-coverage';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('POST /users/logout', () => {
  test('logout, when signed in, ends the session at once and clears both cookies', async () => {
    const { user, accessToken, refreshToken } = await registerAndLogin(server);

    const answer = await sendLogout(accessToken);

    expect(dataOf(answer)).toEqual({});
    expect(cookiesOf(answer)).toEqual({
      accessToken: {
        value: '',
        attributes: { path: '/', expires: LONG_AGO, httponly: '', samesite: 'Lax' },
      },
      refreshToken: {
        value: '',
        attributes: { path: '/api/v1/users', expires: LONG_AGO, httponly: '', samesite: 'Lax' },
      },
    });
    expectFailure(await currentUser(accessToken), 401, 'TOKEN_INVALID');
    const refreshed = await server.api().post('/api/v1/users/refresh-token').send({ refreshToken });
    expectFailure(refreshed, 401, 'TOKEN_INVALID');
    expect(await Session.countDocuments({ user: user._id })).toBe(0);
  });

  test('logout, when another device is signed in, leaves it alone', async () => {
    const account = await register(server);
    const [phone, laptop] = [await login(server, account), await login(server, account)];

    await sendLogout(phone.accessToken);

    expect((await currentUser(laptop.accessToken)).status).toBe(200);
  });

  test('logout, when the access token has expired, ends the session all the same', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    expect((await sendLogout(expiredCopy(server, accessToken))).status).toBe(200);

    expect(await Session.countDocuments({ user: user._id })).toBe(0);
  });

  test('logout, when repeated, succeeds again', async () => {
    const { accessToken } = await registerAndLogin(server);
    await sendLogout(accessToken);

    expect(dataOf(await sendLogout(accessToken))).toEqual({});
  });

  test('logout, when a browser sends its cookies, leaves it without any', async () => {
    const { user, password } = await register(server);
    const browser = server.api();
    await browser.post('/api/v1/users/login').send({ username: user.username, password });

    expect((await browser.post('/api/v1/users/logout').send({})).status).toBe(200);

    expectFailure(await browser.get('/api/v1/users/current-user'), 401, 'UNAUTHENTICATED');
  });

  test('logout, when there is no token, answers 401', async () => {
    expectFailure(await server.api().post('/api/v1/users/logout'), 401, 'UNAUTHENTICATED');
  });

  test.each(['x', 'a.b.c'])('logout, when the token is %j, answers 401', async (token) => {
    expectFailure(await sendLogout(token), 401, 'TOKEN_INVALID');
  });

  test('logout, when a refresh token is sent as Bearer, answers 401 and ends nothing', async () => {
    const { user, refreshToken } = await registerAndLogin(server);

    expectFailure(await sendLogout(refreshToken), 401, 'TOKEN_INVALID');

    expect(await Session.countDocuments({ user: user._id })).toBe(1);
  });
});

const LONG_AGO = 'Thu, 01 Jan 1970 00:00:00 GMT';

function sendLogout(accessToken: string) {
  return server.api().post('/api/v1/users/logout').set(bearer(accessToken));
}

function currentUser(accessToken: string) {
  return server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
}

coversBehaviour('POST /api/v1/users/logout');
