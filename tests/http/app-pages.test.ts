import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { APP_PATHS } from '../../src/controllers/app-pages.controller';
import { startTestServer, type TestServer } from '../helpers/server';

const ROOT = path.join(__dirname, '..', '..');
const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (address: string, headers: Record<string, string> = HTML): Promise<Response> =>
  fetch(`${server.url}${address}`, { headers });

describe('the page for people', () => {
  test('its addresses, when compared with the views of the page, are the same', () => {
    const source = readFileSync(path.join(ROOT, 'public', 'app', 'routes.js'), 'utf8');
    const views = [...source.matchAll(/path: '([^']+)'/g)].map(([, address]) => address);

    expect(views).toEqual([...APP_PATHS]);
  });

  test.each(APP_PATHS)('%s, when a browser opens it, is the document', async (address) => {
    const answer = await get(address.replaceAll(/:\w+/g, '6650f1c2a4b5c6d7e8f90123'));

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('vary')).toMatch(/\bAccept\b/);
    expect(await answer.text()).toContain('<main id="main"');
  });

  test.each([
    ['/', '*/*'],
    ['/', 'application/json'],
    ['/watch/6650f1c2a4b5c6d7e8f90123', '*/*'],
    ['/nothing', HTML.Accept],
    ['/watch', HTML.Accept],
    ['/watch/', HTML.Accept],
    ['/watch/a/b', HTML.Accept],
    ['/Settings', HTML.Accept],
    ['/app', HTML.Accept],
    ['/app/', HTML.Accept],
    ['/app/nothing.js', HTML.Accept],
    ['/app/..%2faccount%2fverify-email.html', HTML.Accept],
    ['/app/vendor/', HTML.Accept],
    ['/app/vendor/tus.js', HTML.Accept],
    ['/app/vendor/constructor', HTML.Accept],
    ['/app/vendor/..%2fhls.mjs', HTML.Accept],
  ])('%s, when asked for as %s, answers 404 in the envelope', async (address, accept) => {
    const answer = await get(address, { Accept: accept });

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ statusCode: 404, success: false });
  });

  test('the document, when sent, may load and call its own server and the media stores alone', async () => {
    const { headers } = await get('/');
    const media = `'self' ${server.url} https://res.cloudinary.com`;

    expect(headers.get('content-security-policy')?.split('; ').sort()).toEqual([
      "base-uri 'none'",
      `connect-src ${media}`,
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      `img-src ${media} blob:`,
      `media-src ${media} blob:`,
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
      "trusted-types 'none'",
    ]);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('the document, when read, has neither script nor style within', async () => {
    const text = await (await get('/')).text();

    expect(text).not.toMatch(/<script>|<style|\sstyle="|\son\w+="/);
  });

  test('the document, when it names files, they are served and asked for again each time', async () => {
    const text = await (await get('/')).text();
    const names = [...text.matchAll(/(?:src|href)="(\/app\/[^"]+)"/g)].map(([, name = '']) => name);

    expect(names.length).toBeGreaterThan(10);
    for (const name of [...names, '/app/vendor/hls.min.mjs', '/app/vendor/tus.min.js']) {
      const { status, headers } = await get(name);
      expect({ name, status, cache: headers.get('cache-control') }).toEqual({
        name,
        status: 200,
        cache: 'no-cache',
      });
      expect(headers.get('etag')).toMatch(/\S/);
    }
  });

  test.each(['/', '/app/main.js', '/app/vendor/tus.min.js'])(
    '%s, when the caller has it already, is not sent again',
    async (address) => {
      // By http itself: fetch says `Cache-Control: no-cache` beside such a question.
      const { headers } = await get(address);
      const question = { ...HTML, 'If-None-Match': headers.get('etag') ?? '' };

      const again = await new Promise<http.IncomingMessage>((resolve, reject) => {
        http.get(`${server.url}${address}`, { headers: question }, resolve).on('error', reject);
      });
      again.resume();

      expect(again.statusCode).toBe(304);
    },
  );
});
