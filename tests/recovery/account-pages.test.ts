import { expectFailure } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const PAGES = ['/account/verify-email', '/account/reset-password'];

describe('the account pages', () => {
  test.each(PAGES)(
    '%s, when asked for, is a page that may load and call nothing but its own server',
    async (page) => {
      const { status, headers, text, type } = await server.api().get(page);

      expect({ status, type }).toEqual({ status: 200, type: 'text/html' });
      expect(headers['content-security-policy']?.split('; ').sort()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "require-trusted-types-for 'script'",
        "script-src 'self'",
        "style-src 'self'",
        "trusted-types 'none'",
      ]);
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(text.match(/(src|href)="(?!assets\/)[^"]*"/g)).toBeNull();
      expect(text).not.toMatch(/<script>|<style|style="|\son\w+="/);
    },
  );

  test.each(PAGES)('%s, when it names a file, that file is served', async (page) => {
    const { text } = await server.api().get(page);
    const names = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name = '']) => name);

    expect(names).toHaveLength(3);
    for (const name of names) {
      const { status, headers } = await server.api().get(`/account/${name}`);
      expect({ name, status }).toEqual({ name, status: 200 });
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('a page, when the caller has it already, is not sent again', async () => {
    const { headers } = await server.api().get('/account/verify-email');

    const again = await server
      .api()
      .get('/account/verify-email')
      .set('If-None-Match', String(headers.etag));

    expect(again.status).toBe(304);
  });

  test('a page, when a part of it is asked for, is sent whole', async () => {
    const { status } = await server.api().get('/account/verify-email').set('Range', 'bytes=0-9');

    expect(status).toBe(200);
  });

  test.each([
    '/account',
    '/account/',
    // Its files are named relative to /account/.
    '/account/verify-email/',
    '/account/verify-email.html',
    '/account/assets/',
    '/account/assets/nothing.js',
    '/account/assets/..%2Fverify-email.html',
    '/account/assets/%2e%2e/%2e%2e/temp/.gitkeep',
  ])('%s, when asked for, answers 404', async (path) => {
    const answer = await fetch(`${server.url}${path}`);

    expect(answer.status).toBe(404);
  });

  test.each(PAGES)('%s, when sent to, answers 405', async (page) => {
    const answer = await server.api().post(page).send({ token: 'x' });

    expectFailure(answer, 405, 'METHOD_NOT_ALLOWED');
  });
});

coversBehaviour('GET /account/verify-email');
coversBehaviour('GET /account/reset-password');
