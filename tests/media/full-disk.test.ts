import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import request from 'supertest';
import { LocalStore } from '../../src/services/media/local-store';
import type { MediaFile } from '../../src/services/media/media-store';
import { eventually } from '../helpers/eventually';
import { fixture, sha256 } from '../helpers/fixtures';
import { startMediaApp, type MediaApp } from '../helpers/media-app';
import { mountTinyDisk } from '../helpers/tiny-disk';

const rules = { thumbnail: { kind: 'image' } } as const;

describe('uploadFields, when less than MIN_FREE_BYTES are left', () => {
  let app: MediaApp;
  beforeAll(async () => {
    app = await startMediaApp({ rules, env: { MIN_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) } });
  });
  afterAll(() => app.stop());

  test('answers 507 and keeps nothing', async () => {
    const { status, body } = await request(app.url)
      .post('/upload')
      .attach('thumbnail', fixture('picture.png'));

    expect(status).toBe(507);
    expect(body).toMatchObject({ code: 'INSUFFICIENT_STORAGE', success: false });
    expect(await app.tempFiles()).toEqual([]);
  });

  test('answers before anything of the form is sent', async () => {
    const form = http.request(`${app.url}/upload`, {
      method: 'POST',
      headers: {
        'content-type': 'multipart/form-data; boundary=frontier',
        'content-length': '5000000',
      },
    });
    const answered = new Promise<http.IncomingMessage>((resolve) => form.on('response', resolve));
    // It is cut off once we have heard its answer.
    form.on('error', () => undefined);
    form.flushHeaders();

    const { statusCode } = await answered;

    expect(statusCode).toBe(507);
    expect(await app.tempFiles()).toEqual([]);
    form.destroy();
  });
});

const DISK_BYTES = 2 * 1024 * 1024;
const disk = mountTinyDisk(DISK_BYTES, 'a disk that is full');

(disk ? describe : describe.skip)('a disk that is full', () => {
  const folder = disk?.folder ?? '';
  afterAll(() => disk?.remove());

  const clip: MediaFile = {
    path: fixture('clip.mp4'),
    kind: 'video',
    mimeType: 'video/mp4',
    extension: 'mp4',
    bytes: 106253,
    width: 320,
    height: 180,
    durationSeconds: 5,
  };

  test('uploadFields, when the form is larger than what is left, answers 507 at the door', async () => {
    const app = await startMediaApp({ rules, tempDir: folder, env: { MIN_FREE_BYTES: '0' } });

    const { status } = await request(app.url)
      .post('/upload')
      .attach('thumbnail', Buffer.alloc(DISK_BYTES + 1), 'large.png');

    expect(status).toBe(507);
    expect(await app.tempFiles()).toEqual([]);
    await app.stop();
  });

  test('uploadFields, when a form of unstated length fills it, answers 507 and empties it', async () => {
    const app = await startMediaApp({ rules, tempDir: folder, env: { MIN_FREE_BYTES: '0' } });
    const form = http.request(`${app.url}/upload`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=frontier' },
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      form.on('response', resolve);
      form.on('error', reject);
    });
    form.write(
      '--frontier\r\nContent-Disposition: form-data; name="thumbnail"; filename="a.png"\r\n\r\n',
    );
    form.write(Buffer.alloc(2 * DISK_BYTES));
    form.end('\r\n--frontier--\r\n');

    expect((await answered).statusCode).toBe(507);
    await eventually(async () => expect(await app.tempFiles()).toEqual([]));
    await app.stop();
  });

  test('LocalStore, when files no longer fit, answers 507 and has every earlier one', async () => {
    const store = new LocalStore(path.join(folder, 'media'), { minFreeBytes: 0 });
    const stored: string[] = [];

    const fillUp = async (): Promise<never> => {
      for (;;) stored.push((await store.store(clip)).publicId);
    };

    await expect(fillUp()).rejects.toMatchObject({ statusCode: 507 });
    expect(stored.length).toBeGreaterThan(5);
    const kept: string[] = [];
    for await (const { publicId } of store.list()) kept.push(publicId);
    expect(kept.sort()).toEqual([...stored].sort());
    for (const publicId of stored) {
      expect(sha256(await readFile(path.join(store.root, publicId)))).toBe(sha256('clip.mp4'));
    }
    // Without drafts: nothing but the files.
    const names = await readdir(store.root, { recursive: true });
    expect(names.filter((name) => name.includes('.part'))).toEqual([]);
  });
});
