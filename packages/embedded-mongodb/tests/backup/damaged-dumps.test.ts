import { appendFile, cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serialize } from 'bson';
import { startTestInstance, type TestInstance } from '../support/instance';
import { dumpFrom, makeFolder, restoreTo, type Folder } from './support';

let source: TestInstance;
let folder: Folder;
let whole: string;

beforeAll(async () => {
  [source, folder] = await Promise.all([startTestInstance(), makeFolder()]);
  await source.database.collection('apes').insertMany([{ n: 1 }, { n: 2 }]);
  await source.database.collection('zebras').insertMany([{ n: 3 }, { n: 4 }]);
  whole = join(folder.path, 'whole');
  await dumpFrom(source.instance.uri, whole);
});

afterAll(async () => {
  await Promise.all([source.close(), folder.remove()]);
});

type Damage = (dump: string) => Promise<void>;

const DOCUMENT_BYTES = 4 + (1 + 4 + 12) + (1 + 2 + 4) + 1;

test.each<[string, Damage, RegExp]>([
  [
    'it is cut inside a document',
    (dump) => truncate(join(dump, 'test/zebras.bson'), DOCUMENT_BYTES + 10),
    /zebras\.bson is damaged or cut off: no whole document at byte 29/,
  ],
  [
    'it is cut between two documents',
    (dump) => truncate(join(dump, 'test/zebras.bson'), DOCUMENT_BYTES),
    /zebras\.bson is not what was dumped/,
  ],
  [
    'something was appended',
    (dump) => appendFile(join(dump, 'test/zebras.bson'), serialize({ _id: 1 })),
    /zebras\.bson is not what was dumped/,
  ],
  [
    'a file is missing',
    (dump) => rm(join(dump, 'test/zebras.bson')),
    /the dump has lost the data of test\.zebras/,
  ],
  [
    'a length is impossible',
    (dump) => writeFile(join(dump, 'test/zebras.bson'), Buffer.alloc(64, 0xff)),
    /zebras\.bson is damaged or cut off: no whole document at byte 0/,
  ],
  [
    'its metadata is no JSON',
    (dump) => writeFile(join(dump, 'test/zebras.metadata.json'), '{"indexes":[}'),
    /zebras\.metadata\.json: malformed JSON near character 13/,
  ],
  [
    'its metadata has another shape',
    (dump) => writeFile(join(dump, 'test/zebras.metadata.json'), '{"indexes":[1]}'),
    /zebras\.metadata\.json: the field 'indexes' is not what mongodump writes/,
  ],
  [
    'it was not finished',
    (dump) => writeFile(join(dump, 'INCOMPLETE'), ''),
    /is a dump that was not finished/,
  ],
  [
    'it is compressed',
    (dump) => writeFile(join(dump, 'test/more.bson.gz'), ''),
    /more\.bson\.gz is compressed: unpack the dump first/,
  ],
  [
    'it needs the oplog',
    (dump) => writeFile(join(dump, 'oplog.bson'), ''),
    /was dumped with --oplog/,
  ],
])('restore, when %s, is refused and changes nothing', async (name, damage, message) => {
  const damaged = join(folder.path, name.replaceAll(' ', '-'));
  await cp(whole, damaged, { recursive: true });
  await damage(damaged);
  const before = await source.database.collection('apes').find().toArray();
  await expect(restoreTo(source.instance.uri, damaged, { drop: true })).rejects.toThrow(message);
  expect(await source.database.collection('apes').find().toArray()).toEqual(before);
  expect(await source.database.collection('zebras').countDocuments()).toBe(2);
});

test.each([
  ['a folder that is not there', 'nothing', /is no folder/],
  ['a folder without a dump', 'hollow', /holds no dump: expected a folder for each database/],
])('restore, when given %s, says so', async (_, name, message) => {
  await mkdir(join(folder.path, 'hollow'), { recursive: true });
  await expect(restoreTo(source.instance.uri, join(folder.path, name))).rejects.toThrow(message);
});

test('dump, when its folder has content, is refused and the content stays', async () => {
  const before = await readFile(join(whole, 'test/apes.bson'));
  await expect(dumpFrom(source.instance.uri, whole)).rejects.toThrow(/exists already/);
  expect(await readFile(join(whole, 'test/apes.bson'))).toEqual(before);
});

test('dump, when its folder is there and empty, fills it', async () => {
  const out = join(folder.path, 'prepared');
  await mkdir(out);
  expect(await dumpFrom(source.instance.uri, out)).toMatchObject({ collections: 2, documents: 4 });
});
