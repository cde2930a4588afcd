import mongoose, { Schema, type Connection } from 'mongoose';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;
let connection: Connection;

beforeAll(async () => {
  server = await startTestInstance();
  connection = await mongoose.createConnection(server.instance.uri, { dbName: 'shop' }).asPromise();
});

afterAll(async () => {
  await connection.close();
  await server.close();
});

beforeEach(async () => {
  connection.deleteModel(/.*/);
  await connection.dropDatabase();
});

const MANUAL = { autoIndex: false } as const;

test('init, when the schema has a collation, gives it to the collection and its indexes', async () => {
  const schema = new Schema(
    { name: { type: String, unique: true } },
    { collation: { locale: 'en_US', strength: 1 } },
  );
  const Names = connection.model('Name', schema);
  await Names.init();
  await Names.create([{ name: 'alpha' }, { name: 'Zeta' }]);
  const [listed] = await connection.listCollections();
  expect(listed).toMatchObject({ options: { collation: { locale: 'en_US', strength: 1 } } });
  expect(await Names.listIndexes()).toMatchObject([
    { name: '_id_', collation: { strength: 1 } },
    { name: 'name_1', unique: true, collation: { strength: 1 } },
  ]);
  const sorted = await Names.collection.find().sort({ name: 1 }).toArray();
  expect(sorted.map(({ name }) => name as string)).toEqual(['alpha', 'Zeta']);
  await expect(Names.create({ name: 'ALPHA' })).rejects.toMatchObject({ code: 11000 });
});

test('syncIndexes, when only the collation changed, builds the index anew and then rests', async () => {
  const first = new Schema({ name: String }, MANUAL).index({ name: 1 }, { unique: true });
  await connection.model('User', first).syncIndexes();
  connection.deleteModel('User');
  const second = new Schema({ name: String }, MANUAL).index(
    { name: 1 },
    { unique: true, collation: { locale: 'en', strength: 2 } },
  );
  const Users = connection.model('User', second);
  expect(await Users.syncIndexes()).toEqual(['name_1']);
  expect(await Users.syncIndexes()).toEqual([]);
  expect(await Users.listIndexes()).toMatchObject([
    { name: '_id_' },
    { name: 'name_1', collation: { locale: 'en', strength: 2 } },
  ]);
});

test('diffIndexes, when a text index is compound, finds no difference after syncIndexes', async () => {
  const schema = new Schema({ title: String, summary: String, year: Number }, MANUAL).index({
    title: 'text',
    summary: 'text',
    year: 1,
  });
  const Books = connection.model('Book', schema);
  await Books.init();
  expect(await Books.diffIndexes()).toMatchObject({ toDrop: [], toCreate: [{ title: 'text' }] });
  await Books.syncIndexes();
  expect(await Books.diffIndexes()).toEqual({ toDrop: [], toCreate: [] });
});

test('syncIndexes, when it may only hide, keeps the index hidden', async () => {
  const before = new Schema({ name: { type: String, index: true } }, MANUAL);
  await connection.model('Item', before).syncIndexes();
  connection.deleteModel('Item');
  const Items = connection.model('Item', new Schema({ name: String }, MANUAL));
  await Items.syncIndexes({ hideIndexes: true });
  expect(await Items.listIndexes()).toMatchObject([
    { name: '_id_' },
    { name: 'name_1', hidden: true },
  ]);
});

test('syncIndexes, when one of two indexes cannot be built, builds the other and reports', async () => {
  const Plain = connection.model('Member', new Schema({ name: String, mail: String }));
  await Plain.create([
    { name: 'x', mail: 'a' },
    { name: 'x', mail: 'b' },
  ]);
  connection.deleteModel('Member');
  const schema = new Schema({ name: String, mail: String }, MANUAL);
  schema.index({ name: 1 }, { unique: true }).index({ mail: 1 });
  const Members = connection.model('Member', schema);
  await expect(Members.syncIndexes()).rejects.toMatchObject({ code: 11000 });
  expect(await Members.listIndexes()).toMatchObject([{ name: '_id_' }, { key: { mail: 1 } }]);
});

test('updateOne, when an upsert inserts a name with a dollar, stores it; an update is refused', async () => {
  const Notes = connection.model('Note', new Schema({ $kind: String }));
  const _id = new mongoose.Types.ObjectId();
  await Notes.updateOne({ _id }, { $set: { $kind: 'a' } }, { upsert: true });
  expect(await Notes.findById(_id).lean()).toMatchObject({ $kind: 'a' });
  await expect(
    Notes.updateOne({ _id }, { $set: { $kind: 'b' } }, { upsert: true }),
  ).rejects.toMatchObject({ code: 52 });
});

test('queries, when the schema has a collation, follow it in reads, updates and pipelines', async () => {
  const schema = new Schema(
    { name: String, tags: [String] },
    { collation: { locale: 'en', strength: 2 } },
  );
  const Words = connection.model('Word', schema);
  await Words.create([
    { name: 'a', tags: ['x'] },
    { name: 'A', tags: ['y'] },
  ]);
  await Words.updateMany({ name: 'a' }, { $push: { tags: 'z' } });
  await Words.updateMany({ name: 'A' }, { $pull: { tags: 'Z' } });
  const found = await Words.find({ name: 'a' }).sort({ _id: 1 }).lean();
  expect(found.map(({ tags }) => tags)).toEqual([['x'], ['y']]);
  expect(await Words.distinct('name')).toHaveLength(1);
  const groups: unknown[] = await Words.aggregate([
    { $group: { _id: '$name', count: { $sum: 1 } } },
  ]);
  expect(groups).toEqual([{ _id: 'a', count: 2 }]);
});
