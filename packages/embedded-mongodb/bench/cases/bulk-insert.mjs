import { MongoClient } from 'mongodb';
import { residentBytes, startEngine } from '../lib/engine-process.mjs';
import { INDEXES, insertDocuments } from '../lib/documents.mjs';

/** Fills a collection with three indexes, in an engine that does nothing else. */
export async function bulkInsert(folder, name, count) {
  const engine = await startEngine(folder);
  const client = await MongoClient.connect(engine.uri);
  const collection = client.db('bench').collection(name);
  await collection.createIndexes(INDEXES);
  const before = residentBytes(engine.pid);
  const milliseconds = await insertDocuments(collection, count);
  const after = residentBytes(engine.pid);
  await client.close();
  await engine.stop();
  return {
    count,
    milliseconds,
    perSecond: (count * 1000) / milliseconds,
    ...(before && {
      residentPerDocument: (after.all - before.all) / count,
      ownPerDocument: (after.own - before.own) / count,
    }),
  };
}
