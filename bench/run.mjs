/**
 * Measures the built product against the floor; the full run writes bench/RESULTS.md.
 *
 *   npm run bench                    a thousand against a million rows of every relation
 *   npm run bench -- --size short    a thousand against twenty thousand, in two minutes
 *   npm run bench -- --data FOLDER   keeps what it seeds there, and finds it there the next time
 *
 * Uploads have a bench of their own: bench/uploads.mjs.
 */
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { casesOn } from './lib/cases.mjs';
import { inFolder } from './lib/in-folder.mjs';
import { compareServers } from './lib/load.mjs';
import { startProduct } from './lib/processes.mjs';
import { describeResults, keepResults } from './lib/report.mjs';
import { prepareSide, say, serversOf } from './lib/sides.mjs';

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
await inFolder(async (folder) => {
  const results = describeResults(await measureAll(folder, values.size));
  // A short run is for looking at while one works.
  if (values.size === 'full') await keepResults(results);
  say(`\n${results}`);
}, values.data);
