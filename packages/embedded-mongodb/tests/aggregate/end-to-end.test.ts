import type { Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';

interface Identified extends Document {
  _id: number;
}

// The same questions as in the other tests of this folder, asked by the driver of a running engine.
describe('aggregate over the wire', () => {
  let running: TestInstance;

  beforeAll(async () => {
    running = await startTestInstance();
    const { database } = running;
    await database.collection<Identified>('users').insertMany([
      { _id: 1, name: 'ann' },
      { _id: 2, name: 'bob' },
    ]);
    await database.collection<Identified>('videos').insertMany(
      Array.from({ length: 600 }, (_, index) => ({
        _id: index,
        owner: (index % 2) + 1,
        views: index % 10,
        title: `video ${index}`,
      })),
    );
    await database.collection('videos').createIndex({ owner: 1, views: 1 });
  });

  afterAll(async () => {
    await running.close();
    expect(running.faults).toEqual([]);
  });

  async function run(collection: string, pipeline: Document[]): Promise<Document[]> {
    return running.database.collection(collection).aggregate(pipeline).toArray();
  }

  test('a page, when it is asked for with its total in one $facet, has both', async () => {
    const result = await run('videos', [
      { $match: { owner: 1 } },
      { $sort: { _id: 1 } },
      {
        $facet: {
          docs: [{ $skip: 2 }, { $limit: 2 }, { $project: { _id: 1 } }],
          total: [{ $count: 'n' }],
        },
      },
    ]);
    expect(result).toEqual([{ docs: [{ _id: 4 }, { _id: 6 }], total: [{ n: 300 }] }]);
  });

  test('a join, when it is unwound and projected, nests the owner', async () => {
    const result = await run('videos', [
      { $match: { _id: { $in: [1, 2] } } },
      { $lookup: { from: 'users', localField: 'owner', foreignField: '_id', as: 'owner' } },
      { $unwind: '$owner' },
      { $project: { title: 1, 'owner.name': 1 } },
    ]);
    expect(result).toEqual([
      { _id: 1, title: 'video 1', owner: { name: 'bob' } },
      { _id: 2, title: 'video 2', owner: { name: 'ann' } },
    ]);
  });

  test('a correlated join, when it sorts and limits, gives the first of each', async () => {
    const result = await run('users', [
      {
        $lookup: {
          from: 'videos',
          let: { id: '$_id' },
          pipeline: [
            { $match: { $expr: { $eq: ['$owner', '$$id'] } } },
            { $sort: { views: -1, _id: 1 } },
            { $limit: 1 },
            { $project: { _id: 1 } },
          ],
          as: 'best',
        },
      },
      { $sort: { _id: 1 } },
    ]);
    expect(result).toEqual([
      { _id: 1, name: 'ann', best: [{ _id: 8 }] },
      { _id: 2, name: 'bob', best: [{ _id: 9 }] },
    ]);
  });

  test('groups, when they are sorted, come in that order', async () => {
    const result = await run('videos', [
      { $group: { _id: '$owner', views: { $sum: '$views' }, n: { $sum: 1 } } },
      { $sort: { views: -1 } },
    ]);
    expect(result).toEqual([
      { _id: 2, views: 1500, n: 300 },
      { _id: 1, views: 1200, n: 300 },
    ]);
  });

  test('$merge and $out, when they ran, have written what a second read finds', async () => {
    await run('videos', [{ $match: { views: 9 } }, { $project: { views: 1 } }, { $out: 'top' }]);
    await run('videos', [
      { $match: { _id: 9 } },
      { $project: { extra: 'x' } },
      { $merge: { into: 'top' } },
    ]);
    await expect(running.database.collection('top').countDocuments()).resolves.toBe(60);
    const merged = await run('top', [{ $match: { _id: 9 } }]);
    expect(merged).toEqual([{ _id: 9, views: 9, extra: 'x' }]);
  });

  test('$unwind after $unwind, when it makes more than anybody can wait for, lets others in and ends when it is killed', async () => {
    const numbers = Array.from({ length: 2_000 }, (_, index) => index);
    const session = running.client.startSession();
    let ended = false;
    const endless = running.database
      .aggregate(
        [
          { $documents: [{ a: numbers, b: numbers, c: numbers }] },
          { $unwind: '$a' },
          { $unwind: '$b' },
          { $unwind: '$c' },
          { $match: { a: -1 } },
        ],
        { session },
      )
      .toArray()
      .finally(() => (ended = true));
    const outcome = expect(endless).rejects.toMatchObject({ code: 11601, codeName: 'Interrupted' });
    await running.database.command({ ping: 1 });
    expect(ended).toBe(false);
    await running.database.command({ killSessions: [session.id] });
    await outcome;
    await session.endSession();
  });

  test('an unknown stage, when it is sent, is answered with 40324', async () => {
    await expect(run('videos', [{ $nope: {} }])).rejects.toMatchObject({
      code: 40324,
      codeName: 'Location40324',
      message: "Unrecognized pipeline stage name: '$nope'",
    });
  });

  test('explain, when a pipeline is answered by an index, says so', async () => {
    const explained = await running.database
      .collection('videos')
      .aggregate([{ $match: { owner: 1 } }, { $sort: { views: 1 } }, { $limit: 5 }])
      .explain('executionStats');
    expect(explained).toMatchObject({
      executionStats: { nReturned: 5, totalKeysExamined: 5, totalDocsExamined: 5 },
    });
  });
});
