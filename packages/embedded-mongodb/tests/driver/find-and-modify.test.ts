import type { Collection, Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

interface Item extends Document {
  _id: number;
}

const PREFIX = 'Plan executor error during findAndModify :: caused by :: ';

let server: TestInstance;
let items: Collection<Item>;

beforeAll(async () => {
  server = await startTestInstance();
  items = server.database.collection('items');
  await items.createIndex({ code: 1 }, { unique: true, sparse: true });
});

afterAll(() => server.close());

beforeEach(async () => {
  await items.deleteMany({});
  await items.insertMany([
    { _id: 1, list: [1, 2], name: 'one', code: 'a' },
    { _id: 2, code: 'b' },
  ]);
});

describe('findAndModify, when the change fails on the document', () => {
  const cases: [string, Document, number, string][] = [
    [
      'a path that cannot be',
      { $set: { 'list.x': 1 } },
      28,
      "Cannot create field 'x' in element {list: [ 1, 2 ]}",
    ],
    [
      'another _id',
      { $set: { _id: 9 } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      'an addition to a text',
      { $inc: { name: 1 } },
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'name' of non-numeric type string",
    ],
  ];
  test.each(cases)(
    'because of %s, says that it was executing and changes nothing',
    async (_what, update, code, reason) => {
      await expect(items.findOneAndUpdate({ _id: 1 }, update)).rejects.toMatchObject({
        code,
        message: PREFIX + reason,
      });
      expect(await items.findOne({ _id: 1 })).toEqual({
        _id: 1,
        list: [1, 2],
        name: 'one',
        code: 'a',
      });
    },
  );

  test('because of a unique index, names the index and its values', async () => {
    await expect(items.findOneAndUpdate({ _id: 1 }, { $set: { code: 'b' } })).rejects.toMatchObject(
      {
        code: 11000,
        codeName: 'DuplicateKey',
        keyPattern: { code: 1 },
        keyValue: { code: 'b' },
        message: `${PREFIX}E11000 duplicate key error collection: test.items index: code_1 dup key: { code: "b" }`,
      },
    );
  });

  test('because an upsert cannot tell what to insert, says that it was executing', async () => {
    const filter = { $and: [{ extra: 1 }, { extra: 2 }] };
    await expect(
      items.findOneAndUpdate(filter, { $set: { name: 'new' } }, { upsert: true }),
    ).rejects.toMatchObject({
      code: 54,
      message: `${PREFIX}cannot infer query fields to set, path 'extra' is matched twice`,
    });
    expect(await items.countDocuments()).toBe(2);
  });
});

test('findAndModify, when the update itself is wrong, says only what is wrong', async () => {
  await expect(
    items.findOneAndUpdate({ _id: 1 }, { $inc: { name: 'x' } } as Document),
  ).rejects.toMatchObject({
    code: 14,
    message: 'Cannot increment with non-numeric argument: {name: "x"}',
  });
});
