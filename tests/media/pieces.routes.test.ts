import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import request from 'supertest';
import { expectFailure } from '../helpers/answers';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

const STEM = '00112233445566778899aabbccddeeff';
const FOLDER = `/media/00/11/${STEM}`;
const PLAYLIST = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180\n180p.m3u8\n';
const SEGMENT = Buffer.alloc(2000, 'G');

describe('GET /media, a piece of a video', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const folder = path.join(server.dataDir, FOLDER);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'index.m3u8'), PLAYLIST);
    await writeFile(path.join(folder, '180p.m3u8'), PLAYLIST);
    await writeFile(path.join(folder, '180p_00000.ts'), SEGMENT);
    await writeFile(path.join(folder, 'poster.jpg'), SEGMENT);
    await writeFile(path.join(folder, 'notes.txt'), 'not ours');
    await mkdir(`${folder}.part-0123456789abcdef`);
    await writeFile(path.join(`${folder}.part-0123456789abcdef`, 'index.m3u8'), PLAYLIST);
  });
  afterAll(() => server.stop());

  const get = (address: string) => server.api().get(address).buffer(true);

  test.each([
    ['index.m3u8', 'application/vnd.apple.mpegurl', PLAYLIST.length],
    ['180p.m3u8', 'application/vnd.apple.mpegurl', PLAYLIST.length],
    ['180p_00000.ts', 'video/mp2t', 2000],
    ['poster.jpg', 'image/jpeg', 2000],
  ])(
    '%s, answers 200 as %s, for a year, for players of every origin',
    async (name, type, bytes) => {
      const { status, headers } = await get(`${FOLDER}/${name}`)
        .set('Origin', 'https://player.example')
        .set('Accept-Encoding', 'gzip');

      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': type,
        'content-length': String(bytes),
        'accept-ranges': 'bytes',
        'cache-control': 'public, max-age=31536000, immutable, no-transform',
        etag: expect.stringMatching(new RegExp(`^"${STEM}-${name}-[0-9a-z]+"$`)),
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'cross-origin',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': expect.stringContaining('Content-Range'),
      });
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers['content-encoding']).toBeUndefined();
    },
  );

  test('of a long text, is not packed on the way: its ranges are those of its own bytes', async () => {
    const text = `WEBVTT\n\n${'00:01.000 --> 00:02.000\nStill speaking\n\n'.repeat(99)}`;
    await writeFile(path.join(server.dataDir, `${FOLDER}.vtt`), text);

    const { status, headers } = await get(`${FOLDER}.vtt`).set('Accept-Encoding', 'gzip');

    expect(status).toBe(200);
    expect(headers['content-length']).toBe(String(text.length));
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('when a frontend of ours asks, answers it by name, with credentials', async () => {
    const { headers } = await get(`${FOLDER}/index.m3u8`).set('Origin', 'http://localhost:5173');

    expect(headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-credentials': 'true',
    });
  });

  test('when a browser asks whether a player may use ranges, answers 204 with leave', async () => {
    const { status, headers } = await request(server.url)
      .options(`${FOLDER}/180p_00000.ts`)
      .set('Origin', 'https://player.example')
      .set('Access-Control-Request-Method', 'GET')
      .set('Access-Control-Request-Headers', 'range');

    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': 'Range, If-Range, If-Match, If-None-Match',
    });
  });

  test('with a range and the tag of the file in If-Range, answers 206; with another, 200', async () => {
    const { etag } = (await get(`${FOLDER}/180p_00000.ts`)).headers;
    const ranged = (tag: string) =>
      get(`${FOLDER}/180p_00000.ts`).set('Range', 'bytes=10-19').set('If-Range', tag);

    const same = await ranged(etag ?? '');
    const other = await ranged('"another"');

    expect([same.status, same.headers['content-range']]).toEqual([206, 'bytes 10-19/2000']);
    expect([other.status, other.headers['content-length']]).toEqual([200, '2000']);
  });

  test('HEAD, answers 200 with the length and no body', async () => {
    const { status, headers, text } = await server.api().head(`${FOLDER}/index.m3u8`);

    expect(status).toBe(200);
    expect(headers['content-length']).toBe(String(PLAYLIST.length));
    expect(text ?? '').toBe('');
  });

  test('with If-None-Match of the file, answers 304', async () => {
    const { etag } = (await get(`${FOLDER}/index.m3u8`)).headers;

    const { status } = await get(`${FOLDER}/index.m3u8`).set('If-None-Match', etag ?? '');

    expect(status).toBe(304);
  });

  test('with a range behind the end, answers 416, not to be cached', async () => {
    const answer = await get(`${FOLDER}/180p_00000.ts`).set('Range', 'bytes=2000-');

    expectFailure(answer, 416, 'RANGE_NOT_SATISFIABLE');
    expect(answer.headers['cache-control']).toBeUndefined();
  });

  test.each([
    ['a file of another name in the folder', `${FOLDER}/notes.txt`],
    ['a piece that was never made', `${FOLDER}/180p_00009.ts`],
    ['a draft', `${FOLDER}.part-0123456789abcdef/index.m3u8`],
    ['a traversal', `/media/00/11/${STEM}/..%2f..%2f..%2fspool-id`],
    ['a folder that is a traversal', '/media/00/11/..%2f..%2f00/index.m3u8'],
    ['a null byte', `${FOLDER}/index.m3u8%00`],
    ['another script', '/media/💣/שלום/क/index.m3u8'],
  ])('%s, answers 404', async (_name, address) => {
    const url = encodeURI(address).replaceAll('%25', '%');

    expectFailure(await get(url), 404, 'NOT_FOUND');
  });
});

coversBehaviour('GET /media/:first/:second/:asset/:name');
coversBadInput('GET /media/:first/:second/:asset/:name', {
  anythingGoes: ['first', 'second', 'asset', 'name'],
});
