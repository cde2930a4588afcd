import path from 'node:path';
import mongoose, { type mongo } from 'mongoose';
import { SeedRefusedError } from '../../src/services/seed/begin-seed';
import { rowId } from '../../src/services/seed/seed-ids';
import { SEED_SIZES, type SeedPlan } from '../../src/services/seed/seed-plan';
import {
  SEED_PASSWORD,
  seedPlatform,
  type SeedOptions,
  type SeedProgress,
} from '../../src/services/seed/seed.service';
import { LocalStore } from '../../src/services/media/local-store';
import { reconcileMedia } from '../../src/services/reconcile/reconcile-media.service';
import { reconcileCounters } from '../../src/services/reconcile/reconcile.service';
import { startTestServer, type TestServer } from '../helpers/server';

/** The first three written-out channels and videos, and a few people. */
const TINY: SeedPlan = {
  people: 12,
  channels: 3,
  videos: 6,
  tweets: 5,
  comments: 20,
  replies: 10,
  videoLikes: 30,
  commentLikes: 12,
  tweetLikes: 8,
  subscriptions: 15,
  watched: 20,
  playlists: 6,
  days: 5,
  storesFiles: true,
};
const NOW = new Date('2026-03-04T12:00:00Z');
const COLLECTIONS = [
  'users',
  'videos',
  'tweets',
  'comments',
  'likes',
  'subscriptions',
  'watchhistories',
  'playlists',
  'dayviews',
];

let server: TestServer;
let store: LocalStore;
beforeAll(async () => {
  server = await startTestServer();
  store = new LocalStore(path.join(server.dataDir, 'media'));
});
afterAll(() => server.stop());

const options = (changes: Partial<SeedOptions> = {}): SeedOptions => ({
  plan: TINY,
  seed: 1,
  force: false,
  config: server.config,
  mediaStore: store,
  now: NOW,
  ...changes,
});

/** Everything that was seeded, row by row, without what is drawn anew each time. */
async function everything(): Promise<string[]> {
  const rows: string[] = [];
  for (const name of COLLECTIONS) {
    const found = await mongoose.connection.collection(name).find().sort({ _id: 1 }).toArray();
    rows.push(...found.map(({ password: _hash, ...row }) => JSON.stringify(row)));
  }
  return rows.map((row) => row.replace(/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{32}/g, 'NAME'));
}

async function forget(): Promise<void> {
  for (const name of [...COLLECTIONS, 'videotallies', 'channeltallies', 'seeds']) {
    await mongoose.connection.collection(name).deleteMany({});
  }
  for await (const asset of store.list()) await store.remove(asset);
}

/** Seeding that ends where a process could be killed. */
async function seedUntil(isEnough: (progress: SeedProgress) => boolean): Promise<void> {
  const killed = new Error('killed');
  const seeding = seedPlatform(options(), (progress) => {
    if (isEnough(progress)) throw killed;
  });
  await expect(seeding).rejects.toBe(killed);
}

