import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { unexpected, visit, type Visit } from '../helpers/app-page';
import { findChromium, launchChromium } from '../helpers/browser';
import { startCuttingProxy, type CuttingProxy } from '../helpers/cutting-proxy';
import { installedFfmpeg } from '../helpers/ffmpeg';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { startTestServer, type TestServer } from '../helpers/server';

const PADDING_BYTES = 4_000_000;

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('the page: skipped, no Chromium here; install one or set CHROMIUM_PATH\n');
}
const ffmpeg = installedFfmpeg('streams on the page');

(executablePath ? describe : describe.skip)('publishing on the page in Chromium', () => {
  let server: TestServer;
  let proxy: CuttingProxy;
  let browser: Browser;
  let ada: SignedInAccount;
  let folder: string;
  let largeClip: string;
  let shown: Visit;

  beforeAll(async () => {
    server = await startTestServer({
      env: ffmpeg ? { FFMPEG_PATH: ffmpeg.command, PATH: ffmpeg.searchPath } : {},
    });
    proxy = await startCuttingProxy(server.url, PADDING_BYTES / 2);
    browser = await launchChromium(executablePath ?? '');
    ada = await registerAndLogin(server, { fullName: 'Ada Lovelace' });
    folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-clips-'));
    largeClip = path.join(folder, 'Sea_and_sand.mp4');
    await writeFile(largeClip, await paddedClip());
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await shown?.page.close();
    expect(unexpected(shown.complaints)).toEqual([]);
  });

  /** A clip with a large box that players skip (ISO/IEC 14496-12, section 8.1.2). */
  async function paddedClip(): Promise<Buffer> {
    const box = Buffer.alloc(PADDING_BYTES);
    box.writeUInt32BE(PADDING_BYTES);
    box.write('free', 4);
    return Buffer.concat([await readFile(fixture('clip.mp4')), box]);
  }

  async function open(address: string, url = server.url): Promise<Page> {
    shown = await visit(browser, url, address, ada);
    return shown.page;
  }

  const ownVideos = async (): Promise<Record<string, unknown>[]> =>
    dataOf(await server.api().get('/api/v1/dashboard/videos').set(bearer(ada.accessToken)));

  test('an upload, when the line breaks and the page is closed, goes on and is published', async () => {
    const page = await open('/upload', proxy.url);
    // After the break, nobody gets through until the page is opened again.
    let isAway = true;
    await page.route('**/api/v1/uploads/*', (route) =>
      isAway && route.request().method() === 'HEAD' ? route.abort() : route.continue(),
    );
    await page.setInputFiles('.drop-zone input', largeClip);
    await page.getByText('The connection was cut. Trying again…').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('Sea and sand');
    await page.getByLabel('Title').fill('Sea and sand, reprise');
    isAway = false;
    await page.reload();
    await page.getByText('Choose the same file again').waitFor();
    expect(proxy.cuts()).toBe(1);

    await page.setInputFiles('.drop-zone input', largeClip);
    await page.getByText('The file is here.').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('Sea and sand, reprise');
    await page.getByLabel('Tags').fill('sea, sand');
    await page.getByRole('button', { name: 'Publish' }).click();

    await page.getByText(/^(Your video is here|We have your video)\.$/).waitFor();
    await page.getByText('The video is ready.').first().waitFor();
    const announced = shown.calls.filter((call) => call === 'POST /api/v1/uploads');
    expect(announced).toHaveLength(1);
    const [video] = await ownVideos();
    expect(video).toMatchObject({
      title: 'Sea and sand, reprise',
      tags: ['sea', 'sand'],
      status: 'ready',
      isPublished: true,
      thumbnail: expect.stringMatching(/\.jpg$/),
    });
  });

  test('an upload, when paused, waits, and is gone once it is thrown away', async () => {
    const page = await open('/upload');
    await page.route('**/api/v1/uploads/*', async (route) => {
      // Never answered: the upload stands still, however fast the machine is.
      if (route.request().method() !== 'PATCH') await route.continue();
    });
    await page.setInputFiles('.drop-zone input', largeClip);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused at \d+ %\.$/).waitFor();

    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Throw away' }).click();

    await page.getByText('Choose a video').waitFor();
    const uploads = server.api().get('/api/v1/uploads').set(bearer(ada.accessToken));
    expect(dataOf(await uploads)).toEqual([]);
  });

  test('the studio, when a video is hidden, changed and deleted, does so', async () => {
    const form = server.api().post('/api/v1/videos').set(bearer(ada.accessToken));
    form.field('title', 'A draft').attach('videoFile', fixture('clip.mp4'));
    dataOf(await form.attach('thumbnail', fixture('picture.jpg')), 201);
    const page = await open('/studio');
    const row = page.locator('.own-video', { hasText: 'A draft' });

    await row.getByRole('switch').click();
    await row.getByText('Hidden').waitFor();
    await row.getByRole('link', { name: 'Edit A draft' }).click();
    await page.getByLabel('Title').fill('A film');
    await page.getByLabel('Description').fill('Done at last');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.own-video', { hasText: 'A film' }).waitFor();
    expect((await ownVideos())[0]).toMatchObject({
      title: 'A film',
      description: 'Done at last',
      isPublished: false,
    });

    await page.getByRole('button', { name: 'Delete A film' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.locator('.own-video', { hasText: 'A film' }).waitFor({ state: 'detached' });
    expect((await ownVideos()).map(({ title }) => title)).not.toContain('A film');
  });

  test('the views per day, when there are some, are drawn and stand in a table', async () => {
    const [video] = await ownVideos();
    dataOf(await server.api().get(`/api/v1/videos/${String(video?._id)}`));
    const page = await open('/studio');

    await page.locator('.plot-bar').first().waitFor({ state: 'attached' });
    expect(await page.locator('.plot-bar').count()).toBe(28);
    await page.getByLabel('Period').selectOption('7');
    await page.waitForFunction(() => document.querySelectorAll('.plot-bar').length === 7);
    await page.getByText('As a table').click();
    const cells = await page.locator('.plot-table td').allInnerTexts();
    expect(cells).toEqual(['1', '0', '0', '0', '0', '0', '0']);
    expect(shown.complaints).toEqual([]);
  });

  (ffmpeg ? test : test.skip)('a video with a stream, when opened, plays the stream', async () => {
    const [video] = await ownVideos();
    const address = `/videos/${String(video?._id)}`;
    await eventually(async () => {
      const { hlsStatus } = dataOf(await server.api().get(`/api/v1${address}`));
      expect(hlsStatus).toBe('ready');
    });

    const page = await open(`/watch/${String(video?._id)}`);
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? -1) > 0.3);

    const played = await page.evaluate(() => {
      const { dataset, src } = document.querySelector('video')!;
      return { source: dataset.source, isBlob: src.startsWith('blob:') };
    });
    expect(played).toEqual({ source: 'stream', isBlob: true });
    expect(shown.complaints).toEqual([]);
  });
});
