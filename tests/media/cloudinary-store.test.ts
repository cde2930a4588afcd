import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pino from 'pino';
import {
  CloudinaryStore,
  type CloudinaryStoreOptions,
} from '../../src/services/media/cloudinary-store';
import type { MediaFile } from '../../src/services/media/media-store';
import {
  startCloudinaryStub,
  STUB_DURATION_SECONDS,
  type CloudinaryStub,
} from '../helpers/cloudinary-stub';
import { eventually } from '../helpers/eventually';
import { fixture, sha256 } from '../helpers/fixtures';

const CHUNK_BYTES = 40_000;
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const picture: MediaFile = {
  path: fixture('picture.png'),
  kind: 'image',
  mimeType: 'image/png',
  extension: 'png',
  bytes: 1145,
};
const clip: MediaFile = {
  path: fixture('clip.mp4'),
  kind: 'video',
  mimeType: 'video/mp4',
  extension: 'mp4',
  bytes: 106253,
  durationSeconds: 5,
};

describe('CloudinaryStore', () => {
  let stub: CloudinaryStub;

  beforeEach(async () => {
    stub = await startCloudinaryStub({ minimumChunkBytes: CHUNK_BYTES });
  });
  afterEach(() => stub.stop());

  function createStore(
    account: { apiSecret?: string; apiKey?: string } = {},
    settings: Partial<CloudinaryStoreOptions> = {},
  ): CloudinaryStore {
    return new CloudinaryStore({
      config: { ...stub.account, ...account },
      logger: pino({ level: 'silent' }),
      agent: stub.agent,
      chunkBytes: CHUNK_BYTES,
      timeoutMilliseconds: 300,
      firstDelayMilliseconds: 1,
      ...settings,
    });
  }

  /** Times that the stub was asked for something, by what it was. */
  const actions = () => stub.requests.map(({ action }) => action);

  describe('store of a picture', () => {
    test('when Cloudinary takes it, answers the asset and Cloudinary has the same bytes', async () => {
      const asset = await createStore().store(picture);

      expect(asset).toEqual({
        url: expect.stringMatching(
          new RegExp(
            `^https://res\\.cloudinary\\.com/demo/image/upload/v1700000000/videotube/${UUID}\\.png$`,
          ),
        ),
        publicId: expect.stringMatching(new RegExp(`^videotube/${UUID}$`)),
        resourceType: 'image',
        bytes: 1145,
        format: 'png',
        width: 96,
        height: 64,
      });
      expect(stub.assets.map(({ publicId, content }) => [publicId, sha256(content)])).toEqual([
        [asset.publicId, sha256('picture.png')],
      ]);
    });

    test('when the secret is wrong, rejects with 502 after one request', async () => {
      const stored = createStore({ apiSecret: 'wrong' }).store(picture);

      await expect(stored).rejects.toMatchObject({ statusCode: 502, code: 'PROVIDER_ERROR' });
      expect(stub.requests).toHaveLength(1);
      expect(stub.assets).toEqual([]);
    });

    test('when it is no picture, rejects with 502 for good after one request', async () => {
      const stored = createStore().store({ ...picture, path: fixture('html-named.png') });

      await expect(stored).rejects.toMatchObject({ statusCode: 502, retryable: false });
      expect(stub.requests).toHaveLength(1);
    });

    test.each([
      ['429 and 420', [{ status: 429 }, { status: 420 }]],
      ['500 and 503', [{ status: 500 }, { status: 503 }]],
      ['a dropped connection', [{ drop: true as const }]],
      ['a connection that ends while it sends', [{ dropRequest: true as const }]],
      ['an answer that is cut off', [{ cutAnswer: true as const }]],
      ['no answer within the time-out', [{ stall: true as const }]],
      ['an error that is not JSON', [{ status: 500, body: '<html>' }]],
      ['a success that is not JSON', [{ status: 200, body: '<html>' }]],
      ['a success without an address', [{ status: 200, body: '{}' }]],
      ['a bad gateway', [{ status: 502, body: '<html>' }]],
    ])('when it meets %s first, tries again and succeeds', async (_name, faults) => {
      stub.failNext(...faults);

      const asset = await createStore().store(picture);

      expect(stub.assets.map(({ publicId }) => publicId)).toEqual([asset.publicId]);
      expect(stub.requests).toHaveLength(faults.length + 1);
    });

    test('when the answer is lost after the work, the repetition leaves one asset', async () => {
      stub.failNext({ loseAnswer: true });

      const asset = await createStore().store(picture);

      expect(stub.requests).toHaveLength(2);
      expect(stub.assets.map(({ publicId }) => publicId)).toEqual([asset.publicId]);
    });

    test('when an upload takes effect after we gave up on it, the repetition leaves one asset', async () => {
      stub.failNext({ late: true });

      const asset = await createStore().store(picture);
      stub.finishLate();

      expect(stub.assets.map(({ publicId, sha256: hash }) => [publicId, hash])).toEqual([
        [asset.publicId, sha256('picture.png')],
      ]);
    });

    test('when every attempt fails, rejects with 502 to be repeated and the cause for the log', async () => {
      stub.failNext(...Array.from({ length: 4 }, () => ({ status: 500 })));

      await expect(createStore().store(picture)).rejects.toMatchObject({
        statusCode: 502,
        message: 'The media provider did not take the request; please try again',
        retryable: true,
        cause: { httpStatus: 500, message: 'cloudinary: injected fault (500)' },
      });
      expect(stub.requests).toHaveLength(4);
      expect(stub.assets).toEqual([]);
    });

    test('when the provider says how long to wait, waits that long', async () => {
      stub.failNext({ status: 429, retryAfterSeconds: 7 });
      const pauses: number[] = [];
      const pause = (milliseconds: number): Promise<void> => {
        pauses.push(milliseconds);
        return Promise.resolve();
      };

      await createStore({}, { pause }).store(picture);

      expect(pauses).toEqual([7000]);
      expect(stub.requests).toHaveLength(2);
    });

    test('when the provider wants to be left alone for long, rejects at once and says for how long', async () => {
      stub.failNext({ status: 420, retryAfterSeconds: 3600 });

      await expect(createStore().store(picture)).rejects.toMatchObject({
        statusCode: 502,
        retryable: true,
        retryAfterSeconds: 3600,
      });
      expect(stub.requests).toHaveLength(1);
    });

    test.each([
      ['the key is unknown', 401, 'Unknown API key', true],
      ['the account is blocked', 403, 'Account is disabled', true],
      ['the address is wrong', 404, 'Not found', true],
      ['the file is too large', 400, 'File size too large', false],
      ['the file is refused', 422, 'Invalid', false],
    ])(
      'when %s, asks once and tells whether a later attempt may succeed',
      async (_name, status, message, retryable) => {
        stub.failNext({ status, body: JSON.stringify({ error: { message } }) });

        await expect(createStore().store(picture)).rejects.toMatchObject({
          statusCode: 502,
          retryable,
        });
        expect(stub.requests).toHaveLength(1);
      },
    );

    test('when our clock was wrong for a moment, tries again', async () => {
      stub.failNext({
        status: 400,
        body: JSON.stringify({ error: { message: 'Stale request - reported time is …' } }),
      });

      await createStore().store(picture);

      expect(stub.requests).toHaveLength(2);
    });

    test('when the caller goes while the provider is silent, rejects at once', async () => {
      stub.setOutage({ stall: true });
      const caller = new AbortController();
      const stored = createStore({}, { timeoutMilliseconds: 600_000 }).store(picture, {
        signal: caller.signal,
      });
      await eventually(() => Promise.resolve(expect(stub.requests).toHaveLength(1)));

      caller.abort();

      await expect(stored).rejects.toMatchObject({ name: 'AbortError' });
      expect(stub.requests).toHaveLength(1);
    });

    test('when the file is gone, rejects with 502 for good and does not try again', async () => {
      const stored = createStore().store({ ...picture, path: fixture('absent.png') });

      await expect(stored).rejects.toMatchObject({ statusCode: 502, retryable: false });
      expect(stub.requests.length).toBeLessThanOrEqual(1);
      expect(stub.assets).toEqual([]);
    });
  });

  describe('store of a video', () => {
    test('when it is longer than a chunk, sends chunks in order and Cloudinary has the same bytes', async () => {
      const asset = await createStore().store(clip);

      expect(stub.requests.map(({ contentRange }) => contentRange)).toEqual([
        'bytes 0-39999/-1',
        'bytes 40000-79999/-1',
        'bytes 80000-106252/106253',
      ]);
      expect(new Set(stub.requests.map(({ uploadId }) => uploadId)).size).toBe(1);
      expect(stub.assets.map(({ content }) => sha256(content))).toEqual([sha256('clip.mp4')]);
      expect(asset).toMatchObject({ resourceType: 'video', bytes: 106253, format: 'mp4' });
    });

    test('when Cloudinary takes it, answers its duration and a thumbnail at the first second', async () => {
      const asset = await createStore().store(clip);

      expect(asset.durationSeconds).toBe(STUB_DURATION_SECONDS);
      expect(asset.thumbnailUrl).toBe(
        `https://res.cloudinary.com/demo/video/upload/so_1/v1700000000/${asset.publicId}.jpg`,
      );
    });

    test('when a chunk in the middle fails, starts again and leaves one whole asset', async () => {
      stub.failNext('none', { status: 500 });

      await createStore().store(clip);

      expect(stub.requests.map(({ contentRange }) => contentRange)).toEqual([
        'bytes 0-39999/-1',
        'bytes 40000-79999/-1',
        'bytes 0-39999/-1',
        'bytes 40000-79999/-1',
        'bytes 80000-106252/106253',
      ]);
      expect(stub.assets.map(({ content }) => sha256(content))).toEqual([sha256('clip.mp4')]);
    });

    test('when the file is gone, rejects with 502 and sends nothing', async () => {
      const stored = createStore().store({ ...clip, path: fixture('absent.mp4') });

      await expect(stored).rejects.toMatchObject({ statusCode: 502 });
      expect(stub.requests).toEqual([]);
    });

    test('when the caller has gone before, rejects and sends nothing', async () => {
      const stored = createStore().store(clip, { signal: AbortSignal.abort() });

      await expect(stored).rejects.toMatchObject({ name: 'AbortError' });
      expect(stub.requests).toEqual([]);
    });

    test('when the caller goes between two pieces, sends no further one and leaves nothing', async () => {
      stub.failNext('none', { stall: true });
      const caller = new AbortController();
      const stored = createStore({}, { timeoutMilliseconds: 600_000 }).store(clip, {
        signal: caller.signal,
      });
      await eventually(() => Promise.resolve(expect(stub.requests).toHaveLength(2)));

      caller.abort();

      await expect(stored).rejects.toMatchObject({ name: 'AbortError' });
      expect(stub.requests).toHaveLength(2);
      expect(stub.assets).toEqual([]);
    });

    test('when it is many megabytes, every byte arrives', async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-cloudinary-'));
      const file = path.join(folder, 'large.mp4');
      const content = Buffer.concat([readFileSync(clip.path), randomBytes(17 * 1024 * 1024)]);
      await writeFile(file, content);
      const store = new CloudinaryStore({
        config: stub.account,
        logger: pino({ level: 'silent' }),
        agent: stub.agent,
      });

      await store.store({ ...clip, path: file, bytes: content.length });
      await rm(folder, { recursive: true });

      expect(stub.requests).toHaveLength(3);
      expect(sha256(stub.assets[0]?.content ?? Buffer.alloc(0))).toBe(
        createHash('sha256').update(content).digest('hex'),
      );
    });
  });

  describe('store of sound', () => {
    test('when Cloudinary takes it, it is a video there, without pictures', async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-cloudinary-'));
      const file = path.join(folder, 'sound.mp3');
      await writeFile(file, Buffer.concat([Buffer.from('ID3'), randomBytes(500)]));

      const asset = await createStore().store({
        path: file,
        kind: 'audio',
        mimeType: 'audio/mpeg',
        extension: 'mp3',
        bytes: 503,
        durationSeconds: 2,
      });
      await rm(folder, { recursive: true });

      expect(asset).toEqual({
        url: `https://res.cloudinary.com/demo/video/upload/v1700000000/${asset.publicId}.mp3`,
        publicId: expect.stringMatching(new RegExp(`^videotube/${UUID}$`)),
        resourceType: 'audio',
        bytes: 503,
        format: 'mp3',
        durationSeconds: STUB_DURATION_SECONDS,
      });
      expect(stub.assets).toMatchObject([{ resourceType: 'video', renditions: [] }]);
    });
  });

  describe('store of a document', () => {
    test('when Cloudinary takes it, it is raw there, under a name with its extension', async () => {
      const asset = await createStore().store({
        path: fixture('html-named.png'),
        kind: 'document',
        mimeType: 'application/pdf',
        extension: 'pdf',
        bytes: 100,
      });

      expect(asset).toEqual({
        url: `https://res.cloudinary.com/demo/raw/upload/v1700000000/${asset.publicId}`,
        publicId: expect.stringMatching(new RegExp(`^videotube/${UUID}\\.pdf$`)),
        resourceType: 'document',
        bytes: expect.any(Number),
        format: 'pdf',
      });
      expect(stub.assets.map(({ content }) => sha256(content))).toEqual([sha256('html-named.png')]);
    });
  });

  describe('remove', () => {
    test('when the asset is a video, deletes it as a video', async () => {
      const store = createStore();
      const asset = await store.store(clip);

      await store.remove(asset);

      expect(stub.requests.at(-1)).toMatchObject({
        action: 'destroy',
        resourceType: 'video',
        fields: { invalidate: 'true' },
      });
      expect(stub.assets).toEqual([]);
    });

    test.each([
      ['audio', 'video'],
      ['document', 'raw'],
      ['image', 'image'],
    ] as const)('when the asset is of kind %s, names the type %s', async (kind, type) => {
      await createStore().remove({ publicId: 'videotube/one', resourceType: kind });

      expect(stub.requests).toMatchObject([{ action: 'destroy', resourceType: type }]);
    });

    test('when Cloudinary is away, rejects with 502 to be repeated', async () => {
      stub.setOutage({ status: 503 });

      await expect(
        createStore().remove({ publicId: 'videotube/one', resourceType: 'image' }),
      ).rejects.toMatchObject({ statusCode: 502, retryable: true });
    });

    test('when the asset is gone already, succeeds', async () => {
      const removed = createStore().remove({ publicId: 'videotube/gone', resourceType: 'image' });

      await expect(removed).resolves.toBeUndefined();
      expect(stub.requests).toHaveLength(1);
    });

    test('when Cloudinary is overloaded first, tries again and deletes', async () => {
      const store = createStore();
      const asset = await store.store(picture);
      stub.failNext({ status: 429 }, { drop: true });

      await store.remove(asset);

      expect(stub.assets).toEqual([]);
    });
  });

  describe('check', () => {
    test('when the account is right, resolves, and asks no more for a while', async () => {
      const store = createStore();

      await store.check();
      await store.check();

      expect(actions()).toEqual(['ping']);
    });

    test('when the key is wrong, rejects with 502', async () => {
      await expect(createStore({ apiKey: '1' }).check()).rejects.toMatchObject({ statusCode: 502 });
    });

    test('when it failed, asks again the next time', async () => {
      const store = createStore();
      stub.failNext({ status: 500 });
      await expect(store.check()).rejects.toMatchObject({ statusCode: 502 });

      await expect(store.check()).resolves.toBeUndefined();
    });

    test('when Cloudinary counts too many such questions, resolves: uploads are not counted', async () => {
      stub.failNext({ status: 420 });

      await expect(createStore().check()).resolves.toBeUndefined();
    });

    test('when Cloudinary stays silent, rejects after the time-out', async () => {
      stub.setOutage({ stall: true });

      await expect(
        createStore({}, { checkTimeoutMilliseconds: 100 }).check(),
      ).rejects.toMatchObject({ statusCode: 502 });
    });
  });
});
