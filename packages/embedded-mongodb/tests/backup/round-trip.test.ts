import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';
import { dumpFrom, makeFolder, restoreTo, storedBytes, type Folder } from './support';

let source: TestInstance;
let target: TestInstance;
let folder: Folder;

beforeEach(async () => {
  [source, target, folder] = await Promise.all([
    startTestInstance(),
    startTestInstance(),
    makeFolder(),
  ]);
});

afterEach(async () => {
  await Promise.all([source.close(), target.close(), folder.remove()]);
});

test('dump and restore, when every BSON type is stored, keep each byte and the order', async () => {
  const values = [
    new Double(1),
    new Double(-0),
    new Double(NaN),
    'text with \u0000 and \u{1F600}',
    { 2: 'b', 1: 'a', __proto__: null },
    [1, [2, { deep: true }]],
    new Binary(Buffer.from([0, 255]), 0x80),
    new UUID('0123456789abcdef0123456789abcdef'),
    new ObjectId('0123456789abcdef01234567'),
    true,
    new Date(-1),
    null,
    new BSONRegExp('^a', 'im'),
    new Code('return x'),
    new Code('return x', { x: 1 }),
    new BSONSymbol('symbol'),
    new Int32(-7),
    new Timestamp({ t: 5, i: 6 }),
    Long.fromString('9223372036854775807'),
    Decimal128.fromString('1.50E+3'),
    new MinKey(),
    new MaxKey(),
  ];
  const types = source.database.collection<{ _id: Int32; value: unknown }>('types');
  await types.insertMany(values.map((value, index) => ({ _id: new Int32(100 - index), value })));
  const expected = await storedBytes(source.database, 'types');

  const dumped = await dumpFrom(source.instance.uri, join(folder.path, 'out'));
  expect(dumped).toMatchObject({ collections: 1, documents: 22 });
  const file = await readFile(join(folder.path, 'out/test/types.bson'));
  expect(file.toString('hex')).toBe(expected.join(''));

  expect(await restoreTo(target.instance.uri, join(folder.path, 'out'))).toEqual(dumped);
  expect(await storedBytes(target.database, 'types')).toEqual(expected);
});

test('dump and restore, when there are indexes of every kind, build them again as they were', async () => {
  const items = source.database.collection('items');
  await items.insertOne({ a: 1, b: 2, word: 'running', expires: new Date(0) });
  await items.createIndexes([
    { key: { a: 1 }, unique: true, name: 'only' },
    { key: { b: -1 }, partialFilterExpression: { b: { $gt: new Double(1) } } },
    { key: { expires: 1 }, expireAfterSeconds: 3600 * 24 * 365 * 60 },
    { key: { word: 'text', title: 'text' }, weights: { title: 3 } },
    { key: { c: 1, d: -1 }, sparse: true },
    { key: { hidden: 1 }, hidden: true },
  ]);
  // A JavaScript object would put the field '1' first.
  const ordered = new Map<string, 1 | -1>([
    ['z', 1],
    ['1', -1],
  ]);
  await items.createIndex(ordered, { name: 'ordered' });
  const indexes = await source.database.command({ listIndexes: 'items' }, { promoteValues: false });

  await dumpFrom(source.instance.uri, join(folder.path, 'out'));
  await restoreTo(target.instance.uri, join(folder.path, 'out'));

  const restored = await target.database.command(
    { listIndexes: 'items' },
    { promoteValues: false },
  );
  expect(restored.cursor.firstBatch).toHaveLength(8);
  expect(restored.cursor.firstBatch).toEqual(indexes.cursor.firstBatch);
  const metadata = await readFile(join(folder.path, 'out/test/items.metadata.json'), 'utf8');
  expect(metadata).toContain('"key":{"z":{"$numberInt":"1"},"1":{"$numberInt":"-1"}}');
  await expect(target.database.collection('items').insertOne({ a: 1 })).rejects.toMatchObject({
    code: 11000,
  });
});

test('the metadata of a collection, when dumped, is what mongodump writes', async () => {
  await source.database.createCollection('empty');
  const [{ info }] = (await source.database.listCollections().toArray()) as unknown as [
    { info: { uuid: UUID } },
  ];
  await dumpFrom(source.instance.uri, join(folder.path, 'out'));
  const text = await readFile(join(folder.path, 'out/test/empty.metadata.json'), 'utf8');
  expect(text).toBe(
    '{"options":{},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],' +
      `"uuid":"${info.uuid.toHexString(false)}","collectionName":"empty","type":"collection"}`,
  );
  expect((await stat(join(folder.path, 'out/test/empty.bson'))).size).toBe(0);
  await restoreTo(target.instance.uri, join(folder.path, 'out'));
  const names = await target.database.listCollections({}, { nameOnly: true }).toArray();
  expect(names).toEqual([{ name: 'empty', type: 'collection' }]);
});

