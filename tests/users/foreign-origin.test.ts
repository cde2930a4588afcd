import { bearer, registerAndLogin, sendLogin } from '../helpers/accounts';
import { cookiesOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';

const FRONTEND = 'https://app.example.com';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { CORS_ORIGIN: FRONTEND } });
});
afterAll(() => server.stop());

const FOREIGN: [string, Record<string, string>][] = [
  ['another site', { Origin: 'https://evil.example' }],
  ['a look-alike', { Origin: 'https://app.example.com.evil.example' }],
  ['another scheme', { Origin: 'http://app.example.com' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['another site by Referer alone', { Referer: 'https://evil.example/page' }],
  ['another site by fetch metadata alone', { 'Sec-Fetch-Site': 'cross-site' }],
];

describe('changing requests by cookie', () => {
  test.each(FOREIGN)('logout, when the page is %s, answers 403', async (_what, headers) => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post('/api/v1/users/logout')
      .set('Cookie', `accessToken=${accessToken}`)
      .set(headers);

    expectFailure(answer, 403, 'ORIGIN_NOT_ALLOWED');
    const after = await server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
    expect(after.status).toBe(200);
  });

  test.each(FOREIGN)('refresh, when the page is %s, answers 403', async (_what, headers) => {
    const { refreshToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post('/api/v1/users/refresh-token')
      .set('Cookie', `refreshToken=${refreshToken}`)
      .set(headers);

    expectFailure(answer, 403, 'ORIGIN_NOT_ALLOWED');
  });

  test('subscribe, when the page is another site, answers 403', async () => {
    const { accessToken } = await registerAndLogin(server);
    const channel = await registerAndLogin(server);

    const answer = await server
      .api()
      .post(`/api/v1/subscriptions/c/${channel.user._id}`)
      .set('Cookie', `accessToken=${accessToken}`)
      .set('Origin', 'https://evil.example');

    expectFailure(answer, 403, 'ORIGIN_NOT_ALLOWED');
  });

  test.each<[string, () => Record<string, string>]>([
    ['the listed frontend', () => ({ Origin: FRONTEND })],
    ['a dev server on this machine', () => ({ Origin: 'http://localhost:5173' })],
    ['our own', () => ({ Origin: server.url })],
    ['the listed frontend by Referer alone', () => ({ Referer: `${FRONTEND}/settings` })],
    ['no page at all', () => ({})],
  ])('logout, when the page is %s, answers 200', async (_what, headers) => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post('/api/v1/users/logout')
      .set('Cookie', `accessToken=${accessToken}`)
      .set(headers());

    expect(answer.status).toBe(200);
  });
});

describe('requests that no other site can forge', () => {
  test('logout, when the token is in the header, answers 200 for any page', async () => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post('/api/v1/users/logout')
      .set(bearer(accessToken))
      .set('Origin', 'https://evil.example');

    expect(answer.status).toBe(200);
  });

  test('current-user, when read by cookie from another site, answers but lets no page read it', async () => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .get('/api/v1/users/current-user')
      .set('Cookie', `accessToken=${accessToken}`)
      .set('Origin', 'https://evil.example');

    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('signing in from another site', () => {
  test('login, when a foreign page sends it, sets no cookies, so no form can sign a visitor in', async () => {
    const { user, password } = await registerAndLogin(server);

    const answer = await sendLogin(server, { username: user.username, password }).set(
      'Origin',
      'https://evil.example',
    );

    expect(answer.status).toBe(200);
    expect(cookiesOf(answer)).toEqual({});
  });

  test('login, when the listed frontend sends it, sets both cookies', async () => {
    const { user, password } = await registerAndLogin(server);

    const answer = await sendLogin(server, { username: user.username, password }).set(
      'Origin',
      FRONTEND,
    );

    expect(Object.keys(cookiesOf(answer)).sort()).toEqual(['accessToken', 'refreshToken']);
    expect(answer.headers['access-control-allow-origin']).toBe(FRONTEND);
    expect(answer.headers['access-control-allow-credentials']).toBe('true');
  });
});
