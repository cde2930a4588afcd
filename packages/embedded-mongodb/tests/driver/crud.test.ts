import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

describe('insert', () => {
  test('insertOne, when the document has no _id, stores it under the driver’s', async () => {
    const items = server.database.collection('insert-one');
    const { insertedId } = await items.insertOne({ name: 'first' });
    expect(await items.findOne({ _id: insertedId })).toEqual({ _id: insertedId, name: 'first' });
  });

  test('insertMany, when ordered and the second is a duplicate, stops there and names it', async () => {
    const items = server.database.collection<{ _id: number }>('insert-ordered');
    const error = await items
      .insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }])
      .catch((caught) => caught);
    expect(error.code).toBe(11000);
    expect(error.result.insertedCount).toBe(1);
    expect(error.writeErrors[0].index).toBe(1);
    expect(error.writeErrors[0].errmsg).toBe(
      'E11000 duplicate key error collection: test.insert-ordered index: _id_ dup key: { _id: 1 }',
    );
    expect(await items.find().toArray()).toEqual([{ _id: 1 }]);
  });

  test('insertMany, when unordered and one is a duplicate, stores the others', async () => {
    const items = server.database.collection<{ _id: number }>('insert-unordered');
    const error = await items
      .insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }], { ordered: false })
      .catch((caught) => caught);
    expect(error.code).toBe(11000);
    expect(error.result.insertedCount).toBe(2);
    expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 1 }, { _id: 2 }]);
  });

  test('insertOne, when values have every BSON type, gives back the same types', async () => {
    const items = server.database.collection('insert-types');
    const values = {
      _id: 'types',
      double: new Double(1),
      int: new Int32(1),
      long: Long.fromNumber(1),
      decimal: Decimal128.fromString('1.50'),
      string: 'é\u0000€',
      object: { b: 1, a: { '1': 'x', '0': 'y' } },
      array: [null, true, [false]],
      binary: new Binary(Buffer.from([1, 2, 3]), 0x80),
      id: new ObjectId('0123456789abcdef01234567'),
      date: new Date(-1),
      regex: /^a.b/i,
      timestamp: new Timestamp({ t: 5, i: 6 }),
    };
    await items.insertOne(values as never);
    const found = await items.findOne({ _id: 'types' } as never, { promoteValues: false });
    expect(found).toMatchObject({
      double: new Double(1),
      int: new Int32(1),
      long: Long.fromNumber(1),
      decimal: Decimal128.fromString('1.50'),
    });
    const plain = await items.findOne({ _id: 'types' } as never);
    expect(plain?.string).toBe('é\u0000€');
    expect(Object.keys(plain?.object)).toEqual(['b', 'a']);
    expect(plain?.array).toEqual([null, true, [false]]);
    expect(plain?.binary).toEqual(values.binary);
    expect(plain?.date).toEqual(new Date(-1));
    expect(plain?.regex).toEqual(/^a.b/i);
  });
});

