import { startEmbeddedMongoDB, type EmbeddedMongoDB } from 'embedded-mongodb';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';

let folder: string;
const running: EmbeddedMongoDB[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emdb-worker-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((database) => database.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(dataDir: string, port?: number): Promise<EmbeddedMongoDB> {
  const database = await startEmbeddedMongoDB({
    dataDir,
    ...(port !== undefined && { listen: { port } }),
  });
  running.push(database);
  return database;
}

test('startEmbeddedMongoDB, when stopped and started again, has kept what was written', async () => {
  const first = await start(folder);
  const before = await new MongoClient(first.uri).connect();
  await before.db('test').collection<{ _id: number }>('items').insertOne({ _id: 1 });
  await before.close();
  await first.stop();

  const second = await start(folder);
  const after = await new MongoClient(second.uri).connect();
  expect(await after.db('test').collection('items').findOne()).toEqual({ _id: 1 });
  await after.close();
});

test('startEmbeddedMongoDB, when the folder name is very long, still listens on a socket', async () => {
  const database = await start(join(folder, 'x'.repeat(120)));
  expect(database.uri).toMatch(/mongodb\.sock\/\?directConnection=true$/);
  const client = await new MongoClient(database.uri).connect();
  expect(await client.db('test').command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
});

test('startEmbeddedMongoDB, when the folder has capitals and spaces, can be dialled', async () => {
  const database = await start(join(folder, 'My Data'));
  const client = await new MongoClient(database.uri).connect();
  expect(await client.db('test').command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
});

test('startEmbeddedMongoDB, when a port is asked for, listens on loopback', async () => {
  const database = await start(folder, 0);
  expect(database.uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\//);
  const client = await new MongoClient(database.uri).connect();
  expect(await client.db('admin').command({ hello: 1 })).toMatchObject({ isWritablePrimary: true });
  await client.close();
});

test('startEmbeddedMongoDB, when the data is in use, rejects and leaves the first alone', async () => {
  const first = await start(folder);
  await expect(startEmbeddedMongoDB({ dataDir: folder })).rejects.toThrow(
    /in use|locked|another process/i,
  );
  const client = await new MongoClient(first.uri).connect();
  expect(await client.db('test').command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
});

test('startEmbeddedMongoDB, when the data directory is a file, rejects with its name', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'not a folder');
  await expect(startEmbeddedMongoDB({ dataDir: file })).rejects.toThrow(/file/);
});

test('stop, when called twice, resolves both times', async () => {
  const database = await startEmbeddedMongoDB({ dataDir: folder });
  await Promise.all([database.stop(), database.stop()]);
  await expect(database.stop()).resolves.toBeUndefined();
});

test('stop, when clients are connected, ends their connections', async () => {
  const database = await startEmbeddedMongoDB({ dataDir: folder });
  const client = await new MongoClient(database.uri).connect();
  await client.db('test').command({ ping: 1 });
  await database.stop();
  const call = client.db('test').command({ ping: 1 }, { timeoutMS: 300 });
  await expect(call).rejects.toThrow();
  await client.close();
});
