import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB, type EmbeddedMongoDB } from 'embedded-mongodb';
import { MongoClient, ObjectId, type Db } from 'mongodb';
import mongoose from 'mongoose';
import request from 'supertest';
import { ALL_MODELS } from '../../src/models/all-models';
import { migrate } from '../../src/services/migrations/migrate.service';
import { eventually } from '../helpers/eventually';
import { runScript } from '../helpers/run-script';
import { serverRuns } from '../helpers/server-runs';

const start = serverRuns({ AUTO_MIGRATE: 'off' });
const OWNER = new ObjectId();
const VIDEO = new ObjectId();
const ALL = ['0001-collections-and-indexes', '0002-stored-counters', '0003-channel-totals'];

let root: string;
let engine: EmbeddedMongoDB;
let client: MongoClient;
let db: Db;
let environment: Record<string, string>;
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-migrate-'));
  engine = await startEmbeddedMongoDB({ dataDir: path.join(root, 'db') });
  client = await MongoClient.connect(engine.uri);
  db = client.db('videotube');
  await mongoose.connect(engine.uri, { dbName: 'videotube', autoIndex: false, autoCreate: false });
  environment = { NODE_ENV: 'test', MONGODB_URI: engine.uri, DATA_DIR: path.join(root, 'data') };
  // As a version would have left it that knew neither stored bytes, nor totals, nor an index.
  await db.collection('users').insertOne({ _id: OWNER, username: 'ada', avatar: { bytes: 5 } });
  await db.collection('videos').insertMany([
    {
      _id: VIDEO,
      owner: OWNER,
      isPublished: true,
      videoFile: { bytes: 100 },
      thumbnail: { bytes: 10 },
      views: 8,
    },
    { owner: OWNER, isPublished: false, videoFile: { bytes: 1000 }, thumbnail: { bytes: 10 } },
  ]);
});
afterAll(async () => {
  await mongoose.disconnect();
  await client.close();
  await engine.stop();
  await rm(root, { recursive: true, force: true });
});

const migrations = () =>
  db.collection<{ _id: string; until?: Date; holder?: string }>('migrations');
const TALLY = { _id: OWNER.toHexString() + VIDEO.toHexString().slice(-1), views: 8 };
const tallies = () => db.collection<typeof TALLY & { likesCount?: number }>('channeltallies');
const recorded = async () =>
  (await migrations().find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

test('npm run migrate, on the data of an older version beside its server, brings them up to date once', async () => {
  const server = start({ MONGODB_URI: engine.uri });
  const ready = () => server.ready().then((url) => request(url).get('/readyz'));
  expect((await ready()).status).toBe(503);
  expect(server.output().stdout).toContain(`Migrations are pending (${ALL.join(', ')})`);
  const listed = await runScript('migrate', environment);
  expect(listed).toMatchObject({ code: 1, stderr: '' });
  expect(listed.stdout).toContain('0002-stored-counters  pending');
  expect(listed.stdout).toContain('missing: users (index on username; ');

  // Two at once, after a third that has died in the middle.
  await migrations().insertOne({ _id: 'lease', holder: 'gone', until: new Date(0) });
  const both = await Promise.all([migrate(), migrate()]);

  expect(both.sort()).toEqual([[], ALL]);
  expect(await recorded()).toEqual(ALL);
  expect(await db.collection('users').findOne({ _id: OWNER })).toMatchObject({
    storedBytes: 5 + 110 + 1010,
    videosCount: 1,
    allVideosCount: 2,
  });
  expect(await tallies().find().toArray()).toEqual([TALLY]);
  expect(await db.collection('users').indexExists('username_1')).toBe(true);
  await eventually(async () => expect((await ready()).status).toBe(200));

  // Cut short before it was recorded, and with work undone: a second run is as good as the first.
  await migrations().deleteOne({ _id: '0002-stored-counters' });
  await db.collection('users').updateOne({ _id: OWNER }, { $unset: { storedBytes: 1 } });
  await db.collection('users').dropIndex('username_1');
  expect(await migrate()).toEqual(ALL.slice(0, 2));
  expect(await recorded()).toEqual(ALL);
  expect((await db.collection('users').findOne({ _id: OWNER }))?.storedBytes).toBe(1125);
  expect(await db.collection('users').indexExists('username_1')).toBe(true);
});

test('npm run migrate, after a version that counted everything but totals, sums up what there is', async () => {
  await migrate();
  await migrations().deleteOne({ _id: '0003-channel-totals' });
  // What has been counted since the first server of this version began to.
  await tallies().updateOne({ _id: TALLY._id }, { $set: { views: 0, likesCount: 1 } });
  await db.collection('videos').updateOne({ _id: VIDEO }, { $set: { likesCount: 4 } });

  expect(await migrate()).toEqual(['0003-channel-totals']);

  expect(await tallies().find().toArray()).toEqual([{ ...TALLY, likesCount: 4 }]);
  expect(await migrate()).toEqual([]);
});

test('ALL_MODELS, whatever is added, has every model', () => {
  const files = readdirSync(path.join(__dirname, '..', '..', 'src', 'models'));

  expect(ALL_MODELS).toHaveLength(files.filter((name) => name.endsWith('.model.ts')).length);
});
