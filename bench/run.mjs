/**
 * Measures the built product against the floor; the full run writes bench/RESULTS.md.
 *
 *   npm run bench                    a thousand against a million rows of every relation
 *   npm run bench -- --size short    a thousand against twenty thousand, in two minutes
 *   npm run bench -- --data FOLDER   keeps what it seeds there, and finds it there the next time
 *
 * Uploads have a bench of their own: bench/uploads.mjs.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { casesOn } from './lib/cases.mjs';
import { compareServers } from './lib/load.mjs';
import { databaseUri, startFloor, startProduct, stopAll } from './lib/processes.mjs';
import { describeResults, keepResults } from './lib/report.mjs';
import { publishFirstVideo, seedRelations, signIn } from './lib/seed.mjs';

const SIZES = {
  short: {
    small: 1000,
    large: 20_000,
    load: { rounds: 3, seconds: 0.6 },
  },
  full: {
    small: 1000,
    large: 1_000_000,
    load: { rounds: 5, seconds: 1.5 },
  },
};

const say = (line) => process.stdout.write(`${line}\n`);

/** Product and floor on data of their own with so many rows of each relation. */
async function prepareSide(folder, rows) {
  const dataDir = path.join(folder, String(rows));
  const seeded = await keptOrSeeded(dataDir, rows);
  const product = await startProduct(dataDir);
  const floor = await startFloor(databaseUri(dataDir), seeded.database, folder);
  const { accessToken, session } = await signIn(product.url);
  return { rows, seeded, session, product, floor, accessToken };
}

/** What the cases need to know of the data; a folder without the note of it is seeded anew. */
async function keptOrSeeded(dataDir, rows) {
  const note = `${dataDir}.json`;
  if (existsSync(note)) return JSON.parse(await readFile(note, 'utf8'));
  await rm(dataDir, { recursive: true, force: true });
  const fresh = await startProduct(dataDir);
  await publishFirstVideo(fresh.url);
  say(`seeding ${rows} rows of each relation …`);
  const startedAt = performance.now();
  const seeded = await seedRelations(databaseUri(dataDir), rows);
  say(`seeded in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await fresh.stop();
  await writeFile(note, JSON.stringify(seeded));
  return seeded;
}

/** The four servers that take turns, each with what it needs to ask. */
function serversOf(sides) {
  return Object.fromEntries(
    Object.entries(sides).flatMap(([size, { floor, product, seeded, session, accessToken }]) => {
      const authorization = `Bearer ${accessToken}`;
      return [
        [`${size} floor`, { url: floor.url, headers: { session }, size, seeded }],
        [`${size} product`, { url: product.url, headers: { authorization }, size, seeded }],
      ];
    }),
  );
}

/** On data of its own, so that data which is kept stays as it was seeded. */
async function measureEmptyStart(folder) {
  const dataDir = path.join(folder, 'empty');
  const product = await startProduct(dataDir);
  await product.stop();
  await rm(dataDir, { recursive: true });
  return product.startMilliseconds;
}

async function measureAll(folder, size) {
  const [busy] = os.loadavg();
  const { small, large, load } = SIZES[size];
  const sides = {
    small: await prepareSide(folder, small),
    large: await prepareSide(folder, large),
  };
  const servers = serversOf(sides);
  const cases = [];
  for (const [index, { name, grows }] of casesOn(sides.small.seeded).entries()) {
    say(`measuring ${name} …`);
    const rates = await compareServers(({ seeded }) => casesOn(seeded)[index], servers, load);
    cases.push({ name, grows, rates });
  }
  const { floor } = sides.small;
  const starts = [
    { name: 'floor', milliseconds: floor.startMilliseconds },
    { name: 'product, empty folder', milliseconds: await measureEmptyStart(folder) },
    { name: `product, ${large} rows`, milliseconds: sides.large.product.startMilliseconds },
  ];
  return { size, small, large, load, busy, cases, starts };
}

const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, data: { type: 'string' } },
});
if (!Object.hasOwn(SIZES, values.size)) {
  throw new Error(`--size is one of ${Object.keys(SIZES).join(', ')}`);
}
// An interrupted run leaves no servers behind either.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void stopAll().finally(() => process.exit(1)));
}
if (values.data !== undefined) await mkdir(values.data, { recursive: true });
const folder = values.data
  ? path.resolve(values.data)
  : await mkdtemp(path.join(os.tmpdir(), 'videotube-bench-'));
try {
  const results = describeResults(await measureAll(folder, values.size));
  // A short run is for looking at while one works.
  if (values.size === 'full') await keepResults(results);
  say(`\n${results}`);
} finally {
  await stopAll();
  if (values.data === undefined) await rm(folder, { recursive: true, force: true });
}
