import { Types } from 'mongoose';
import pino from 'pino';
import { Removal } from '../../src/models/removal.model';
import { commitAssets } from '../../src/services/media/commit-assets';
import type { MediaFile } from '../../src/services/media/media-store';
import { createRemovals, type Removals } from '../../src/services/removal/removal.service';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { createMoodyStore, type MoodyStore } from '../helpers/moody-store';
import { startTestServer, type TestServer } from '../helpers/server';

const picture: MediaFile = {
  path: fixture('picture.png'),
  kind: 'image',
  mimeType: 'image/png',
  extension: 'png',
  bytes: 1145,
  width: 64,
  height: 48,
};

let media: MoodyStore;
let server: TestServer;
let removals: Removals;
beforeAll(async () => {
  media = await createMoodyStore();
  server = await startTestServer({ mediaStore: media.store });
  removals = createRemovals({ mediaStore: media.store, logger: pino({ level: 'silent' }) });
});
afterEach(async () => {
  expect(await Removal.countDocuments()).toBe(0);
});
afterAll(async () => {
  await removals.stop();
  await server.stop();
  await media.stop();
});

const target = new Types.ObjectId();
const commitWith = <Result>(commit: () => Promise<Result>) =>
  commitAssets({ mediaStore: media.store, removals }, target, { picture }, commit);

test('commitAssets, while it stores, has noted what a crash would leave; afterwards nothing', async () => {
  const noted: string[][] = [];

  const [before, { publicId }] = await commitAssets(
    {
      mediaStore: {
        ...media.store,
        store: async (file, options) => {
          const intents = await Removal.find().lean();
          noted.push(intents.flatMap(({ assets }) => assets.map((asset) => asset.publicId)));
          return media.store.store(file, options);
        },
      },
      removals,
    },
    target,
    { picture, absent: undefined },
    async (assets) => [Object.keys(assets), assets.picture] as const,
  );

  expect(before).toEqual(['picture']);
  expect(noted).toEqual([[publicId]]);
  expect(await media.held()).toEqual([publicId]);
  await media.store.remove({ publicId, resourceType: 'image' });
});

test('commitAssets, when the reference cannot be committed, removes what was stored', async () => {
  const commit = () => Promise.reject(new Error('no such account'));

  await expect(commitWith(commit)).rejects.toThrow('no such account');

  expect(await media.held()).toEqual([]);
});

test('commitAssets, when somebody has given it up for dead, commits nothing', async () => {
  let committed = 0;
  const slow = {
    ...media.store,
    store: async (...file: Parameters<typeof media.store.store>) => {
      const asset = await media.store.store(...file);
      // As the sweep of another instance does once the lease has run out.
      await Removal.updateMany({}, { $inc: { attempts: 1 } });
      return asset;
    },
  };

  const commit = commitAssets({ mediaStore: slow, removals }, target, { picture }, async () => {
    committed += 1;
  });

  await expect(commit).rejects.toMatchObject({ statusCode: 503 });
  expect(committed).toBe(0);
  expect(await media.held()).toEqual([]);
  // That other instance is done with it as well.
  expect(await Removal.deleteMany({ attempts: 1 })).toMatchObject({ deletedCount: 1 });
});

test('commitAssets, when it was cleared away before the bytes came, leaves none behind', async () => {
  const slow = {
    ...media.store,
    store: async (...file: Parameters<typeof media.store.store>) => {
      // Another instance has found nothing to remove, and is done.
      await Removal.deleteMany({});
      return media.store.store(...file);
    },
  };

  const commit = commitAssets({ mediaStore: slow, removals }, target, { picture }, async () => {});

  await expect(commit).rejects.toMatchObject({ statusCode: 503 });
  expect(await media.held()).toEqual([]);
});

test('commitAssets, when one of two files is refused after that, leaves none behind', async () => {
  let asked = 0;
  const slow = {
    ...media.store,
    store: async (...file: Parameters<typeof media.store.store>) => {
      await Removal.deleteMany({});
      asked += 1;
      if (asked === 2) throw new Error('refused');
      return media.store.store(...file);
    },
  };
  const files = { avatar: picture, coverImage: picture };

  const commit = commitAssets({ mediaStore: slow, removals }, target, files, async () => {});

  await expect(commit).rejects.toThrow('refused');
  expect(await media.held()).toEqual([]);
});

test('what a crash leaves between storing and committing is removed by the next sweep', async () => {
  const planned = media.store.plan(picture);
  await removals.schedule({ kind: 'asset', target, assets: [planned] }, undefined);
  await media.store.store(picture, { publicId: planned.publicId });
  await Removal.updateMany({}, { $set: { leasedUntil: new Date(0) } });

  removals.start();

  await eventually(async () => expect(await media.held()).toEqual([]));
  await eventually(async () => expect(await Removal.countDocuments()).toBe(0));
});
