import type { Response } from 'supertest';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let accessToken: string;
let password: string;
let picture: string;
beforeAll(async () => {
  server = await startTestServer();
  const account = await registerAndLogin(server);
  ({ accessToken, password } = account);
  picture = new URL(account.user.avatar).pathname;
});
afterAll(() => server.stop());

const NOTHING = "default-src 'none';frame-ancestors 'none'";
const MEDIA = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

interface Kind {
  ask: () => PromiseLike<Response>;
  status: number;
  type: string;
  /** The whole Content-Security-Policy, or what it has to hold. */
  policy: string | RegExp;
  resourcePolicy: 'same-origin' | 'cross-origin';
}

const get = (path: string) => () => server.api().get(path);
const json = (ask: Kind['ask'], status: number): Kind => ({
  ask,
  status,
  type: 'application/json',
  policy: NOTHING,
  resourcePolicy: 'same-origin',
});
const page = (path: string, type: string, policy: Kind['policy']): Kind => ({
  ...json(get(path), 200),
  type,
  policy,
});

const KINDS: Record<string, Kind> = {
  'a JSON answer': json(get('/api/v1/videos'), 200),
  'the OpenAPI document': json(get('/api/v1/openapi.json'), 200),
  'an answer to somebody signed in': json(
    () => server.api().get('/api/v1/users/current-user').set(bearer(accessToken)),
    200,
  ),
  'a refusal for want of a token': json(get('/api/v1/users/current-user'), 401),
  'a refusal of bad input': json(get('/api/v1/videos?limit=x'), 400),
  'an absent address of the API': json(get('/api/v1/nothing'), 404),
  'an absent address outside it': json(get('/nothing'), 404),
  'a wrong method': json(() => server.api().delete('/api/v1/healthcheck'), 405),
  'an absent file': json(get('/media/00/00/00000000000000000000000000000000.png'), 404),
  'the docs page': page('/api/v1/docs', 'text/html', /^default-src 'none'; script-src 'self';/),
  'a script of the docs page': page(
    '/api/v1/docs/swagger-ui-init.js',
    'application/javascript',
    NOTHING,
  ),
  'a page of the mails': page(
    '/account/reset-password',
    'text/html',
    /^default-src 'none'; script-src 'self'; style-src 'self';.*trusted-types 'none'$/,
  ),
  'a picture': {
    ...page('', 'image/png', MEDIA),
    ask: () => server.api().get(picture),
    resourcePolicy: 'cross-origin',
  },
  'an export': {
    ...page('', 'application/zip', NOTHING),
    ask: () =>
      server.api().post('/api/v1/users/export').set(bearer(accessToken)).send({ password }),
  },
};

describe.each(Object.entries(KINDS))('%s', (_name, kind) => {
  test('has the policy of its kind and the headers of every answer', async () => {
    const { status, headers } = await kind.ask();

    expect(status).toBe(kind.status);
    expect(headers['content-type']).toMatch(new RegExp(`^${kind.type}`));
    if (typeof kind.policy === 'string') {
      expect(headers['content-security-policy']).toBe(kind.policy);
    } else {
      expect(headers['content-security-policy']).toMatch(kind.policy);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).toContain("base-uri 'none'");
      expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
    }
    expect(headers).toMatchObject({
      'cross-origin-resource-policy': kind.resourcePolicy,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'x-request-id': expect.stringMatching(/\S/),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });
});

describe('redirects', () => {
  test.each([
    '/api/v1/docs/',
    '/account/',
    '/account',
    '/media/',
    '/api/v1/videos/',
    '//evil.example/',
  ])('GET %s, whatever it is, sends nobody anywhere', async (path) => {
    const { status, headers } = await server.api().get(path).redirects(0);

    expect(status < 300 || status >= 400).toBe(true);
    expect(headers).not.toHaveProperty('location');
    expect(headers).toHaveProperty('content-security-policy');
  });
});

describe('what must not be cached', () => {
  test.each<[string, Kind['ask']]>([
    [
      'an answer to somebody signed in',
      () => server.api().get('/api/v1/users/current-user').set(bearer(accessToken)),
    ],
    ['a refused login', () => server.api().post('/api/v1/users/login').send({})],
    ['a refused refresh', () => server.api().post('/api/v1/users/refresh-token').send({})],
    [
      'the state of two-factor',
      () => server.api().get('/api/v1/users/two-factor').set(bearer(accessToken)),
    ],
    [
      'the list of sessions',
      () => server.api().get('/api/v1/users/sessions').set(bearer(accessToken)),
    ],
  ])('%s says no-store', async (_what, ask) => {
    expect((await ask()).headers['cache-control']).toBe('no-store');
  });
});
