import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serialize } from 'bson';
import { startTestInstance, type TestInstance } from '../support/instance';
import { dumpFrom, makeFolder, restoreTo, type Folder } from './support';

let server: TestInstance;
let folder: Folder;

beforeEach(async () => {
  [server, folder] = await Promise.all([startTestInstance(), makeFolder()]);
});

afterEach(async () => {
  await Promise.all([server.close(), folder.remove()]);
});

/** A folder as mongodump leaves it, without anything of this package's own. */
async function writeMongodumpFolder(files: Record<string, string | Uint8Array>): Promise<string> {
  const from = join(folder.path, 'mongodump');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(from, path, '..'), { recursive: true });
    await writeFile(join(from, path), content);
  }
  return from;
}

const ID_INDEX = '{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}';

test('restore, when a dump is of mongodump, brings options, documents and indexes', async () => {
  const from = await writeMongodumpFolder({
    'prelude.json': '{"ServerVersion":"7.0.14","ToolVersion":"100.9.4"}',
    'admin/system.version.bson': serialize({ _id: 'featureCompatibilityVersion' }),
    'admin/system.version.metadata.json': `{"indexes":[${ID_INDEX}],"collectionName":"system.version","type":"collection"}`,
    'app/users.bson': Buffer.concat([
      serialize({ _id: 1, name: 'a' }),
      serialize({ _id: 2, name: 'b' }),
    ]),
    'app/users.metadata.json': `{"options":{},"indexes":[${ID_INDEX},
      {"v":{"$numberInt":"2"},"unique":true,"key":{"name":{"$numberDouble":"1.0"}},"name":"name_1","background":true},
      {"v":{"$numberInt":"2"},"key":{"at":{"$numberInt":"-1"}},"name":"at","expireAfterSeconds":{"$numberLong":"60"}},
      {"v":{"$numberInt":"2"},"key":{"n":{"$numberInt":"1"}},"name":"n","partialFilterExpression":{"n":{"$gte":{"$date":{"$numberLong":"0"}}}}}
      ],"uuid":"d7ab3ab7d9f24ab2a3f3a6b3c3b4d5e6","collectionName":"users","type":"collection"}`,
    'app/old%2Fstyle.bson': serialize({ _id: 1 }),
    'app/old%2Fstyle.metadata.json':
      '{"options":{},"indexes":[{"v":2,"key":{"_id":1},"name":"_id_","ns":"app.old/style"},{"v":2,"key":{"a":1},"name":"a_1","ns":"app.old/style"}]}',
    'app/bare.bson': serialize({ _id: 7 }),
  });
  const lines: string[] = [];
  const restored = await restoreTo(server.instance.uri, from, {
    report: (line) => lines.push(line),
  });
  expect(restored).toMatchObject({ collections: 3, documents: 4 });
  expect(lines).toContain(
    'admin.system.version: skipped, it belongs to the server that was dumped',
  );
  const app = server.client.db('app');
  expect(await app.collection('users').find().toArray()).toEqual([
    { _id: 1, name: 'a' },
    { _id: 2, name: 'b' },
  ]);
  expect(await app.collection('users').indexes()).toEqual([
    { v: 2, key: { _id: 1 }, name: '_id_' },
    { v: 2, key: { name: 1 }, name: 'name_1', unique: true, background: true },
    { v: 2, key: { at: -1 }, name: 'at', expireAfterSeconds: 60 },
    { v: 2, key: { n: 1 }, name: 'n', partialFilterExpression: { n: { $gte: new Date(0) } } },
  ]);
  expect((await app.collection('old/style').indexes()).map(({ name }) => name)).toEqual([
    '_id_',
    'a_1',
  ]);
  expect(await app.collection('bare').distinct('_id')).toEqual([7]);
});

test('restore, when a collection has documents, is refused and changes nothing', async () => {
  await server.database.collection('apes').insertOne({ n: 1 });
  await server.database.collection('zebras').insertOne({ n: 1 });
  const out = join(folder.path, 'out');
  await dumpFrom(server.instance.uri, out);
  await server.database.collection('apes').drop();
  await server.database.collection('zebras').updateOne({}, { $set: { n: 2 } });
  await expect(restoreTo(server.instance.uri, out)).rejects.toThrow(
    'not empty: test.zebras; nothing was changed (--drop replaces these collections)',
  );
  expect(await server.database.collection('apes').countDocuments()).toBe(0);
  expect(await server.database.collection('zebras').distinct('n')).toEqual([2]);
});

test('restore --drop, when collections have documents, replaces them and leaves the others', async () => {
  const apes = server.database.collection('apes');
  await apes.insertOne({ n: 1 });
  await apes.createIndex({ n: 1 });
  const out = join(folder.path, 'out');
  await dumpFrom(server.instance.uri, out);
  await apes.insertOne({ n: 2 });
  await apes.createIndex({ m: 1 });
  await server.database.collection('others').insertOne({ n: 3 });
  expect(await restoreTo(server.instance.uri, out, { drop: true })).toMatchObject({
    collections: 1,
    documents: 1,
  });
  expect(await apes.distinct('n')).toEqual([1]);
  expect((await apes.indexes()).map(({ name }) => name)).toEqual(['_id_', 'n_1']);
  expect(await server.database.collection('others').distinct('n')).toEqual([3]);
});

test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
  [
    'two documents have one _id',
    { 'app/x.bson': Buffer.concat([serialize({ _id: 1 }), serialize({ _id: 1 })]) },
    /^app\.x is not restored: E11000 duplicate key error/,
  ],
  [
    'an index cannot be built',
    {
      'app/x.bson': Buffer.concat([serialize({ _id: 1, a: 1 }), serialize({ _id: 2, a: 1 })]),
      'app/x.metadata.json': '{"indexes":[{"v":2,"key":{"a":1},"name":"a_1","unique":true}]}',
    },
    /^app\.x is not restored: .*E11000 duplicate key error.*\(DuplicateKey\)$/,
  ],
  [
    'an option is not supported',
    { 'app/x.metadata.json': '{"options":{"encryptedFields":{"fields":[]}},"indexes":[]}' },
    /^app\.x is not restored: .*encryptedFields.*\(NotImplemented\)$/,
  ],
  [
    'it holds a view of what it is itself',
    {
      'app/x.metadata.json':
        '{"options":{"viewOn":"x","pipeline":[]},"indexes":[],"collectionName":"x","type":"view"}',
    },
    /^app\.x is not restored: View cycle detected.*\(GraphContainsCycle\)$/,
  ],
])('restore, when %s, fails naming the collection', async (_, files, message) => {
  const from = await writeMongodumpFolder(files);
  await expect(restoreTo(server.instance.uri, from)).rejects.toThrow(message);
});
