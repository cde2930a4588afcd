import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { registerAndLogin } from '../helpers/accounts';
import { findChromium, launchChromium, openPage } from '../helpers/browser';
import { sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';

/** HTMLMediaElement.readyState from which on playing goes forward. */
const HAVE_FUTURE_DATA = 3;

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('playback: skipped, no Chromium here; install one or set CHROMIUM_PATH\n');
}

interface PlayedVideo {
  readyState: number;
  duration: number;
  width: number;
  currentTime: number;
  error: number | null;
}

(executablePath ? describe : describe.skip)('a published video in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let site: http.Server;
  let page: Page;
  let accessToken: string;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(executablePath ?? '');
    ({ accessToken } = await registerAndLogin(server));
    // A frontend of another origin, as most are.
    site = http.createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>frontend</title><body></body>');
    });
    await new Promise<void>((resolve) => site.listen(0, resolve));
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => site.close(resolve));
    await server?.stop();
  });
  beforeEach(async () => {
    page = await openPage(browser);
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  });
  afterEach(() => page.close());

  async function publish(videoFile: string): Promise<{ videoFile: string; thumbnail: string }> {
    const answer = await sendVideo(server, accessToken, { videoFile, thumbnail: 'picture.webp' });
    expect(answer.status).toBe(201);
    return answer.body.data;
  }

  /** Puts the video into the page, plays it, and answers once it runs (or cannot). */
  function play(address: string): Promise<PlayedVideo> {
    return page.evaluate(async (source) => {
      const video = document.createElement('video');
      video.muted = true;
      video.src = source;
      document.body.append(video);
      await video.play().catch(() => undefined);
      await new Promise<void>((resolve) => {
        const done = (): void => resolve();
        if (video.error || video.currentTime > 0.2) return done();
        video.addEventListener('error', done);
        video.addEventListener('timeupdate', () => video.currentTime > 0.2 && done());
      });
      const { readyState, duration, videoWidth: width, currentTime, error } = video;
      return { readyState, duration, width, currentTime, error: error?.code ?? null };
    }, address);
  }

  test.each(['clip.mp4', 'clip.webm'])('%s, when played, runs with picture', async (name) => {
    const { videoFile } = await publish(name);

    const played = await play(videoFile);

    expect(played.error).toBeNull();
    expect(played.readyState).toBeGreaterThanOrEqual(HAVE_FUTURE_DATA);
    expect(played.duration).toBeCloseTo(5, 1);
    expect(played.width).toBe(320);
    expect(played.currentTime).toBeGreaterThan(0);
  });

  test('a video, when one jumps to the fourth second, shows it', async () => {
    const { videoFile } = await publish('clip.mp4');
    await play(videoFile);

    const afterJump = await page.evaluate(async () => {
      const video = document.querySelector('video')!;
      video.pause();
      await new Promise<void>((resolve) => {
        video.addEventListener('seeked', () => resolve(), { once: true });
        video.currentTime = 4;
      });
      return { currentTime: video.currentTime, error: video.error?.code ?? null };
    });

    expect(afterJump).toEqual({ currentTime: 4, error: null });
  });

  test('a thumbnail, when shown by a page of another origin, is drawn', async () => {
    const { thumbnail } = await publish('clip.mp4');

    const width = await page.evaluate(async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      return image.naturalWidth;
    }, thumbnail);

    expect(width).toBe(96);
  });

  test('a video, when its own address is opened, plays by itself', async () => {
    const { videoFile } = await publish('clip.mp4');

    await page.goto(videoFile);
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 3);

    expect(await page.evaluate(() => document.querySelector('video')?.videoWidth)).toBe(320);
  });
});
