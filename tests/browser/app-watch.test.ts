import type { Browser, Page } from 'playwright-core';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { unexpected, visit, type Visit } from '../helpers/app-page';
import { findChromium, launchChromium } from '../helpers/browser';
import { eventually } from '../helpers/eventually';
import { sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedUser } from '../helpers/users';
import { seedVideo } from '../helpers/videos';

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('the page: skipped, no Chromium here; install one or set CHROMIUM_PATH\n');
}

(executablePath ? describe : describe.skip)('watching on the page in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let ada: SignedInAccount;
  let grace: SignedInAccount;
  let videoId: string;
  let shown: Visit;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(executablePath ?? '');
    [ada, grace] = await Promise.all([
      registerAndLogin(server, { fullName: 'Ada Lovelace' }),
      registerAndLogin(server, { fullName: 'Grace Hopper' }),
    ]);
    const texts = { title: 'Tide tables', description: 'How the sea keeps time', tags: 'sea' };
    const files = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' };
    ({ _id: videoId } = dataOf(await sendVideo(server, ada.accessToken, files, texts), 201));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(async () => {
    await shown.page.close();
    expect(unexpected(shown.complaints)).toEqual([]);
  });

  async function open(path: string, account?: SignedInAccount): Promise<Page> {
    shown = await visit(browser, server.url, path, account);
    return shown.page;
  }

  const read = async (path: string, account: SignedInAccount) =>
    dataOf(await server.api().get(`/api/v1${path}`).set(bearer(account.accessToken)));

  /** Plays until the API knows of a position. */
  async function watchFor(page: Page, seconds: number): Promise<void> {
    await page.waitForFunction(
      (at) => (document.querySelector('video')?.currentTime ?? 0) > at,
      seconds,
    );
    await page.evaluate(() => document.querySelector('video')!.pause());
  }

  test('a guest, when looking around, finds, searches and watches, and is asked in to like', async () => {
    const page = await open('/');
    await page.locator('.card-link', { hasText: 'Tide tables' }).waitFor();

    await page.fill('[role=combobox]', 'tide');
    await page.locator('#suggestions li', { hasText: 'Tide tables' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search?query=Tide%20tables');
    await page.locator('.card-link', { hasText: 'Tide tables' }).click();

    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? -1) > 0.2);
    expect(await page.title()).toBe('Tide tables · VideoTube');
    await page.locator('.watch-actions button[aria-label^=Like]').click();
    await page.waitForURL(`**/login?next=${encodeURIComponent(`/watch/${videoId}`)}`);
    expect(shown.calls.filter((call) => /refresh|current-user/.test(call))).toEqual([]);
    expect(shown.complaints).toEqual([]);
  });

  test('a video, when one comes back to it, goes on where it was left', async () => {
    const page = await open(`/watch/${videoId}`, grace);
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
    await page.evaluate(() => {
      // The end of the file is near, so nobody is taken back from there.
      document.querySelector('video')!.currentTime = 2;
    });
    await watchFor(page, 2);
    await eventually(async () => {
      const { progress } = await read(`/videos/${videoId}`, grace);
      expect(progress).toBeGreaterThanOrEqual(2);
    });

    await page.goto(`${server.url}/history`);
    await page.locator('.card', { hasText: 'Tide tables' }).locator('progress').waitFor();
    await page.locator('.card-link', { hasText: 'Tide tables' }).click();
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? -1) >= 2);
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.waitForFunction(
      () => (document.querySelector('video')?.currentTime ?? Infinity) < 2,
    );
  });

  test('a member, when a video pleases, likes it, subscribes and saves it to a new playlist', async () => {
    const page = await open(`/watch/${videoId}`, grace);
    const like = page.locator('.watch-actions button[aria-label^=Like]');

    await like.click();
    await page.locator('.watch-actions [aria-pressed=true]').waitFor();
    await page.getByRole('button', { name: 'Subscribe to Ada Lovelace' }).click();
    await page.locator('.watch-channel', { hasText: '1 subscriber' }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByLabel('Watch later').check();
    await page.getByText('Added to Watch later').waitFor();
    await page.getByText('New playlist').click();
    await page.getByLabel('Name').fill('Oceans');
    await page.getByRole('button', { name: 'Create and add' }).click();
    await page.getByText('Added to Oceans').waitFor();
    await page.keyboard.press('Escape');

    expect(await read(`/videos/${videoId}`, grace)).toMatchObject({
      isLiked: true,
      owner: { isSubscribed: true },
    });
    for (const path of ['/liked', '/subscriptions', '/watch-later']) {
      await page.goto(`${server.url}${path}`);
      await page.locator('.card-link', { hasText: 'Tide tables' }).waitFor();
    }
    await page.goto(`${server.url}/playlists`);
    await page.getByRole('link', { name: 'Oceans' }).click();
    await page.getByRole('button', { name: 'Remove from the playlist: Tide tables' }).click();
    await page.getByText('No videos in this playlist yet').waitFor();
  });

  test('a comment, when written, answered, changed and deleted, is what the API has', async () => {
    const page = await open(`/watch/${videoId}`, grace);
    const markup = '<img src=x onerror=alert(1)> & more';

    await page.getByLabel('Add a comment').fill(markup);
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    const comment = page.locator('.comment').first();
    await comment.getByText(markup, { exact: true }).waitFor();
    await comment.getByRole('button', { name: 'Reply' }).click();
    await page.getByLabel('Reply to Grace Hopper').fill('Indeed.');
    await page.locator('.composer').last().getByRole('button', { name: 'Reply' }).click();
    await page.locator('.replies').getByText('Indeed.').waitFor();
    await comment.getByRole('button', { name: 'Edit' }).first().click();
    await page.getByLabel('Your comment').fill('Calmer now.');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await comment.getByText('Calmer now.').waitFor();
    const [stored] = (await read(`/comments/${videoId}`, grace)).docs;
    expect(stored).toMatchObject({ content: 'Calmer now.', repliesCount: 1 });

    await comment.getByRole('button', { name: 'Delete' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No comments yet').waitFor();
    expect((await read(`/comments/${videoId}`, grace)).docs).toEqual([]);
  });

  test('the history, when something is removed or it is cleared, is empty', async () => {
    const later = await seedVideo(ada.user._id, { title: 'Later' });
    for (const id of [later, videoId]) await read(`/videos/${id}`, grace);
    const page = await open('/history', grace);

    await page.getByRole('button', { name: 'Remove from the history: Later' }).click();
    await page.locator('.card-link', { hasText: 'Later' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pause history' }).click();
    await page.getByText('Watch history paused').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Resume history' }).click();
    await page.getByText('Watch history on').waitFor();
    await page.getByRole('button', { name: 'Pause history' }).waitFor();
    await page.getByRole('button', { name: 'Clear history' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Nothing watched yet').waitFor();
    expect(await read('/users/history', grace)).toEqual([]);
  });

  test('a long list, when one comes to its end, goes on to the last row', async () => {
    const owner = await seedUser({ fullName: 'Many Films' });
    for (let index = 1; index <= 30; index += 1) {
      await seedVideo(owner, { title: `Film ${index}`, thumbnail: undefined });
    }
    const page = await open('/');
    await page.locator('.card-link', { hasText: 'Film 30' }).waitFor();

    await page.keyboard.press('End');

    await page.locator('.card-link', { hasText: 'Tide tables' }).waitFor();
  });

  test('the page, when used by keyboard alone, skips to its content and opens a video', async () => {
    const page = await open('/');
    await page.locator('.card-link').first().waitFor();

    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Skip to the content',
    );
    await page.keyboard.press('Enter');
    for (const expected of ['Newest', 'Most viewed', 'Most liked']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(expected);
    }
    expect(shown.calls.filter((call) => call === 'GET /api/v1/videos')).toHaveLength(1);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/watch/*');
  });

  test.each(['/', '/search?query=tide', '/login', '/register'])(
    '%s, when the window is 360 pixels wide and the theme is changed, fits and stays so',
    async (path) => {
      const page = await open(path);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByRole('button', { name: 'Dark theme' }).click();

      await page.reload();

      await page.locator('h1').waitFor({ state: 'attached' });
      const { scrollWidth, clientWidth, theme } = await page.evaluate(() => ({
        scrollWidth: document.documentElement.scrollWidth,
        clientWidth: document.documentElement.clientWidth,
        theme: document.documentElement.dataset.theme,
      }));
      expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
      expect(theme).toBe('dark');
    },
  );

  test('a video that is absent, when opened, says so with the id of the request', async () => {
    const page = await open('/watch/6650f1c2a4b5c6d7e8f90123');

    await page.getByText('Video not found.').waitFor();
    expect(await page.locator('.notice code').innerText()).toMatch(/\S{8,}/);
  });
});