describe('update', () => {
  test('updateOne, when it matches, changes one document and says so', async () => {
    const items = server.database.collection<{ _id: number; n: number }>('update-one');
    await items.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 1 },
    ]);
    const result = await items.updateOne({ n: 1 }, { $inc: { n: 1 } });
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1, upsertedCount: 0 });
    expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 2 },
      { _id: 2, n: 1 },
    ]);
  });

  test('updateOne, when nothing changes, counts the match but no modification', async () => {
    const items = server.database.collection<{ _id: number; n: number }>('update-same');
    await items.insertOne({ _id: 1, n: 1 });
    expect(await items.updateOne({ _id: 1 }, { $set: { n: 1 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
  });

  test('updateMany, when it upserts, inserts the equalities and answers the new _id', async () => {
    const items = server.database.collection<{ _id: number; a: number; b: number }>('upsert');
    const result = await items.updateMany({ _id: 9, a: 1 }, { $set: { b: 2 } }, { upsert: true });
    expect(result).toMatchObject({ matchedCount: 0, upsertedCount: 1, upsertedId: 9 });
    expect(await items.findOne()).toEqual({ _id: 9, a: 1, b: 2 });
  });

  test('replaceOne, when it matches, keeps the _id', async () => {
    const items = server.database.collection<{ _id: number; a?: number; b?: number }>('replace');
    await items.insertOne({ _id: 1, a: 1 });
    await items.replaceOne({ a: 1 }, { b: 2 });
    expect(await items.findOne()).toEqual({ _id: 1, b: 2 });
  });

  test('updateOne, when the modifier is unknown, fails with the server’s code', async () => {
    const items = server.database.collection('update-unknown');
    await items.insertOne({ a: 1 });
    await expect(items.updateOne({ a: 1 }, { $nope: { a: 1 } })).rejects.toMatchObject({
      code: 9,
    });
    expect(await items.countDocuments({ a: 1 })).toBe(1);
  });

  test('bulkWrite, when it mixes operations, answers every count', async () => {
    const items = server.database.collection<{ _id: number; n?: number }>('bulk');
    const result = await items.bulkWrite([
      { insertOne: { document: { _id: 1 } } },
      { insertOne: { document: { _id: 2 } } },
      { updateMany: { filter: {}, update: { $set: { n: 1 } } } },
      { updateOne: { filter: { _id: 3 }, update: { $set: { n: 3 } }, upsert: true } },
      { deleteOne: { filter: { _id: 2 } } },
    ]);
    expect(result).toMatchObject({
      insertedCount: 2,
      matchedCount: 2,
      modifiedCount: 2,
      upsertedCount: 1,
      deletedCount: 1,
      upsertedIds: { 3: 3 },
    });
    expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 1 },
      { _id: 3, n: 3 },
    ]);
  });
});

describe('findAndModify', () => {
  test('findOneAndUpdate, when asked for the new document, gives it', async () => {
    const items = server.database.collection<{ _id: number; n: number }>('fam-new');
    await items.insertOne({ _id: 1, n: 1 });
    expect(
      await items.findOneAndUpdate({ _id: 1 }, { $inc: { n: 4 } }, { returnDocument: 'after' }),
    ).toEqual({ _id: 1, n: 5 });
  });

  test('findOneAndUpdate, when it upserts and the old one is asked for, gives null', async () => {
    const items = server.database.collection<{ _id: number; n: number }>('fam-upsert');
    const result = await items.findOneAndUpdate(
      { _id: 1 },
      { $set: { n: 1 } },
      { upsert: true, includeResultMetadata: true },
    );
    expect(result).toMatchObject({
      value: null,
      lastErrorObject: { n: 1, updatedExisting: false, upserted: 1 },
    });
    expect(await items.findOne()).toEqual({ _id: 1, n: 1 });
  });

  test('findOneAndDelete, when sorted, removes the first in that order', async () => {
    const items = server.database.collection<{ _id: number }>('fam-delete');
    await items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    expect(await items.findOneAndDelete({}, { sort: { _id: -1 } })).toEqual({ _id: 3 });
    expect(await items.countDocuments()).toBe(2);
  });
});

describe('delete, count, distinct', () => {
  test('deleteMany, when some match, deletes those only', async () => {
    const items = server.database.collection<{ _id: number }>('delete');
    await items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    expect(await items.deleteMany({ _id: { $gt: 1 } })).toMatchObject({ deletedCount: 2 });
    expect(await items.find().toArray()).toEqual([{ _id: 1 }]);
  });

  test('estimatedDocumentCount and countDocuments, when documents were deleted, are exact', async () => {
    const items = server.database.collection<{ _id: number }>('count');
    await items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    await items.deleteOne({ _id: 2 });
    expect(await items.estimatedDocumentCount()).toBe(2);
    expect(await items.countDocuments({ _id: { $lt: 3 } })).toBe(1);
  });

  test('distinct, when a field is an array, gives its elements once', async () => {
    const items = server.database.collection('distinct');
    await items.insertMany([{ tags: ['a', 'b'] }, { tags: 'b' }, { other: 1 }]);
    expect((await items.distinct('tags')).sort()).toEqual(['a', 'b']);
  });
});
