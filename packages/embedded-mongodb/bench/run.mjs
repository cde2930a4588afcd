import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { bulkInsert } from './cases/bulk-insert.mjs';
import { coldStart } from './cases/cold-start.mjs';
import { duringScan, writers } from './cases/concurrency.mjs';
import { findById, indexedPage, lookup } from './cases/reads.mjs';
import { INDEXES, insertDocuments } from './lib/documents.mjs';
import { cleanUp, newFolder, startEngine } from './lib/engine-process.mjs';
import { describe, keep, ratioRows } from './lib/report.mjs';

const SIZES = {
  short: { few: 1_000, some: 2_000, many: 20_000, rounds: 3, milliseconds: 300 },
  full: {
    few: 10_000,
    some: 100_000,
    many: 1_000_000,
    rounds: 7,
    milliseconds: 1_000,
  },
};

const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } });
const size = SIZES[values.size];
if (!size) {
  console.error('Usage: npm run bench -w packages/embedded-mongodb -- [--size short|full]');
  process.exit(2);
}
const isFull = values.size === 'full';
const command = `npm run bench -w packages/embedded-mongodb${isFull ? '' : ' -- --size short'}`;

const progress = (message) => process.stderr.write(`${message}…\n`);

async function measureRatios(folder) {
  const engine = await startEngine(folder);
  const client = await MongoClient.connect(engine.uri);
  const database = client.db('bench');
  progress('find by _id and ping');
  const single = await findById(database, size);
  progress('$lookup');
  const joins = await lookup(database, size);
  progress('concurrent writers');
  const writes = await writers(database, size);
  progress('indexed pages');
  const few = database.collection('few');
  await few.createIndexes(INDEXES);
  await insertDocuments(few, size.few);
  const many = database.collection('many');
  const page = await indexedPage({ few, many }, size);
  progress('reads during a scan');
  const scan = await duringScan(few, many, { ...size, rounds: 2 });
  await client.close();
  await engine.stop();
  return ratioRows({ single, page, sizes: size, joins, writes, scan });
}

async function main() {
  const inserts = [];
  progress(`bulk insert of ${size.some} documents`);
  inserts.push(await bulkInsert(await newFolder(), 'some', size.some));
  progress(`bulk insert of ${size.many} documents`);
  const filledFolder = await newFolder();
  inserts.push(await bulkInsert(filledFolder, 'many', size.many));
  const ratios = await measureRatios(filledFolder);
  progress('cold starts');
  const starts = await coldStart({ filledFolder, rounds: isFull ? 5 : 2 });
  const text = describe({
    command,
    ratios,
    inserts,
    starts: { ...starts, filledWith: size.many + size.few },
  });
  console.log(text);
  // A short run shows that everything works; its figures are no measure of the goals.
  if (isFull) await keep(text);
}

try {
  await main();
} finally {
  await cleanUp();
}
