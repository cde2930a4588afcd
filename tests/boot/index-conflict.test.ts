import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB } from 'embedded-mongodb';
import { mongo } from 'mongoose';
import { startTestServer } from '../helpers/server';

let dataDir: string;
let engine: Awaited<ReturnType<typeof startEmbeddedMongoDB>>;
let client: mongo.MongoClient;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-conflict-'));
  engine = await startEmbeddedMongoDB({ dataDir });
  client = await new mongo.MongoClient(engine.uri).connect();
});
afterEach(async () => {
  await client.close();
  await engine.stop();
  await rm(dataDir, { recursive: true });
});

test('boot, when the data contradict a unique index, names the collection and leaves the data alone', async () => {
  const users = client.db('videotube').collection('users');
  await users.insertMany([{ username: 'ada' }, { username: 'ada' }]);

  await expect(startTestServer({ env: { MONGODB_URI: engine.uri } })).rejects.toMatchObject({
    name: 'BootError',
    message: expect.stringMatching(/^Cannot prepare the collection users: .*duplicate key/),
  });

  expect(await users.countDocuments()).toBe(2);
});