test('dump and restore, when a collection has a validator, keep it and the documents before it', async () => {
  const items = source.database.collection<{ _id: number; a?: number }>('items');
  await items.insertOne({ _id: 1 });
  const validation = { validator: { a: { $gt: 0 } }, validationLevel: 'moderate' };
  await source.database.command({ collMod: 'items', ...validation });

  await dumpFrom(source.instance.uri, join(folder.path, 'out'));
  await restoreTo(target.instance.uri, join(folder.path, 'out'));

  const restored = target.database.collection<{ _id: number; a?: number }>('items');
  expect(await restored.find().toArray()).toEqual([{ _id: 1 }]);
  const [listed] = await target.database.listCollections({ name: 'items' }).toArray();
  expect(listed).toMatchObject({ options: { ...validation, validationAction: 'error' } });
  await expect(restored.insertOne({ _id: 2, a: 0 })).rejects.toMatchObject({ code: 121 });
});

test('dump and restore, when names are odd or long, use file names as mongodump does', async () => {
  const long = `${'ü'.repeat(60)}/end`;
  const names = ["a/b c!'(*)", '%41', 'dots.and$'.replace('$', '&=+@'), 'ключ', long];
  for (const name of names) await source.database.collection(name).insertOne({ name });
  await source.client.db('other-db').collection('x').insertOne({ name: 'x' });

  await dumpFrom(source.instance.uri, join(folder.path, 'out'));
  const files = (await readdir(join(folder.path, 'out/test'))).filter((name) =>
    name.endsWith('.bson'),
  );
  expect(files).toEqual(
    expect.arrayContaining([
      'a%2Fb%20c%21%27%28%2A%29.bson',
      '%2541.bson',
      'dots.and&=+@.bson',
      '%D0%BA%D0%BB%D1%8E%D1%87.bson',
    ]),
  );
  expect(files.find((name) => name.startsWith('%C3%BC'))).toMatch(/^.{208}%24[\w-]{27}\.bson$/);
  await restoreTo(target.instance.uri, join(folder.path, 'out'));
  for (const name of names) {
    expect(await target.database.collection(name).distinct('name')).toEqual([name]);
  }
  expect(await target.client.db('other-db').collection('x').countDocuments()).toBe(1);
});

test('dump and restore, when there are 100 000 documents and large ones, copy all of them', async () => {
  const many = source.database.collection<{ _id: number; text: string }>('many');
  for (let start = 0; start < 100_000; start += 10_000) {
    await many.insertMany(
      Array.from({ length: 10_000 }, (_, index) => ({ _id: start + index, text: 'x'.repeat(40) })),
    );
  }
  const large = source.database.collection<{ _id: number; bytes: Buffer }>('large');
  for (const _id of [1, 2, 3]) {
    await large.insertOne({ _id, bytes: Buffer.alloc(16 * 1024 * 1024 - 100, _id) });
  }
  const lines: string[] = [];
  await dumpFrom(source.instance.uri, join(folder.path, 'out'), {
    report: (line) => lines.push(line),
  });
  expect(lines).toContain('test.many: dumped 100000 documents, 6.5 MB');
  await restoreTo(target.instance.uri, join(folder.path, 'out'));
  expect(await target.database.collection('many').countDocuments()).toBe(100_000);
  const [last] = await target.database
    .collection('many')
    .find()
    .sort({ _id: -1 })
    .limit(1)
    .toArray();
  expect(last).toEqual({ _id: 99_999, text: 'x'.repeat(40) });
  expect(await storedBytes(target.database, 'large')).toEqual(
    await storedBytes(source.database, 'large'),
  );
});

test('dump and restore, when collections are special, keep what they are', async () => {
  const { database } = source;
  await database.createCollection('log', { capped: true, size: 4096, max: 3 });
  await database
    .collection<{ _id: number }>('log')
    .insertMany([1, 2, 3, 4].map((_id) => ({ _id })));
  await database.createCollection('shelf', {
    clusteredIndex: { key: { _id: 1 }, unique: true, name: 'place' },
    expireAfterSeconds: 60,
  });
  await database.collection<{ _id: number }>('shelf').insertMany([{ _id: 2 }, { _id: 1 }]);
  await database.collection('shelf').createIndex({ a: 1 });
  await database.createCollection('upper', { viewOn: 'lower', pipeline: [{ $match: { _id: 4 } }] });
  await database.createCollection('lower', { viewOn: 'log', pipeline: [] });
  const describe = async ({ database: described }: TestInstance): Promise<unknown[]> => {
    const listed = await described.listCollections({}, { nameOnly: false }).toArray();
    return listed.map(({ name, type, options }) => ({ name, type, options }));
  };
  const expected = await describe(source);

  await dumpFrom(source.instance.uri, join(folder.path, 'out'));
  expect((await readdir(join(folder.path, 'out/test'))).sort()).toEqual([
    'log.bson',
    'log.metadata.json',
    'lower.metadata.json',
    'shelf.bson',
    'shelf.metadata.json',
    'upper.metadata.json',
  ]);
  await restoreTo(target.instance.uri, join(folder.path, 'out'));

  expect(await describe(target)).toEqual(expected);
  expect(await target.database.collection('log').distinct('_id')).toEqual([2, 3, 4]);
  expect(await target.database.collection('upper').find().toArray()).toEqual([{ _id: 4 }]);
  expect(await target.database.collection('shelf').find().toArray()).toEqual([
    { _id: 1 },
    { _id: 2 },
  ]);
  expect(await target.database.collection('shelf').indexes()).toMatchObject([
    { name: 'place', clustered: true },
    { name: 'a_1' },
  ]);
});
