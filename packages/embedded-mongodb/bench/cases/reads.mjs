import { ObjectId } from 'mongodb';
import { alternate } from '../lib/measure.mjs';

const PAGE = 10;
const JOINED = 1000;

/** Idiomatic reads through the driver, each against what it is to be compared with. */
export async function findById(database, timing) {
  const admin = database.client.db('admin');
  const collection = database.collection('single');
  const ids = Array.from({ length: 1000 }, () => new ObjectId());
  await collection.insertMany(
    ids.map((_id, number) => ({ _id, number, name: 'a small document' })),
  );
  let next = 0;
  return alternate(
    {
      ping: () => admin.command({ ping: 1 }),
      find: () => collection.findOne({ _id: ids[next++ % ids.length] }),
    },
    timing,
  );
}

/** The same indexed page of ten out of few and out of many documents. */
export async function indexedPage({ few, many }, timing) {
  let next = 0;
  const page = (collection) => () =>
    collection
      .find({ owner: `channel${next++ % 1000}` })
      .sort({ createdAt: -1 })
      .limit(PAGE)
      .toArray();
  return alternate({ few: page(few), many: page(many) }, timing);
}

/** `$lookup` of a thousand documents by an indexed field, per joined document, and one such find. */
export async function lookup(database, timing) {
  const videos = database.collection('lookupVideos');
  const users = database.collection('lookupUsers');
  await users.createIndex({ username: 1 });
  await users.insertMany(
    Array.from({ length: 10_000 }, (_, number) => ({ username: `user${number}`, number })),
  );
  await videos.insertMany(
    Array.from({ length: JOINED }, (_, number) => ({
      owner: `user${(number * 7) % 10_000}`,
      number,
    })),
  );
  const join = { from: 'lookupUsers', localField: 'owner', foreignField: 'username', as: 'owner' };
  const piped = {
    from: 'lookupUsers',
    localField: 'owner',
    foreignField: 'username',
    pipeline: [{ $project: { username: 1 } }],
    as: 'owner',
  };
  let next = 0;
  const rates = await alternate(
    {
      find: () => users.findOne({ username: `user${next++ % 10_000}` }),
      lookup: () => videos.aggregate([{ $lookup: join }]).toArray(),
      piped: () => videos.aggregate([{ $lookup: piped }]).toArray(),
    },
    timing,
  );
  return {
    findsPerSecond: rates.find,
    joinsPerSecond: rates.lookup * JOINED,
    pipedJoinsPerSecond: rates.piped * JOINED,
  };
}
