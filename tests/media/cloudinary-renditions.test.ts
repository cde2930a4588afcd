import pino from 'pino';
import {
  CloudinaryStore,
  type CloudinaryStoreOptions,
} from '../../src/services/media/cloudinary-store';
import type { ListedAsset, MediaFile } from '../../src/services/media/media-store';
import { startCloudinaryStub, type CloudinaryStub } from '../helpers/cloudinary-stub';
import { fixture } from '../helpers/fixtures';

const NOTIFICATION_URL = 'https://videos.example.com/api/v1/webhooks/cloudinary';

const clip: MediaFile = {
  path: fixture('clip.mp4'),
  kind: 'video',
  mimeType: 'video/mp4',
  extension: 'mp4',
  bytes: 106253,
  durationSeconds: 5,
};
const picture: MediaFile = {
  path: fixture('picture.png'),
  kind: 'image',
  mimeType: 'image/png',
  extension: 'png',
  bytes: 1145,
};

describe('what Cloudinary makes of a video', () => {
  let stub: CloudinaryStub;

  beforeEach(async () => {
    stub = await startCloudinaryStub();
  });
  afterEach(() => stub.stop());

  function createStore(settings: Partial<CloudinaryStoreOptions> = {}): CloudinaryStore {
    return new CloudinaryStore({
      config: stub.account,
      logger: pino({ level: 'silent' }),
      agent: stub.agent,
      timeoutMilliseconds: 300,
      firstDelayMilliseconds: 1,
      ...settings,
    });
  }

  /** Ages what the stub has, as if it had been uploaded earlier. */
  function age(seconds: number): void {
    for (const asset of stub.assets) asset.createdAt = new Date(Date.now() - seconds * 1000);
  }

  describe('store', () => {
    test('when the server has a public address, asks for a stream and a picture, to be told there', async () => {
      await createStore({ notificationUrl: NOTIFICATION_URL }).store(clip);

      expect(stub.requests[0]?.fields).toMatchObject({
        eager: 'sp_full_hd/m3u8|so_1/jpg',
        eager_async: '1',
        eager_notification_url: NOTIFICATION_URL,
        overwrite: '1',
      });
    });

    test('when it has none, asks for them without a notification', async () => {
      await createStore().store(clip);

      expect(stub.requests[0]?.fields).toMatchObject({ eager: 'sp_full_hd/m3u8|so_1/jpg' });
      expect(stub.requests[0]?.fields).not.toHaveProperty('eager_notification_url');
    });

    test('when the video lasts no second, asks for its first picture', async () => {
      const asset = await createStore().store({ ...clip, durationSeconds: 0.8 });

      expect(stub.requests[0]?.fields.eager).toBe('sp_full_hd/m3u8|so_0/jpg');
      expect(asset.thumbnailUrl).toContain('/so_0/');
    });

    test('when it is a picture, asks for nothing', async () => {
      await createStore({ notificationUrl: NOTIFICATION_URL }).store(picture);

      expect(stub.requests[0]?.fields).not.toHaveProperty('eager');
    });
  });

  describe('renditions.make', () => {
    test('when Cloudinary is still at it, asks for patience, and for more the longer it takes', async () => {
      const store = createStore();
      const asset = await store.store(clip);

      await expect(store.renditions.make(asset)).rejects.toMatchObject({
        name: 'NotYetError',
        seconds: 15,
      });
      age(10 * 60);
      await expect(store.renditions.make(asset)).rejects.toMatchObject({ seconds: 301 });
      age(5 * 3600);
      await expect(store.renditions.make(asset)).rejects.toMatchObject({ seconds: 900 });
    });

    test('when Cloudinary is done, answers the address of the playlist', async () => {
      const store = createStore();
      const asset = await store.store(clip);
      await stub.finishRenditions();

      expect(await store.renditions.make(asset)).toEqual({
        hlsUrl: `https://res.cloudinary.com/demo/video/upload/sp_full_hd/v1700000000/${asset.publicId}.m3u8`,
      });
    });

    test('when the asset has very many renditions, looks at all of them', async () => {
      const store = createStore();
      const asset = await store.store(clip);
      const [stored] = stub.assets;
      const others = Array.from({ length: 600 }, (_one, index) => ({
        transformation: `w_${index}/jpg`,
        format: 'jpg',
        url: `https://res.cloudinary.com/demo/${index}.jpg`,
        state: 'ready' as const,
      }));
      stored?.renditions.unshift(...others);
      await stub.finishRenditions();

      expect((await store.renditions.make(asset)).hlsUrl).toMatch(/\.m3u8$/);
    });

    test('when nothing has come within a day, rejects for good', async () => {
      const store = createStore();
      const asset = await store.store(clip);
      age(25 * 3600);

      await expect(store.renditions.make(asset)).rejects.toMatchObject({ retryable: false });
    });

    test('when the asset is gone, rejects for good after one request', async () => {
      const gone = { url: '', publicId: 'videotube/gone', bytes: 1, format: 'mp4' };

      await expect(
        createStore().renditions.make({ ...gone, resourceType: 'video' }),
      ).rejects.toMatchObject({ statusCode: 502, retryable: false });
      expect(stub.requests).toHaveLength(1);
    });

    test.each([
      ['stays silent', { stall: true as const }],
      ['cuts its answer off', { cutAnswer: true as const }],
      ['answers what is not JSON', { status: 200, body: '<html>' }],
      ['answers 502', { status: 502 }],
    ])('when Cloudinary %s once, asks again', async (_name, fault) => {
      const store = createStore();
      const asset = await store.store(clip);
      await stub.finishRenditions();
      stub.failNext(fault);

      expect((await store.renditions.make(asset)).hlsUrl).toMatch(/\.m3u8$/);
    });
  });

  describe('remove', () => {
    test('when a video has renditions, they go with it', async () => {
      const store = createStore();
      const asset = await store.store(clip);
      await stub.finishRenditions();

      await store.remove(asset);

      await expect(store.renditions.make(asset)).rejects.toMatchObject({ retryable: false });
    });
  });

  describe('has', () => {
    test('when Cloudinary has the file, answers true; when it has not, false', async () => {
      const store = createStore();
      const asset = await store.store(picture);

      expect(await store.has(asset)).toBe(true);
      expect(await store.has({ ...asset, publicId: 'videotube/absent' })).toBe(false);
    });

    test('when the address that we ask is wrong, rejects instead of taking the file for lost', async () => {
      const store = createStore();
      const asset = await store.store(picture);
      stub.failNext({ status: 404, body: '<html>' });

      await expect(store.has(asset)).rejects.toMatchObject({ statusCode: 502, retryable: true });
    });
  });

  describe('list', () => {
    test('when there are many files of every type, yields each of ours once', async () => {
      const store = createStore();
      const [video, image] = [await store.store(clip), await store.store(picture)];
      const [template] = stub.assets;
      if (!template) throw new Error('the stub has nothing');
      const copies = Array.from({ length: 1200 }, (_one, index) => ({
        ...template,
        resourceType: 'raw',
        publicId: `videotube/document-${index}.pdf`,
      }));
      stub.assets.push(...copies, { ...template, publicId: 'elsewhere/video' });

      const listed: ListedAsset[] = [];
      for await (const asset of store.list()) listed.push(asset);

      expect(listed.slice(0, 2)).toEqual([
        {
          publicId: image.publicId,
          resourceType: 'image',
          bytes: 1145,
          createdAt: stub.assets[1]?.createdAt,
        },
        {
          publicId: video.publicId,
          resourceType: 'video',
          bytes: 106253,
          createdAt: stub.assets[0]?.createdAt,
        },
      ]);
      expect(listed).toHaveLength(1202);
      expect(new Set(listed.map(({ publicId }) => publicId)).size).toBe(1202);
      expect(stub.requests.filter(({ action }) => action === 'resources')).toHaveLength(5);
    });

    test('when Cloudinary fails in the middle, goes on from there', async () => {
      const store = createStore();
      await store.store(picture);
      stub.failNext('none', { status: 500 });

      const listed: string[] = [];
      for await (const { publicId } of store.list()) listed.push(publicId);

      expect(listed).toEqual(stub.assets.map(({ publicId }) => publicId));
    });
  });
});
