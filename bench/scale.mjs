/**
 * Measures the product at scale and writes bench/SCALE.md with plots in bench/plots/: every list and
 * profile against its floor with a thousand, a hundred thousand and a million rows; a login storm
 * beside normal traffic; and 500 clients on a realistic mix for minutes.
 *
 *   npm run bench:scale                    all of it, in about 45 minutes
 *   npm run bench:scale -- --minutes 3     a shorter mix
 *   npm run bench:scale -- --quick         to see that it works, in about a minute; keeps no report
 *   npm run bench:scale -- --data FOLDER   keeps what it seeds there, and finds it there the next time
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { everyReadOn } from './lib/cases.mjs';
import { inFolder } from './lib/in-folder.mjs';
import { compareServers } from './lib/load.mjs';
import { startProduct, stopAll } from './lib/processes.mjs';
import { platformAccounts, seedPlatform } from './lib/platform.mjs';
import { number, keepResults } from './lib/report.mjs';
import { describeScale } from './lib/scale-report.mjs';
import { prepareSide, say, serversOf } from './lib/sides.mjs';
import { measureMix, measureStorm } from './lib/traffic.mjs';

const RUNS = {
  full: {
    rows: [1000, 100_000, 1_000_000],
    load: { rounds: 9, seconds: 0.6, warmUps: 5 },
    platform: 'large',
    storm: { people: 50, seconds: 30 },
    mix: { clients: 500, thinkSeconds: 5, minutes: 10 },
  },
  quick: {
    rows: [1000, 2000, 4000],
    load: { rounds: 1, seconds: 0.1, warmUps: 1 },
    platform: 'small',
    storm: { people: 10, seconds: 4 },
    mix: { clients: 50, thinkSeconds: 1, minutes: 0.2 },
  },
};

async function measureRoutes(folder, { rows, load }) {
  const sizes = rows.map((count) => number(count));
  const sides = {};
  for (const [index, count] of rows.entries()) {
    sides[sizes[index]] = await prepareSide(folder, count);
  }
  const servers = serversOf(sides);
  const cases = [];
  for (const [index, { name, grows }] of everyReadOn(sides[sizes[0]].seeded).entries()) {
    say(`measuring ${name} …`);
    const rates = await compareServers(({ seeded }) => everyReadOn(seeded)[index], servers, load);
    cases.push({ name, grows, rates });
  }
  await stopAll();
  return { sizes, cases };
}

async function measureTraffic(folder, { platform, storm, mix }) {
  const { dataDir, password } = await seedPlatform(folder, platform);
  const server = await startProduct(dataDir);
  const accounts = await platformAccounts(server.url, password);
  say('measuring a login storm …');
  const stormy = await measureStorm(server, accounts, storm);
  say(`measuring ${mix.clients} clients for ${mix.minutes} minutes …`);
  const mixed = await measureMix(server, accounts, mix);
  await stopAll();
  return { storm: stormy, mix: mixed };
}

async function keepReport({ markdown, plots }) {
  const folder = path.join(import.meta.dirname, 'plots');
  await mkdir(folder, { recursive: true });
  for (const [file, svg] of Object.entries(plots)) await writeFile(path.join(folder, file), svg);
  await keepResults(markdown, 'SCALE.md');
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    data: { type: 'string' },
  },
});
const run = RUNS[values.quick ? 'quick' : 'full'];
const mix = { ...run.mix, minutes: Number(values.minutes ?? run.mix.minutes) };
if (!(mix.minutes > 0)) throw new Error('--minutes must be a number above 0');
await inFolder(async (folder) => {
  const [busy] = os.loadavg();
  const startedAt = performance.now();
  const traffic = await measureTraffic(folder, { ...run, mix });
  const routes = await measureRoutes(folder, run);
  const report = describeScale({
    command: [
      'npm run bench:scale',
      ...(values.minutes ? [`-- --minutes ${values.minutes}`] : []),
    ].join(' '),
    busy,
    minutes: (performance.now() - startedAt) / 60_000,
    rows: run.rows,
    load: run.load,
    platform: `the platform of \`npm run seed -- --size ${run.platform}\``,
    routes,
    ...traffic,
  });
  // A quick run is for looking at while one works.
  if (!values.quick) await keepReport(report);
  say(`\n${report.markdown}`);
}, values.data);
