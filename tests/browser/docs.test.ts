import type { Browser, Page } from 'playwright-core';
import { registerAndLogin } from '../helpers/accounts';
import { findChromium, launchChromium, openPage } from '../helpers/browser';
import { startTestServer, type TestServer } from '../helpers/server';

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('docs: skipped, no Chromium here; install one or set CHROMIUM_PATH\n');
}

(executablePath ? describe : describe.skip)('GET /api/v1/docs in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let foreignRequests: string[];
  let complaints: string[];

  // One page for all: to draw every operation of the API costs more than all that is done with it.
  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(executablePath ?? '');
    foreignRequests = [];
    complaints = [];
    page = await openPage(browser);
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${server.url}/`) && !url.startsWith('data:')) foreignRequests.push(url);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.url}/api/v1/docs`);
    await page.waitForSelector('.opblock-tag');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Opens one operation and presses its buttons; answers the status that the page shows. */
  async function tryOut(tag: string, operationId: string): Promise<string> {
    await page.click(`#operations-tag-${tag} .nostyle, #operations-tag-${tag}`);
    const block = page.locator(`#operations-${tag}-${operationId}`);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.try-out__btn').click();
    await block.locator('.execute').click();
    const status = block.locator('.live-responses-table .response-col_status').last();
    await status.waitFor();
    return (await status.innerText()).trim().slice(0, 3);
  }

  test('the page, when opened, lists every tag, asks no other origin and complains of nothing', async () => {
    const { body } = await server.api().get('/api/v1/openapi.json');
    const tags = (body.tags as { name: string }[]).map(({ name }) => name);

    const listed = await page.$$eval('.opblock-tag', (elements) =>
      elements.map((element) => element.getAttribute('data-tag')),
    );

    expect(listed).toEqual(tags);
    expect(foreignRequests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('try it out, when the browser has the cookies, calls as their owner', async () => {
    const { accessToken } = await registerAndLogin(server);
    await page.context().addCookies([{ name: 'accessToken', value: accessToken, url: server.url }]);

    expect(await tryOut('Users', 'getUsersCurrentUser')).toBe('200');
    await page.context().clearCookies();
  });

  test('try it out, when a token is pasted, calls as its owner', async () => {
    const { accessToken } = await registerAndLogin(server);
    await page.click('.auth-wrapper .authorize');
    await page.fill('.modal-ux input[aria-label="auth-bearer-value"]', accessToken);
    await page.click('.modal-ux .auth-btn-wrapper .authorize >> nth=0');
    await page.click('.modal-ux .btn-done >> nth=0');

    expect(await tryOut('Dashboard', 'getDashboardStats')).toBe('200');
    expect(complaints).toEqual([]);
  });
});
