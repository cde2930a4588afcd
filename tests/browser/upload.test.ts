import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { registerAndLogin } from '../helpers/accounts';
import { findChromium, launchChromium, openPage } from '../helpers/browser';
import { startCuttingProxy, type CuttingProxy } from '../helpers/cutting-proxy';
import { startTestServer, type TestServer } from '../helpers/server';
import { UPLOADS } from '../helpers/uploads';

const BYTES = 3_000_000;
const TUS_CLIENT = path.join(
  __dirname,
  '..',
  '..',
  'node_modules',
  'tus-js-client',
  'dist',
  'tus.min.js',
);

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('upload: skipped, no Chromium here; install one or set CHROMIUM_PATH\n');
}

/** What the test reads of tus-js-client, which the page has as a global. */
interface TusGlobal {
  tus: { Upload: new (file: Blob, options: object) => { url: string; start(): void } };
}

(executablePath ? describe : describe.skip)('an upload in Chromium', () => {
  let site: http.Server;
  let server: TestServer;
  let proxy: CuttingProxy;
  let browser: Browser;

  beforeAll(async () => {
    // A frontend of another origin, as most are.
    site = http.createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>frontend</title><body></body>');
    });
    await new Promise<void>((resolve) => site.listen(0, resolve));
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    server = await startTestServer({ env: { CORS_ORIGIN: origin } });
    proxy = await startCuttingProxy(server.url, BYTES / 2);
    browser = await launchChromium(executablePath ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    await new Promise((resolve) => site.close(resolve));
  });

  test('a file, when the line breaks in the middle, goes on from there and is whole', async () => {
    const { accessToken } = await registerAndLogin(server);
    const page = await openPage(browser);
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    await page.addScriptTag({ path: TUS_CLIENT });

    const sent = await page.evaluate(
      async ({ endpoint, token, bytes }) => {
        const content = Uint8Array.from({ length: bytes }, (_any, index) => (index * 7) % 251);
        const answers: string[] = [];
        const url = await new Promise<string>((resolve, reject) => {
          const { tus } = globalThis as unknown as TusGlobal;
          const upload = new tus.Upload(new Blob([content]), {
            endpoint,
            headers: { Authorization: `Bearer ${token}` },
            metadata: { filename: 'Zoë.mp4', filetype: 'video/mp4' },
            retryDelays: [0, 500, 1000, 3000],
            onAfterResponse: (
              request: { getMethod(): string },
              answer: { getStatus(): number },
            ): void => void answers.push(`${request.getMethod()} ${answer.getStatus()}`),
            onError: reject,
            onSuccess: () => resolve(upload.url),
          });
          upload.start();
        });
        return { url, answers };
      },
      { endpoint: `${proxy.url}${UPLOADS}`, token: accessToken, bytes: BYTES },
    );

    expect(proxy.cuts()).toBe(1);
    // The browser itself repeats what had no answer, from the start: that is refused.
    expect(sent.answers.filter((answer) => answer !== 'PATCH 409')).toEqual([
      'POST 201',
      'HEAD 200',
      'PATCH 204',
    ]);
    const stored = await readFile(path.join(server.config.uploadsDir, path.basename(sent.url)));
    const expected = Uint8Array.from({ length: BYTES }, (_any, index) => (index * 7) % 251);
    expect(stored.equals(expected)).toBe(true);
  });
});
