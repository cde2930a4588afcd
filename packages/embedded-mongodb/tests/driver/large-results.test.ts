import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Binary } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

const COUNT = 112;
const MEBIBYTE = 1024 * 1024;

interface Item {
  readonly _id: number;
  readonly rank: number;
}

let server: TestInstance;

/** More than 100 MiB, which is what one sort may hold. */
beforeAll(async () => {
  server = await startTestInstance();
  const items = server.database.collection<{ _id: number }>('items');
  for (let start = 0; start < COUNT; start += 28) {
    await items.insertMany(
      Array.from({ length: 28 }, (_, index) => ({
        _id: start + index,
        rank: ((start + index) * 37) % COUNT,
        filling: new Binary(Buffer.alloc(MEBIBYTE)),
      })),
    );
  }
});

afterAll(async () => {
  await server.close();
});

const RANKS = Array.from({ length: COUNT }, (_, rank) => rank);
const SLIM = { projection: { rank: 1 } };

function scratchFiles(): string[] {
  const folder = join(server.dataDir, 'scratch');
  return existsSync(folder) ? readdirSync(folder) : [];
}

function sorted(options: object = {}) {
  return server.database
    .collection<Item>('items')
    .find({}, { ...SLIM, ...options })
    .sort({ rank: 1 });
}

describe('a sort of more than 100 MiB', () => {
  test('find, when nothing is said about the disk, uses it and leaves no file', async () => {
    expect((await sorted().toArray()).map(({ rank }) => rank)).toEqual(RANKS);
    expect(scratchFiles()).toEqual([]);
  });

  test('find, when allowDiskUse is false, is refused with 292', async () => {
    await expect(sorted({ allowDiskUse: false }).toArray()).rejects.toMatchObject({
      code: 292,
      codeName: 'QueryExceededMemoryLimitNoDiskUseAllowed',
    });
  });

  test('find, when allowDiskUse is false but the limit fits, is answered', async () => {
    const first = await sorted({ allowDiskUse: false, limit: 3 }).toArray();
    expect(first.map(({ rank }) => rank)).toEqual([0, 1, 2]);
  });

  test('find, when a cursor over it is killed half read, leaves no file', async () => {
    const cursor = sorted({ batchSize: 2 });
    expect((await cursor.next())?.rank).toBe(0);
    expect(scratchFiles()).not.toEqual([]);
    await cursor.close();
    expect(scratchFiles()).toEqual([]);
  });

  test('explain, when the sort goes to disk, says so', async () => {
    const explained = await sorted().explain('executionStats');
    const { executionStages } = explained['executionStats'];
    expect(executionStages.inputStage).toMatchObject({ stage: 'SORT', usedDisk: true, spills: 1 });
    const small = await sorted({ limit: 2 }).explain('executionStats');
    expect(small['executionStats'].executionStages.inputStage).toMatchObject({ usedDisk: false });
    expect(scratchFiles()).toEqual([]);
  });

  // A computed rank keeps the sort from being answered by the collection, and the size of the whole
  // document keeps all of it in the sort: only what is looked at is read.
  const pipeline = [
    { $set: { rank: { $multiply: ['$rank', 1] } } },
    { $sort: { rank: 1 } },
    { $project: { rank: 1, size: { $bsonSize: '$$ROOT' } } },
  ];

  test('aggregate, when nothing is said about the disk, uses it and leaves no file', async () => {
    const ranks = await server.database
      .collection<{ _id: number }>('items')
      .aggregate<Item>(pipeline)
      .toArray();
    expect(ranks.map(({ rank }) => rank)).toEqual(RANKS);
    expect(scratchFiles()).toEqual([]);
  });

  test('aggregate, when allowDiskUse is false, is refused with 292', async () => {
    const cursor = server.database
      .collection<{ _id: number }>('items')
      .aggregate(pipeline, { allowDiskUse: false });
    await expect(cursor.toArray()).rejects.toMatchObject({ code: 292 });
  });

  test('aggregate, when only small fields are looked at, needs no disk', async () => {
    const [first] = await server.database
      .collection('items')
      .aggregate([...pipeline.slice(0, 2), { $project: { rank: 1 } }], { allowDiskUse: false })
      .toArray();
    expect(first).toEqual({ _id: 0, rank: 0 });
  });
});
