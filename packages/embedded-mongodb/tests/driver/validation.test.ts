import type { Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

const VALIDATOR = { a: { $gte: 1 } };
const ERR_INFO = {
  failingDocumentId: 1,
  details: {
    operatorName: '$gte',
    specifiedAs: { a: { $gte: 1 } },
    reason: 'comparison failed',
    consideredValue: 0,
  },
};
const REFUSAL = { code: 121, errmsg: 'Document failed validation' };

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

beforeEach(async () => {
  await server.database.dropDatabase();
  await server.database.createCollection('items', { validator: VALIDATOR });
});

afterAll(async () => {
  await server.close();
});

const items = (): ReturnType<typeof server.database.collection<{ _id: number; a?: number }>> =>
  server.database.collection<{ _id: number; a?: number }>('items');

const stored = (): Promise<Document[]> => items().find().sort({ _id: 1 }).toArray();

async function optionsOf(name: string): Promise<Document | undefined> {
  const [listed] = await server.database.listCollections({ name }).toArray();
  return (listed as { options?: Document } | undefined)?.options;
}

describe('a validator, when documents are written,', () => {
  test('insert of an invalid one is a write error with errInfo', async () => {
    const reply = await server.database.command({ insert: 'items', documents: [{ _id: 1, a: 0 }] });
    expect(reply).toMatchObject({
      ok: 1,
      n: 0,
      writeErrors: [{ index: 0, ...REFUSAL, errInfo: ERR_INFO }],
    });
    expect(await stored()).toEqual([]);
  });

  test('an unordered insert stores the valid ones', async () => {
    const documents = [{ _id: 1, a: 0 }, { _id: 2, a: 2 }, { _id: 3 }];
    const reply = await server.database.command({ insert: 'items', documents, ordered: false });
    expect(reply).toMatchObject({ n: 1, writeErrors: [{ index: 0 }, { index: 2 }] });
    expect(await stored()).toEqual([{ _id: 2, a: 2 }]);
  });

  test('a long insert is checked document by document', async () => {
    const documents = Array.from({ length: 1200 }, (_, _id) => ({ _id, a: _id === 900 ? 0 : 1 }));
    const reply = await server.database.command({ insert: 'items', documents });
    expect(reply).toMatchObject({ n: 900, writeErrors: [{ index: 900, code: 121 }] });
    expect(await items().countDocuments()).toBe(900);
  });

  test.each([
    ['modifiers', { $set: { a: 0 } }],
    ['a replacement', { a: 0 }],
    ['a pipeline', [{ $set: { a: 0 } }]],
  ])('an update by %s that makes it invalid changes nothing', async (_kind, u) => {
    await items().insertOne({ _id: 1, a: 1 });
    const reply = await server.database.command({ update: 'items', updates: [{ q: {}, u }] });
    expect(reply).toMatchObject({
      n: 0,
      nModified: 0,
      writeErrors: [{ index: 0, ...REFUSAL, errInfo: ERR_INFO }],
    });
    expect(await stored()).toEqual([{ _id: 1, a: 1 }]);
  });

  test('an update of many stops at the first that becomes invalid', async () => {
    await items().insertMany([
      { _id: 1, a: 3 },
      { _id: 2, a: 1 },
      { _id: 3, a: 3 },
    ]);
    const updates = [{ q: {}, u: { $inc: { a: -1 } }, multi: true }];
    const reply = await server.database.command({ update: 'items', updates });
    expect(reply).toMatchObject({ writeErrors: [{ index: 0, code: 121 }] });
    expect(await stored()).toEqual([
      { _id: 1, a: 2 },
      { _id: 2, a: 1 },
      { _id: 3, a: 3 },
    ]);
  });

  test('an upsert of an invalid one inserts nothing', async () => {
    const upsert = items().updateOne({ _id: 1 }, { $set: { a: 0 } }, { upsert: true });
    await expect(upsert).rejects.toMatchObject({ code: 121, errInfo: ERR_INFO });
    expect(await stored()).toEqual([]);
  });

  test('findAndModify fails as a command, with errInfo', async () => {
    await items().insertOne({ _id: 1, a: 1 });
    const update = { findAndModify: 'items', query: { _id: 1 }, update: { $set: { a: 0 } } };
    await expect(server.database.command(update)).rejects.toMatchObject({
      code: 121,
      codeName: 'DocumentValidationFailure',
      errorResponse: { errInfo: ERR_INFO },
    });
    expect(await stored()).toEqual([{ _id: 1, a: 1 }]);
  });

  test('an update that changes nothing is no matter for it', async () => {
    await items().insertOne({ _id: 1, a: 0 }, { bypassDocumentValidation: true });
    expect(await items().updateOne({ _id: 1 }, { $set: { a: 0 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
  });

  test('a transaction with an invalid insert is aborted', async () => {
    const session = server.client.startSession();
    try {
      session.startTransaction();
      await items().insertOne({ _id: 2, a: 2 }, { session });
      await expect(items().insertOne({ _id: 1, a: 0 }, { session })).rejects.toMatchObject({
        code: 121,
      });
    } finally {
      await session.endSession();
    }
    expect(await stored()).toEqual([]);
  });

  test('$out of an invalid one leaves the collection as it was', async () => {
    await items().insertOne({ _id: 9, a: 9 });
    await server.database.collection<{ _id: number }>('source').insertOne({ _id: 1 });
    const pipeline = [{ $set: { a: 0 } }, { $out: 'items' }];
    await expect(
      server.database.collection('source').aggregate(pipeline).toArray(),
    ).rejects.toMatchObject({ code: 121, errorResponse: { errInfo: ERR_INFO } });
    expect(await stored()).toEqual([{ _id: 9, a: 9 }]);
  });

  test('$merge of an invalid one fails', async () => {
    await server.database.collection<{ _id: number }>('source').insertOne({ _id: 1 });
    const pipeline = [{ $set: { a: 0 } }, { $merge: 'items' }];
    await expect(
      server.database.collection('source').aggregate(pipeline).toArray(),
    ).rejects.toMatchObject({ code: 121, errorResponse: { errInfo: ERR_INFO } });
    expect(await stored()).toEqual([]);
  });
});

describe('bypassDocumentValidation, when it is true,', () => {
  const bypass = { bypassDocumentValidation: true };

  test('lets insert, update and findAndModify store invalid documents', async () => {
    await items().insertOne({ _id: 1 }, bypass);
    await items().updateOne({ _id: 1 }, { $set: { a: 0 } }, bypass);
    expect(await stored()).toEqual([{ _id: 1, a: 0 }]);
    await items().findOneAndUpdate({ _id: 1 }, { $set: { a: -1 } }, bypass);
    expect(await stored()).toEqual([{ _id: 1, a: -1 }]);
  });

  test.each(['$out', '$merge'])('lets %s store invalid documents', async (stage) => {
    await server.database.collection<{ _id: number }>('source').insertOne({ _id: 1 });
    const pipeline = [{ [stage]: 'items' }];
    await server.database.collection('source').aggregate(pipeline, bypass).toArray();
    expect(await stored()).toEqual([{ _id: 1 }]);
  });
});

describe('the level of validation', () => {
  test('off, when documents are written, accepts everything', async () => {
    await server.database.command({ collMod: 'items', validationLevel: 'off' });
    await items().insertOne({ _id: 1, a: 0 });
    expect(await stored()).toEqual([{ _id: 1, a: 0 }]);
  });

  test('moderate, when an invalid document is updated, accepts that it stays so', async () => {
    await items().insertOne({ _id: 1, a: 0 }, { bypassDocumentValidation: true });
    await items().insertOne({ _id: 2, a: 1 });
    await server.database.command({ collMod: 'items', validationLevel: 'moderate' });
    await items().updateOne({ _id: 1 }, { $set: { a: -1 } });
    await expect(items().updateOne({ _id: 2 }, { $set: { a: 0 } })).rejects.toMatchObject({
      code: 121,
    });
    await expect(items().insertOne({ _id: 3, a: 0 })).rejects.toMatchObject({ code: 121 });
    expect(await stored()).toEqual([
      { _id: 1, a: -1 },
      { _id: 2, a: 1 },
    ]);
  });

  test('strict, when an invalid document is updated, refuses that it stays so', async () => {
    await items().insertOne({ _id: 1, a: 0 }, { bypassDocumentValidation: true });
    await expect(items().updateOne({ _id: 1 }, { $set: { a: -1 } })).rejects.toMatchObject({
      code: 121,
    });
  });

  test('with the action warn, when a document is invalid, lets it pass', async () => {
    await server.database.command({ collMod: 'items', validationAction: 'warn' });
    await items().insertOne({ _id: 1, a: 0 });
    expect(await stored()).toEqual([{ _id: 1, a: 0 }]);
  });
});

describe('the options of validation', () => {
  test('create, when given them, are listed as they were given', async () => {
    const options = {
      validator: { $jsonSchema: { required: ['a'] } },
      validationLevel: 'moderate',
      validationAction: 'warn',
    };
    await server.database.createCollection('other', options);
    expect(await optionsOf('other')).toEqual(options);
    expect(await server.database.command({ create: 'other', ...options })).toMatchObject({ ok: 1 });
    await expect(
      server.database.command({ create: 'other', validator: { a: 1 } }),
    ).rejects.toMatchObject({ code: 48 });
  });

  test('collMod, when it changes the validator, keeps level and action and writes them out', async () => {
    await server.database.command({ collMod: 'items', validator: { b: 1 } });
    expect(await optionsOf('items')).toEqual({
      validator: { b: 1 },
      validationLevel: 'strict',
      validationAction: 'error',
    });
    await server.database.command({ collMod: 'items', validationLevel: 'moderate' });
    expect(await optionsOf('items')).toEqual({
      validator: { b: 1 },
      validationLevel: 'moderate',
      validationAction: 'error',
    });
  });

  test('collMod, when given an empty validator, takes it away', async () => {
    await server.database.command({ collMod: 'items', validator: {} });
    await items().insertOne({ _id: 1, a: 0 });
    expect(await optionsOf('items')).not.toHaveProperty('validator');
  });

  test('rename keeps the validator, drop takes it away', async () => {
    await items().rename('renamed');
    const renamed = server.database.collection<{ _id: number; a: number }>('renamed');
    await expect(renamed.insertOne({ _id: 1, a: 0 })).rejects.toMatchObject({ code: 121 });
    await renamed.drop();
    expect(await renamed.insertOne({ _id: 1, a: 0 })).toMatchObject({ insertedId: 1 });
  });

  test.each([
    [
      { validator: 7 },
      14,
      "BSON field 'create.validator' is the wrong type 'int', expected type 'object'",
    ],
    [
      { validationLevel: 'loose' },
      2,
      "Enumeration value 'loose' for field 'create.validationLevel' is not a valid value.",
    ],
    [
      { validationAction: 1 },
      14,
      "BSON field 'create.validationAction' is the wrong type 'int', expected type 'string'",
    ],
    [{ validator: { $jsonSchema: { invalid: 1 } } }, 9, 'Unknown $jsonSchema keyword: invalid'],
    [{ validator: { $text: { $search: 'x' } } }, 2, '$text is not allowed in this context'],
    [{ validator: { $or: [{ $where: 'true' }] } }, 2, '$where is not allowed in this context'],
    [
      { validator: { a: { $near: [0, 0] } } },
      2,
      '$geoNear, $near, and $nearSphere are not allowed in this context',
    ],
    [
      { validator: { $expr: { $eq: ['$a', '$$unbound'] } } },
      17276,
      'Use of undefined variable: unbound',
    ],
  ])(
    'create, when given %j, is refused as by MongoDB and makes nothing',
    async (options, code, errmsg) => {
      await expect(server.database.command({ create: 'other', ...options })).rejects.toMatchObject({
        code,
        errorResponse: { errmsg },
      });
      expect(await optionsOf('other')).toBeUndefined();
    },
  );

  test('collMod, when given an invalid validator, is refused and changes nothing', async () => {
    const validator = { $jsonSchema: { required: [] } };
    await expect(server.database.command({ collMod: 'items', validator })).rejects.toMatchObject({
      code: 9,
      errorResponse: {
        errmsg:
          "Parsing of collection validator failed :: caused by :: $jsonSchema keyword 'required' cannot be an empty array",
      },
    });
    expect(await optionsOf('items')).toEqual({ validator: VALIDATOR });
  });

  test.each(['admin', 'local', 'config'])(
    'create in %s, when given a validator, is refused',
    async (name) => {
      const create = server.client.db(name).command({ create: 'items', validator: VALIDATOR });
      await expect(create).rejects.toMatchObject({ code: 72, codeName: 'InvalidOptions' });
    },
  );
});

test('a validator, when the engine starts again, is still there', async () => {
  const first = await startTestInstance();
  await first.database.createCollection('items', { validator: VALIDATOR });
  await first.client.close();
  await first.instance.stop();
  const second = await startTestInstance({ dataDir: first.dataDir });
  try {
    const insert = second.database.collection<{ _id: number; a: number }>('items');
    await expect(insert.insertOne({ _id: 1, a: 0 })).rejects.toMatchObject({
      code: 121,
      errInfo: ERR_INFO,
    });
  } finally {
    await second.close();
  }
});
