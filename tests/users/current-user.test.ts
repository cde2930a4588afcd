import { User } from '../../src/models/user.model';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { expiredCopy } from '../helpers/tokens';
import { coversBehaviour } from '../helpers/route-coverage';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('GET /users/current-user', () => {
  test.each(['Bearer', 'bearer', 'BEARER'])(
    'current-user, when the scheme is written %s, answers the account and is not cached',
    async (scheme) => {
      const { user, accessToken } = await registerAndLogin(server);

      const answer = await getCurrentUser().set('Authorization', `${scheme} ${accessToken}`);

      expect(dataOf(answer)).toEqual(user);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  test('current-user, when the token comes in the cookie, answers the account', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    const answer = await getCurrentUser().set('Cookie', `accessToken=${accessToken}`);

    expect(dataOf(answer)).toEqual(user);
  });

  test.each(['Bearer null', 'Bearer undefined', 'Bearer', 'Bearer ', 'Basic YTpi'])(
    'current-user, when the header is %j beside a good cookie, takes the cookie',
    async (header) => {
      const { user, accessToken } = await registerAndLogin(server);

      const answer = await getCurrentUser()
        .set('Authorization', header)
        .set('Cookie', `accessToken=${accessToken}`);

      expect(dataOf(answer)).toEqual(user);
    },
  );

  test('current-user, when header and cookie name two people, believes the header', async () => {
    const ada = await registerAndLogin(server);
    const eve = await registerAndLogin(server);

    const answer = await getCurrentUser()
      .set(bearer(ada.accessToken))
      .set('Cookie', `accessToken=${eve.accessToken}`);

    expect(dataOf(answer)).toEqual(ada.user);
  });
});

describe('GET /users/current-user, without a right to it', () => {
  test('current-user, when there is no token, answers 401 UNAUTHENTICATED with a challenge', async () => {
    const answer = await getCurrentUser();

    expectFailure(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="videotube"');
  });

  test.each(['x', 'a.b.c', '[object Object]', '{"$ne":null}'])(
    'current-user, when the token is %j, answers 401 TOKEN_INVALID',
    async (token) => {
      const answer = await getCurrentUser().set(bearer(token));

      expectFailure(answer, 401, 'TOKEN_INVALID');
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    },
  );

  test('current-user, when the token has expired, answers 401 TOKEN_EXPIRED', async () => {
    const { accessToken } = await registerAndLogin(server);

    expectFailure(
      await getCurrentUser().set(bearer(expiredCopy(server, accessToken))),
      401,
      'TOKEN_EXPIRED',
    );
  });

  test('current-user, when a refresh token is sent as Bearer, answers 401 TOKEN_INVALID', async () => {
    const { refreshToken } = await registerAndLogin(server);

    expectFailure(await getCurrentUser().set(bearer(refreshToken)), 401, 'TOKEN_INVALID');
  });

  test('current-user, when the cookie is an object in cookie-parser notation, answers 401', async () => {
    const answer = await getCurrentUser().set(
      'Cookie',
      `accessToken=${encodeURIComponent('j:{"$ne":""}')}`,
    );

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });

  test('current-user, when the account is gone, answers 401', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    await User.deleteOne({ _id: user._id });

    expectFailure(await getCurrentUser().set(bearer(accessToken)), 401, 'TOKEN_INVALID');
  });
});

function getCurrentUser() {
  return server.api().get('/api/v1/users/current-user');
}

coversBehaviour('GET /api/v1/users/current-user');