describe('npm run seed', () => {
  let first: string[];

  test('seeding an empty database, when it is done, leaves counters and files in order', async () => {
    const seen: SeedProgress[] = [];

    const summary = await seedPlatform(options(), (progress) => seen.push(progress));

    expect(summary).toMatchObject({
      resumed: false,
      canSignIn: true,
      rows: { people: 12, videos: 6, 'likes of videos': 30 },
    });
    expect(seen.at(-1)).toMatchObject({ done: seen[0]?.total, total: seen[0]?.total });
    first = await everything();
    const drifts: unknown[] = [];
    await reconcileCounters({ fix: false }, (drift) => drifts.push(drift));
    expect(drifts).toEqual([]);
    const { config } = server;
    const media = { config, mediaStore: store, olderThan: new Date(Date.now() + 60_000) };
    const report = await reconcileMedia({ ...media, fix: false, allowMost: false }, (finding) =>
      drifts.push(finding),
    );
    // Avatars, covers, clips and stills of what is written out.
    expect({ ...report, drifts }).toEqual({
      stored: 18,
      references: 18,
      leftOver: 0,
      missing: 0,
      drifts: [],
    });
  });

  test('rows, when read through their models, are what these would have written', async () => {
    const faults: unknown[] = [];
    // A field that is not there is absent, but for the parent of what is on the video itself.
    expect(first.filter((row) => /:null/.test(row.replace('"parent":null', '')))).toEqual([]);
    for (const name of mongoose.modelNames()) {
      const model = mongoose.model(name);
      if (!COLLECTIONS.includes(model.collection.collectionName)) continue;
      for (const row of await model.find().select('+password')) {
        const stored = JSON.stringify(row.toObject());
        await row.validate().catch((error: unknown) => faults.push(error));
        expect(JSON.stringify(row.toObject())).toBe(stored);
      }
    }
    expect(faults).toEqual([]);
  });

  test('a seeded account, when it signs in, finds a video that plays in pieces, and its channel', async () => {
    const api = server.api();
    const login = { username: 'northern.trails', password: SEED_PASSWORD };
    await api.post('/api/v1/users/login').send(login).expect(200);

    const video = await api.get(`/api/v1/videos/${rowId(1, 'video', 0).toString()}`).expect(200);
    const stats = await api.get('/api/v1/dashboard/stats').expect(200);

    expect(video.body.data).toMatchObject({
      title: 'Four passes in three days, alone 🏔️',
      owner: { username: 'northern.trails' },
      duration: 12,
    });
    expect(stats.body.data.totalViews).toBeGreaterThan(0);
    const headers = { Range: 'bytes=0-99' };
    const piece = await fetch(video.body.data.videoFile, { headers });
    expect(piece.status).toBe(206);
    expect(
      Buffer.from(await piece.arrayBuffer())
        .subarray(4, 8)
        .toString(),
    ).toBe('ftyp');
  });

  test('seeding once more, when there are data, is refused, also with force for the same number', async () => {
    const before = await everything();

    await expect(seedPlatform(options({ seed: 2 }))).rejects.toThrow(
      'the database is not empty (12 accounts, 6 videos); --force adds to them',
    );
    await expect(seedPlatform(options({ force: true }))).rejects.toThrow(
      'seed 1 is there already; take another number',
    );
    expect(await everything()).toEqual(before);
  });

  test('seeding in production, without force, is refused, and with force lets nobody in', async () => {
    const config = { ...server.config, isProduction: true };
    const production = options({ seed: 3, config });

    await expect(seedPlatform(production)).rejects.toThrow(SeedRefusedError);
    const summary = await seedPlatform({ ...production, force: true });

    expect(summary.canSignIn).toBe(false);
    const login = { username: 'northern.trails-s3', password: SEED_PASSWORD };
    await server.api().post('/api/v1/users/login').send(login).expect(401);
  });

  test('seeding, when cut short among files and rows and run again, ends as one that was not', async () => {
    await forget();
    await seedUntil(({ name, done }) => name === 'files' && done === 7);
    await seedUntil(({ name }) => name === 'comments');
    // The batch was written, and nobody wrote down that it was.
    const seeds: mongo.Collection = mongoose.connection.collection('seeds');
    await seeds.updateOne({}, { $set: { 'written.comment': 0 } });
    await mongoose.connection.collection('comments').deleteOne({ _id: rowId(1, 'comment', 3) });

    await expect(seedPlatform(options({ plan: { ...TINY, days: 6 } }))).rejects.toThrow(
      'seed 1 was begun in another size and not finished; finish that one first',
    );
    const summary = await seedPlatform(options({ now: new Date() }));

    expect(summary.resumed).toBe(true);
    expect(await everything()).toEqual(first);
    const files: string[] = [];
    for await (const { publicId } of store.list()) files.push(publicId);
    expect(files).toHaveLength(18);
  });

  test('sizes, whatever they are, have their numbers of rows', () => {
    const relations = Object.values(SEED_SIZES).map(
      ({ comments, replies, videoLikes, commentLikes, tweetLikes, subscriptions, watched }) =>
        comments + replies + videoLikes + commentLikes + tweetLikes + subscriptions + watched,
    );

    expect(relations).toEqual([3720, 50_000, 1_100_000]);
  });
});
