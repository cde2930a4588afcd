import { createServer } from 'node:http';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { FfmpegConfig } from '../../src/config';
import { hlsCommand } from '../../src/services/media/ffmpeg/commands';
import { runFfmpeg } from '../../src/services/media/ffmpeg/ffmpeg';
import { LocalStore } from '../../src/services/media/local-store';
import type { MediaFile, StoredAsset } from '../../src/services/media/media-store';
import { probeMedia } from '../../src/services/media/probe';
import { isRefusedForGood } from '../../src/services/media/provider-error';
import { eventually } from '../helpers/eventually';
import { installedFfmpeg, scriptedFfmpeg } from '../helpers/ffmpeg';
import { fixture } from '../helpers/fixtures';
import { recordingLogger } from '../helpers/recording-logger';

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

const installed = installedFfmpeg('HLS renditions');
const withFfmpeg = installed ? describe : describe.skip;
const ffmpeg = installed as FfmpegConfig;

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-renditions-'));
  root = path.join(folder, 'media');
});
afterEach(() => rm(folder, { recursive: true }));

/** What lies beside stored files, and in folders beside them, relative to the store. */
async function everything(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() || entry.name.includes('.part-'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

const stem = ({ publicId }: StoredAsset) => publicId.replace(/\.\w+$/, '');

withFfmpeg('LocalStore with ffmpeg', () => {
  let store: LocalStore;
  beforeEach(() => {
    store = new LocalStore(root, { ffmpeg: { command: ffmpeg, logger: recordingLogger().logger } });
  });

  test('store of a video, answers a still picture of it', async () => {
    const asset = await store.store(clip);

    expect(store.makesThumbnails).toBe(true);
    expect(asset.thumbnailUrl).toBe(`/media/${stem(asset)}/poster.jpg`);
    expect(await probeMedia(path.join(root, stem(asset), 'poster.jpg'), 'image')).toMatchObject({
      width: 320,
      height: 180,
      codec: 'JPEG',
    });
    expect(await everything()).toEqual([`${asset.publicId}`, `${stem(asset)}/poster.jpg`].sort());
  });

  test.each([
    ['clip.webm', 'webm'],
    ['recorded.webm', 'webm'],
    ['clip.mov', 'mov'],
  ])('make of %s, gives the playlist of a playable stream', async (name, extension) => {
    const facts = await probeMedia(fixture(name), 'video');
    const asset = await store.store({ ...clip, path: fixture(name), extension, ...facts });

    const made = await store.renditions?.make(asset);

    expect(made).toEqual({
      hlsUrl: `/media/${stem(asset)}/index.m3u8`,
      thumbnailUrl: `/media/${stem(asset)}/poster.jpg`,
    });
    const master = await readFile(path.join(root, stem(asset), 'index.m3u8'), 'utf8');
    expect(master).toMatch(/^#EXTM3U\n[^]*RESOLUTION=320x180[^]*\n180p\.m3u8\n/);
    const playlist = await readFile(path.join(root, stem(asset), '180p.m3u8'), 'utf8');
    expect(playlist).toContain('#EXT-X-ENDLIST');
    const seconds = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, text]) => Number(text));
    expect(seconds.reduce((sum, length) => sum + length, 0)).toBeCloseTo(facts.durationSeconds, 0);
  });

  test('make, when it is done again, replaces what was there and leaves no draft', async () => {
    const asset = await store.store(clip);
    const parts = ['180p.m3u8', '180p_00000.ts', '180p_00001.ts', 'index.m3u8', 'poster.jpg'];
    const expected = [asset.publicId, ...parts.map((name) => `${stem(asset)}/${name}`)].sort();
    const abandoned = path.join(root, `${stem(asset)}.part-0123456789abcdef`);
    await mkdir(abandoned);
    await writeFile(path.join(abandoned, '180p_00000.ts'), 'of a process that was killed');

    await store.renditions?.make(asset);
    expect(await everything()).toEqual(expected);
    await store.renditions?.make(asset);

    expect(await everything()).toEqual(expected);
  });

  test('remove of a video, takes its renditions and drafts along, and those of no other', async () => {
    const first = await store.store(clip);
    const second = await store.store(clip);
    await mkdir(path.join(root, `${stem(first)}.part-0123456789abcdef`));

    await store.remove(first);

    expect(await everything()).toEqual([second.publicId, `${stem(second)}/poster.jpg`].sort());
  });

  test.each(['removed', 'cancelled'])(
    'make, when the video is %s meanwhile, rejects and leaves nothing of it',
    async (how) => {
      const asset = await store.store(clip);
      const cancel = new AbortController();
      const making = store.renditions?.make(asset, { signal: cancel.signal });
      const failed = expect(making).rejects.toThrow();
      await eventually(async () => expect((await everything()).join()).toContain('.part-'));

      if (how === 'removed') await store.remove(asset);
      else cancel.abort();
      await failed;

      const kept = how === 'removed' ? [] : [asset.publicId, `${stem(asset)}/poster.jpg`].sort();
      expect(await everything()).toEqual(kept);
    },
  );

  test('list, when there are renditions, tells files alone, and leftovers without a file', async () => {
    const asset = await store.store(clip);
    const other = await store.store(clip);
    await rm(path.join(root, other.publicId));

    const listed = [];
    for await (const entry of store.list()) listed.push(entry);
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual(
      expect.objectContaining({ publicId: asset.publicId, resourceType: 'video', bytes: 106253 }),
    );
    expect(listed).toContainEqual(expect.objectContaining({ publicId: stem(other) }));

    for (const entry of listed) await store.remove(entry);
    expect(await everything()).toEqual([]);
  });

  test.each([
    ['a playlist of a file of ours', (file: string) => `#EXTM3U\n#EXTINF:1,\n${file}\n`],
    [
      'a playlist of another machine',
      (_file: string, url: string) => `#EXTM3U\n#EXTINF:1,\n${url}\n`,
    ],
    ['a list of files to join', (file: string) => `ffconcat version 1.0\nfile '${file}'\n`],
  ])('%s, when named like a video, is not followed', async (_name, write) => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.ts`;
    const secret = path.join(folder, 'secret.mp4');
    await writeFile(secret, await readFile(clip.path));
    const hostile = path.join(folder, 'hostile');
    await writeFile(hostile, write(secret, url));

    const asset = await store.store({ ...clip, path: hostile });

    expect(asset.thumbnailUrl).toBeUndefined();
    expect(await everything()).toEqual([asset.publicId]);
    // ffmpeg itself, told what a stored video is, and not only our look at it beforehand.
    const command = hlsCommand(hostile, 'mp4', {
      rungs: [{ side: 180, maxBitsPerSecond: 300_000 }],
      hasSound: false,
    });
    const run = runFfmpeg(ffmpeg, command, { folder, timeLimitSeconds: 60 });
    await expect(run).rejects.toMatchObject({ name: 'FfmpegError' });
    expect((await readdir(folder)).sort()).toEqual(['hostile', 'media', 'secret.mp4']);
    expect(calls).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  test('the qualities of a video, when there are several, change at the same moments', async () => {
    const rungs = [
      { side: 180, maxBitsPerSecond: 300_000 },
      { side: 90, maxBitsPerSecond: 100_000 },
    ];
    const command = hlsCommand(clip.path, 'mp4', { rungs, hasSound: true });

    await runFfmpeg(ffmpeg, command, { folder, timeLimitSeconds: 60 });

    const master = await readFile(path.join(folder, 'index.m3u8'), 'utf8');
    expect(master.match(/RESOLUTION=\d+x\d+/g)).toEqual([
      'RESOLUTION=320x180',
      'RESOLUTION=160x90',
    ]);
    const lengths = await Promise.all(
      ['180p.m3u8', '90p.m3u8'].map(async (name) => {
        const playlist = await readFile(path.join(folder, name), 'utf8');
        return playlist.match(/#EXTINF:[\d.]+/g);
      }),
    );
    expect(lengths).toEqual([
      ['#EXTINF:4.000000', '#EXTINF:1.000000'],
      ['#EXTINF:4.000000', '#EXTINF:1.000000'],
    ]);
  });
});

describe('LocalStore with an ffmpeg that fails', () => {
  async function storeWith(script: string) {
    const recording = recordingLogger();
    const command = await scriptedFfmpeg(folder, script);
    const store = new LocalStore(root, { ffmpeg: { command, logger: recording.logger } });
    return { store, lines: recording.lines };
  }

  test('when it cannot read the video, keeps it without a picture and refuses renditions for good', async () => {
    const { store, lines } = await storeWith('echo "/secret/path: Invalid data" >&2; exit 1');

    const asset = await store.store(clip);
    const failure = await store.renditions?.make(asset).catch((error: unknown) => error);

    expect(asset.thumbnailUrl).toBeUndefined();
    expect(lines()).toHaveLength(1);
    expect(failure).toMatchObject({ statusCode: 415, message: 'The video cannot be converted' });
    expect(isRefusedForGood(failure)).toBe(true);
    expect(await everything()).toEqual([asset.publicId]);
  });

  test('when the disk is full, rejects with 507, which may pass', async () => {
    const { store } = await storeWith(
      'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1',
    );

    const failure = await store.store(clip).catch((error: unknown) => error);

    expect(failure).toMatchObject({ statusCode: 507, code: 'INSUFFICIENT_STORAGE' });
    expect(isRefusedForGood(failure)).toBe(false);
  });

  test.each([
    ['a file', 'store', '.mp4.part-0123456789abcdef'],
    ['renditions', 'make', '.part-0123456789abcdef'],
  ] as const)(
    'when the disk is full, gives back the room that a crash over %s took',
    async (_what, step, draft) => {
      const { store } = await storeWith('exit 1');
      const asset = await store.store(clip);
      await mkdir(path.join(root, stem(asset) + draft));
      const minFreeBytes = Number.MAX_SAFE_INTEGER;
      const command = await scriptedFfmpeg(folder, 'exit 1');
      const full = new LocalStore(root, {
        minFreeBytes,
        ffmpeg: { command, logger: recordingLogger().logger },
      });

      const attempt = step === 'store' ? full.store(clip, asset) : full.renditions?.make(asset);

      await expect(attempt).rejects.toMatchObject({ statusCode: 507 });
      expect(await everything()).toEqual([asset.publicId]);
    },
  );

  test('when something ends it, rejects in a way that may pass', async () => {
    const { store } = await storeWith('kill -9 $$');

    const failure = await store.store(clip).catch((error: unknown) => error);

    expect(failure).toMatchObject({ name: 'FfmpegError', exitCode: undefined });
    expect(isRefusedForGood(failure)).toBe(false);
  });
});
