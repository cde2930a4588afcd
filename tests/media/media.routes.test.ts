import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import request from 'supertest';
import type { MediaKind, StoredAsset } from '../../src/services/media/media-store';
import { fixture, sha256 } from '../helpers/fixtures';
import { startMediaApp, type MediaApp } from '../helpers/media-app';

const clip = readFileSync(fixture('clip.mp4'));

describe('GET /media', () => {
  let app: MediaApp;
  let video: StoredAsset;

  beforeAll(async () => {
    app = await startMediaApp({ rules: {} });
    video = await store('clip.mp4', 'video', 'mp4');
  });
  afterAll(() => app.stop());

  function store(name: string, kind: MediaKind, extension: string): Promise<StoredAsset> {
    const bytes = readFileSync(fixture(name)).length;
    return app.store.store({ path: fixture(name), kind, extension, mimeType: '', bytes });
  }

  const get = (url: string) => request(app.url).get(url).buffer().parse(binary);

  function binary(
    response: request.Response,
    done: (error: Error | null, body: Buffer) => void,
  ): void {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => done(null, Buffer.concat(chunks)));
  }

  const strongTag = () => `"${path.parse(video.publicId).name}"`;

  test('of a whole file, answers 200 with its bytes and headers for a year', async () => {
    const response = await get(video.url);

    expect(response.status).toBe(200);
    expect(sha256(response.body)).toBe(sha256('clip.mp4'));
    expect(response.headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '106253',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
      etag: strongTag(),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(response.headers['content-disposition']).toBeUndefined();
  });

  test.each([
    ['clip.webm', 'video', 'webm', 'video/webm'],
    ['clip.mov', 'video', 'mov', 'video/quicktime'],
    ['picture.png', 'image', 'png', 'image/png'],
    ['picture.jpg', 'image', 'jpg', 'image/jpeg'],
    ['picture.webp', 'image', 'webp', 'image/webp'],
    ['picture.gif', 'image', 'gif', 'image/gif'],
    ['polyglot.png', 'image', 'png', 'image/png'],
    ['sound.mp3', 'audio', 'mp3', 'audio/mpeg'],
    ['sound.m4a', 'audio', 'm4a', 'audio/mp4'],
    ['sound.opus', 'audio', 'ogg', 'audio/ogg'],
    ['sound.webm', 'audio', 'weba', 'audio/webm'],
  ] as const)('of %s, states the %s type %s as %s', async (name, kind, extension, type) => {
    const { url } = await store(name, kind, extension);

    const response = await get(url);

    expect(response.headers['content-type']).toBe(type);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(sha256(response.body)).toBe(sha256(name));
  });

  test.each([
    ['document.pdf', 'pdf', 'application/pdf'],
    ['subtitles.vtt', 'vtt', 'text/vtt; charset=utf-8'],
  ] as const)(
    'of %s, hands it out for keeping and not as a page',
    async (name, extension, type) => {
      const { url } = await store(name, 'document', extension);

      const response = await get(url);

      expect(response.status).toBe(200);
      expect(response.headers).toMatchObject({
        'content-type': type,
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      expect(sha256(response.body)).toBe(sha256(name));
    },
  );

  test.each([
    ['bytes=0-99', 'bytes 0-99/106253', [0, 100]],
    ['bytes=100000-', 'bytes 100000-106252/106253', [100000, 106253]],
    ['bytes=-53', 'bytes 106200-106252/106253', [106200, 106253]],
    ['bytes=106000-999999', 'bytes 106000-106252/106253', [106000, 106253]],
    ['bytes=-106253', 'bytes 0-106252/106253', [0, 106253]],
    // RFC 9110 section 14.1.2: a suffix longer than the file is the whole file.
    ['bytes=-106254', 'bytes 0-106252/106253', [0, 106253]],
    ['bytes= -99999999999999999999', 'bytes 0-106252/106253', [0, 106253]],
    ['bytes=-0, -500000', 'bytes 0-106252/106253', [0, 106253]],
  ] as const)('with Range %s, answers 206 with %s', async (range, contentRange, [from, to]) => {
    const response = await get(video.url).set('Range', range);

    expect(response.status).toBe(206);
    expect(response.headers['content-range']).toBe(contentRange);
    expect(response.headers['content-length']).toBe(String(to - from));
    expect(response.body.equals(clip.subarray(from, to))).toBe(true);
  });

  test.each(['bytes=106253-', 'bytes=200000-300000', 'bytes=-0', 'bytes=5-2'])(
    'with Range %s beyond the end, answers 416 in the envelope, not to be cached',
    async (range) => {
      const response = await request(app.url).get(video.url).set('Range', range);

      expect(response.status).toBe(416);
      expect(response.headers['content-range']).toBe('bytes */106253');
      expect(response.headers['cache-control']).toBeUndefined();
      expect(response.headers.etag).not.toBe(strongTag());
      expect(response.body).toMatchObject({
        statusCode: 416,
        success: false,
        data: null,
        code: 'RANGE_NOT_SATISFIABLE',
      });
    },
  );

  test.each(['items=0-5', 'bytes=abc'])(
    'with the Range %s that means nothing, answers 200 with the whole file',
    async (range) => {
      const response = await get(video.url).set('Range', range);

      expect([response.status, response.body.length]).toEqual([200, 106253]);
    },
  );

  test('with If-Range of this file, answers the range', async () => {
    const response = await get(video.url).set('Range', 'bytes=0-9').set('If-Range', strongTag());

    expect([response.status, response.body.length]).toEqual([206, 10]);
  });

  test('with If-Range of another file, answers 200 with the whole file', async () => {
    const response = await get(video.url).set('Range', 'bytes=0-9').set('If-Range', '"other"');

    expect([response.status, response.body.length]).toEqual([200, 106253]);
  });

  test('with the weak form of its tag in If-Range, answers 200 with the whole file', async () => {
    const response = await get(video.url)
      .set('Range', 'bytes=0-9')
      .set('If-Range', `W/${strongTag()}`);

    expect([response.status, response.body.length]).toEqual([200, 106253]);
  });

  test('with If-Match of another file, answers 412 in the envelope', async () => {
    const response = await request(app.url).get(video.url).set('If-Match', '"other"');

    expect(response.status).toBe(412);
    expect(response.body).toMatchObject({ success: false, code: 'PRECONDITION_FAILED' });
  });

  test('with If-None-Match of this file, answers 304 without a body', async () => {
    const response = await get(video.url).set('If-None-Match', strongTag());

    expect([response.status, response.body.length]).toEqual([304, 0]);
    expect(response.headers['cache-control']).toBe(
      'public, max-age=31536000, immutable, no-transform',
    );
  });

  test.each([undefined, 'bytes=0-9'])(
    'HEAD with Range %s, answers 200 with the length of the whole and no body',
    async (range) => {
      const head = request(app.url).head(video.url);
      const response = await (range ? head.set('Range', range) : head);

      expect(response.status).toBe(200);
      expect(response.headers).toMatchObject({
        'content-length': '106253',
        'accept-ranges': 'bytes',
        'content-type': 'video/mp4',
      });
      expect(response.text ?? '').toBe('');
    },
  );

  test.each([
    ['a name that was never given', '/media/00/11/00112233445566778899aabbccddeeff.mp4'],
    ['a traversal', '/media/..%2f..%2f..%2fetc/x/passwd'],
    ['an encoded traversal in the name', '/media/aa/bb/..%2f..%2fsecret.mp4'],
    ['a dot file', '/media/aa/bb/.hidden'],
    ['a draft of a copy', '/media/00/11/00112233445566778899aabbccddeeff.mp4.part'],
    ['a folder', '/media/aa/bb'],
    ['the root', '/media/'],
    ['a null byte', '/media/aa/bb/00112233445566778899aabbccddeeff.mp4%00'],
  ])('of %s, answers 404', async (_name, url) => {
    const response = await request(app.url).get(url);

    expect(response.status).toBe(404);
    expect(response.body.code).toMatch(/^(ROUTE_)?NOT_FOUND$/);
  });

  test('of a file beside the stored ones, answers 404', async () => {
    const foreign = path.join(app.store.root, path.dirname(video.publicId), 'notes.mp4');
    await writeFile(foreign, 'not ours');

    const response = await request(app.url).get(`/media/${path.dirname(video.publicId)}/notes.mp4`);

    expect(response.status).toBe(404);
    expect(response.body).toMatchObject({ code: 'NOT_FOUND', success: false });
  });

  test('of an address that is no URI, answers 400', async () => {
    const response = await request(app.url).get('/media/aa/bb/%E0%A4%A');

    expect(response.status).toBe(400);
  });

  test('when the reader hangs up in the middle, goes on serving others', async () => {
    const abort = new AbortController();
    const response = await fetch(`${app.url}${video.url}`, { signal: abort.signal });
    abort.abort();
    await expect(response.arrayBuffer()).rejects.toThrow();

    expect((await get(video.url)).body.length).toBe(106253);
  });
});
