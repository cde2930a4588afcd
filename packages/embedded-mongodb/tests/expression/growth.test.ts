import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
  await server.database.collection('one').insertOne({ a: 1 });
});

afterAll(async () => {
  await server.close();
});

/** An expression that depends on the document, so that it is not computed while it is compiled. */
function evaluate(expression: object, options: object = {}) {
  return server.database
    .collection('one')
    .aggregate([{ $project: { _id: 0, value: expression } }], options)
    .toArray();
}

const THOUSAND = { $range: [0, { $multiply: ['$a', 1_000] }] };
const sumOf = (input: object, body: unknown) => ({
  $reduce: { input, initialValue: 0, in: { $add: ['$$value', body] } },
});
const count = (input: object, body: unknown = 1) => ({ $sum: { $map: { input, in: body } } });

/** A thousand million steps. */
const ENDLESS = count(
  THOUSAND,
  sumOf(THOUSAND, { $size: { $filter: { input: THOUSAND, cond: 1 } } }),
);

describe('an expression that iterates for long on one document', () => {
  const expired = { code: 50, codeName: 'MaxTimeMSExpired' };

  test('aggregate, when its time is up, ends it', async () => {
    await expect(evaluate(ENDLESS, { maxTimeMS: 50 })).rejects.toMatchObject(expired);
  });

  test('aggregate, when its time is up while a constant is computed, ends it', async () => {
    const constant = JSON.parse(JSON.stringify(ENDLESS).replaceAll('"$a"', '1')) as object;
    await expect(evaluate(constant, { maxTimeMS: 50 })).rejects.toMatchObject(expired);
  });

  test('find, when its time is up in $expr, ends it', async () => {
    const found = server.database.collection('one').find({ $expr: ENDLESS }, { maxTimeMS: 50 });
    await expect(found.toArray()).rejects.toMatchObject(expired);
  });

  test('an update by pipeline, when its time is up, ends it and changes nothing', async () => {
    const command = {
      update: 'one',
      updates: [{ q: {}, u: [{ $set: { value: ENDLESS } }] }],
      maxTimeMS: 50,
    };
    await expect(server.database.command(command)).rejects.toMatchObject(expired);
    expect(await server.database.collection('one').findOne({}, { projection: { _id: 0 } })).toEqual(
      {
        a: 1,
      },
    );
  });

  test('$lookup, when its time is up in its pipeline, ends it', async () => {
    const stages = [
      {
        $lookup: {
          from: 'one',
          let: { x: '$a' },
          pipeline: [{ $project: { value: ENDLESS } }],
          as: 'joined',
        },
      },
    ];
    const cursor = server.database.collection('one').aggregate(stages, { maxTimeMS: 50 });
    await expect(cursor.toArray()).rejects.toMatchObject(expired);
  });
});

describe('many documents with long expressions', () => {
  test('another client, when a pipeline computes for long, is answered before it ends', async () => {
    const many = server.database.collection('many');
    // Hours of work in steps of a few milliseconds: it ends only by being killed.
    await many.insertMany(Array.from({ length: 100 }, () => ({ a: 1 })));
    const again = { $lookup: { from: 'many', pipeline: [], as: 'again' } };
    const unwound = ['$again', '$again'].flatMap((path) => [again, { $unwind: path }]);
    const value = count(THOUSAND, { $add: ['$a', sumOf({ $range: [0, 10] }, 1)] });
    const session = server.client.startSession();
    let ended = false;
    const long = many
      .aggregate([...unwound, { $match: { $expr: { $lt: [value, 0] } } }], { session })
      .toArray()
      .finally(() => (ended = true));
    const outcome = expect(long).rejects.toMatchObject({ code: 11601, codeName: 'Interrupted' });
    const other = await server.connect();
    await other.db('test').command({ ping: 1 });
    expect(ended).toBe(false);
    await other.db('test').command({ killSessions: [session.id] });
    await outcome;
    await session.endSession();
  });
});

describe('a value that grows beyond measure', () => {
  const tooLarge = { code: 146, codeName: 'ExceededMemoryLimit' };
  const doubled = (initialValue: unknown, body: object, times = 40) => ({
    $reduce: { input: { $range: [0, { $multiply: ['$a', times] }] }, initialValue, in: body },
  });

  test.each([
    ['$range', { $size: { $range: [0, { $multiply: ['$a', 2_147_483_647] }] } }, tooLarge],
    ['$concatArrays', doubled([1], { $concatArrays: ['$$value', '$$value'] }), tooLarge],
    [
      '$zip',
      {
        $let: {
          vars: { numbers: { $range: [0, { $multiply: ['$a', 600_000] }] } },
          in: { $zip: { inputs: Array.from({ length: 9 }, () => '$$numbers') } },
        },
      },
      tooLarge,
    ],
    ['$concat', doubled('text', { $concat: ['$$value', '$$value'] }), { code: 13548 }],
    ['an array of itself', doubled([1], ['$$value', '$$value']), { code: 10334 }],
  ])('%s, when it passes what one expression may hold, is refused', async (_name, value, error) => {
    await expect(evaluate(value)).rejects.toMatchObject(error);
  });
});
