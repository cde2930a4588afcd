import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

describe('refused commands', () => {
  test.each([
    [{ nope: 1 }, 59, 'CommandNotFound', "no such command: 'nope'"],
    [{ FIND: 'x' }, 59, 'CommandNotFound', "no such command: 'FIND'"],
    [{ find: 'x', foo: 1 }, 40415, 'Location40415', "BSON field 'find.foo' is an unknown field."],
    // The hint of distinct is newer than version 7.0.
    [{ distinct: 'x', key: 'a', hint: '_id_' }, 40415, 'Location40415', /distinct\.hint/],
    [{ find: 1 }, 73, 'InvalidNamespace', 'collection name has invalid type int'],
    [{ find: '' }, 73, 'InvalidNamespace', "Invalid namespace specified 'test.'"],
    [{ find: 'a$b' }, 73, 'InvalidNamespace', "Invalid namespace specified 'test.a$b'"],
    [
      { find: 'x', filter: 1 },
      14,
      'TypeMismatch',
      "BSON field 'find.filter' is the wrong type 'int', expected type 'object'",
    ],
    [
      { find: 'x', limit: 'many' },
      14,
      'TypeMismatch',
      "BSON field 'find.limit' is the wrong type 'string', expected types '[long, int, decimal, double]'",
    ],
    [
      { find: 'x', limit: -1 },
      51024,
      'Location51024',
      "BSON field 'limit' value must be >= 0, actual value '-1'",
    ],
    [{ find: 'x', collation: { locale: 'en', strength: 4 } }, 238, 'NotImplemented', /collation/],
    [{ find: 'x', filter: { $where: 'true' } }, 238, 'NotImplemented', /where/],
    [
      { insert: 'x', documents: [] },
      16,
      'InvalidLength',
      'Write batch sizes must be between 1 and 100000. Got 0 operations.',
    ],
    [
      { insert: 'x' },
      40414,
      'Location40414',
      "BSON field 'insert.documents' is missing but a required field",
    ],
    [
      { delete: 'x', deletes: [{ q: {}, limit: 2 }] },
      9,
      'FailedToParse',
      'The limit field in delete objects must be 0 or 1. Got 2',
    ],
    [{ aggregate: 'x', pipeline: [] }, 9, 'FailedToParse', /'cursor' option is required/],
    [
      { aggregate: 'x', pipeline: [{ $nope: 1 }], cursor: {} },
      40324,
      'Location40324',
      "Unrecognized pipeline stage name: '$nope'",
    ],
    [{ listDatabases: 1 }, 13, 'Unauthorized', /admin database/],
    [{ listIndexes: 'absent' }, 26, 'NamespaceNotFound', 'ns does not exist: test.absent'],
    [{ ping: 1, apiVersion: '2' }, 322, 'APIVersionError', /API version/],
    [
      { findAndModify: 'x' },
      9,
      'FailedToParse',
      'Either an update or remove=true must be specified',
    ],
  ])('%j, when sent, is answered with %d %s', async (command, code, codeName, message) => {
    const error = await server.database.command(command as never).catch((caught) => caught);
    expect(error).toMatchObject({ code, codeName, ok: 0 });
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  test('a failed command, when answered, carries the cluster time like any other', async () => {
    const error = await server.database.command({ nope: 1 }).catch((caught) => caught);
    expect(Object.keys(error.errorResponse)).toEqual([
      'ok',
      'errmsg',
      'code',
      'codeName',
      '$clusterTime',
      'operationTime',
    ]);
  });
});

describe('concerns', () => {
  test('insert, when two members must acknowledge, is stored and says that they cannot', async () => {
    const items = server.database.collection<{ _id: number }>('concern');
    await expect(items.insertOne({ _id: 1 }, { writeConcern: { w: 2 } })).rejects.toMatchObject({
      code: 100,
    });
    expect(await items.findOne()).toEqual({ _id: 1 });
  });

  test.each(['local', 'majority', 'available', 'linearizable'])(
    'find, when the read concern is %s, answers',
    async (level) => {
      const items = server.database.collection('read-concern');
      await items.deleteMany({});
      await items.insertOne({ a: 1 });
      expect(
        await items.find({}, { readConcern: { level: level as never } }).toArray(),
      ).toHaveLength(1);
    },
  );

  test('find, when the read concern is unknown, is refused', async () => {
    await expect(
      server.database.command({ find: 'x', readConcern: { level: 'psychic' } }),
    ).rejects.toMatchObject({ code: 2 });
  });

  test.each([{ $out: 'target' }, { $merge: 'target' }])(
    'aggregate with %j, when the read concern is linearizable, is refused and writes nothing',
    async (stage) => {
      const items = server.database.collection<{ _id: number }>('linearizable');
      await items.updateOne({ _id: 1 }, { $set: { a: 1 } }, { upsert: true });
      await expect(
        items.aggregate([stage], { readConcern: { level: 'linearizable' } }).toArray(),
      ).rejects.toMatchObject({ code: 72, message: /cannot be used with a 'linearizable'/ });
      expect(await server.database.listCollections({ name: 'target' }).toArray()).toEqual([]);
    },
  );

  test('an unacknowledged insert, when sent, is stored', async () => {
    const items = server.database.collection<{ _id: number }>('unacknowledged');
    await items.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    // Nothing is answered to wait for; an insert that never lands ends with the test's own time.
    while (!(await items.findOne())) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await items.findOne()).toEqual({ _id: 1 });
  });
});

describe('Stable API', () => {
  const strict = { apiVersion: '1', apiStrict: true };

  test.each([
    [{ distinct: 'x', key: 'a' }, /command distinct is not in API Version 1/],
    [{ collStats: 'x' }, /command collStats is not in API Version 1/],
    [
      { aggregate: 1, pipeline: [{ $listLocalSessions: {} }], cursor: {} },
      /stage \$listLocalSessions is not allowed with 'apiStrict: true' in API Version 1/,
    ],
    [
      { aggregate: 'x', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} },
      /Only the 'count' option to \$collStats is supported in API Version 1/,
    ],
  ])('%j, when apiStrict is set, is refused', async (command, message) => {
    await expect(server.database.command({ ...command, ...strict })).rejects.toMatchObject({
      code: 323,
      codeName: 'APIStrictError',
      message,
    });
  });

  test('a count through $collStats, when apiStrict is set, is answered', async () => {
    const items = server.database.collection('strict');
    await items.insertOne({ a: 1 });
    const pipeline = [{ $collStats: { count: {} } }, { $project: { _id: 0, count: 1 } }];
    const command = { aggregate: 'strict', pipeline, cursor: {}, ...strict };
    expect((await server.database.command(command)).cursor.firstBatch).toEqual([{ count: 1 }]);
  });
});

describe('causal consistency', () => {
  test('a session, when it writes and then reads, sees its write', async () => {
    const session = server.client.startSession({ causalConsistency: true });
    const items = server.database.collection<{ _id: number }>('causal');
    await items.insertOne({ _id: 1 }, { session });
    expect(await items.findOne({}, { session })).toEqual({ _id: 1 });
    expect(session.operationTime).toBeDefined();
    await session.endSession();
  });

  test('a write, when acknowledged, moves the operation time forward', async () => {
    const items = server.database.collection<{ _id: number }>('clock');
    const before = await server.database.command({ ping: 1 });
    await items.insertOne({ _id: 1 });
    const after = await server.database.command({ ping: 1 });
    expect(after.operationTime.greaterThan(before.operationTime)).toBe(true);
  });
});
