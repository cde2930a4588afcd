import { randomBytes } from 'node:crypto';
import { registerAndLogin, sendLogin } from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { callSessions } from '../helpers/sessions';

const FRONTEND = 'https://app.example.com';
const LONG_AGO = 'Thu, 01 Jan 1970 00:00:00 GMT';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: {
      NODE_ENV: 'production',
      LOG_LEVEL: 'silent',
      BCRYPT_COST: '10',
      ACCESS_TOKEN_SECRET: randomBytes(48).toString('base64'),
      REFRESH_TOKEN_SECRET: randomBytes(48).toString('base64'),
      CORS_ORIGIN: FRONTEND,
      COOKIE_SAMESITE: 'strict',
    },
  });
});
afterAll(() => server.stop());

const OF_ACCESS = { path: '/', httponly: '', secure: '', samesite: 'Strict' };
const OF_REFRESH = { ...OF_ACCESS, path: '/api/v1/users' };
const TEN_DAYS = { 'max-age': '864000', expires: expect.stringMatching(/GMT$/) };

describe('cookies in production', () => {
  test('login, when the frontend signs in, sets both Secure, HttpOnly and SameSite', async () => {
    const { user, password } = await registerAndLogin(server);

    const answer = await sendLogin(server, { username: user.username, password }).set(
      'Origin',
      FRONTEND,
    );

    const { accessToken, refreshToken } = dataOf(answer);
    expect(cookiesOf(answer)).toEqual({
      accessToken: { value: accessToken, attributes: { ...OF_ACCESS, ...TEN_DAYS } },
      refreshToken: { value: refreshToken, attributes: { ...OF_REFRESH, ...TEN_DAYS } },
    });
  });

  test.each(['POST logout', 'DELETE one’s own session', 'POST refresh-token with a dead token'])(
    '%s clears both with the attributes that they were set with',
    async (call) => {
      const { accessToken, refreshToken } = await registerAndLogin(server);
      const [session] = dataOf(await callSessions(server, 'get', '', accessToken));
      const cookie = `accessToken=${accessToken}; refreshToken=${refreshToken}`;
      const post = (path: string) =>
        server.api().post(`/api/v1/users/${path}`).set('Cookie', cookie).set('Origin', FRONTEND);
      const calls: Record<string, () => PromiseLike<Parameters<typeof cookiesOf>[0]>> = {
        'POST logout': () => post('logout'),
        'DELETE one’s own session': () =>
          callSessions(server, 'delete', `/${session._id}`, accessToken),
        'POST refresh-token with a dead token': async () => {
          await callSessions(server, 'delete', `/${session._id}`, accessToken);
          return post('refresh-token');
        },
      };

      const answer = await calls[call]?.();

      expect(answer && cookiesOf(answer)).toEqual({
        accessToken: { value: '', attributes: { ...OF_ACCESS, expires: LONG_AGO } },
        refreshToken: { value: '', attributes: { ...OF_REFRESH, expires: LONG_AGO } },
      });
    },
  );

  test('revoke all others, when a page on localhost sends it by cookie, answers 403 and ends nothing', async () => {
    const account = await registerAndLogin(server);
    const second = await sendLogin(server, {
      username: account.user.username,
      password: account.password,
    });

    const answer = await server
      .api()
      .delete('/api/v1/users/sessions')
      .set('Cookie', `accessToken=${account.accessToken}`)
      .set('Origin', 'http://localhost:5173');

    expectFailure(answer, 403, 'ORIGIN_NOT_ALLOWED');
    dataOf(await callSessions(server, 'get', '', dataOf(second).accessToken));
  });
});
