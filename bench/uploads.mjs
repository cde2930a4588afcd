/**
 * Measures uploads against a bare `pipeline()` from the request to a file, and what they do to a
 * steady stream of GET /videos; the full run writes bench/UPLOADS.md.
 *
 *   npm run bench:uploads                    1 GiB at a time, and 50 of 20 MiB at once
 *   npm run bench:uploads -- --size short    a sixteenth of that
 *   npm run bench:uploads -- --only many     one case of: form, many, tus
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { inFolder } from './lib/in-folder.mjs';
import { median } from './lib/load.mjs';
import { databaseUri, startFloor, startProduct } from './lib/processes.mjs';
import { describeMachine, keepResults, number, percent } from './lib/report.mjs';
import { publishFirstVideo, register, signIn } from './lib/seed.mjs';
import { percentile, steadyLoad } from './lib/steady-load.mjs';
import { deleteUploads, uploadByTus, uploadForm, watchMemory } from './lib/upload.mjs';

const MEBIBYTE = 1024 ** 2;
const SIZES = {
  short: { one: 64 * MEBIBYTE, many: { count: 10, bytes: 6 * MEBIBYTE }, rounds: 2 },
  full: { one: 1024 * MEBIBYTE, many: { count: 50, bytes: 20 * MEBIBYTE }, rounds: 3 },
};
const IDLE_SECONDS = 20;
/** Until the disk has taken what the last upload left in memory, the next would pay for it. */
const SETTLE_SECONDS = 2;

/** An account may have six uploads come in at once unless that is configured otherwise. */
const UPLOADS_PER_ACCOUNT = 5;

const GOALS = { share: 0.7, extraMebibytes: 64, slowdown: 2 };

const say = (line) => process.stdout.write(`${line}\n`);

/** The ways of sending; the floor takes any body at one address. */
function casesOf({ one, many }) {
  const together = (upload) =>
    Promise.all(Array.from({ length: many.count }, (_, index) => upload(index)));
  return [
    {
      key: 'form',
      name: `one form of ${one / MEBIBYTE} MiB`,
      bytes: one,
      floor: (server) => uploadForm(server, one),
      product: (server, [token]) => uploadForm(server, one, token),
    },
    {
      key: 'many',
      name: `${many.count} forms of ${many.bytes / MEBIBYTE} MiB at once`,
      bytes: many.count * many.bytes,
      floor: (server) => together(() => uploadForm(server, many.bytes)),
      product: (server, tokens) =>
        together((index) => uploadForm(server, many.bytes, tokens[index % tokens.length])),
    },
    {
      key: 'tus',
      name: `one tus upload of ${one / MEBIBYTE} MiB (no goal)`,
      bytes: one,
      floor: (server) => uploadForm(server, one),
      product: (server, [token]) => uploadByTus(server, one, token),
    },
  ];
}

/** Floor and product in turns; then once more each, beside a steady load on the product. */
async function measureCase({ name, bytes, floor, product }, servers, rounds) {
  say(`measuring ${name} …`);
  const sides = { floor: [], durable: [], product: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const side of ['floor', 'durable']) {
      sides[side].push(await watchMemory(servers[side], () => floor(servers[side])));
      await delay(SETTLE_SECONDS * 1000);
    }
    sides.product.push(
      await watchMemory(servers.product, () => product(servers.product, servers.accessTokens)),
    );
    await settle(servers);
  }
  const besideFloor = await measureBeside(servers, rounds, () => floor(servers.floor));
  const beside = await measureBeside(servers, rounds, () =>
    product(servers.product, servers.accessTokens),
  );
  return { name, bytes, sides, besideFloor, beside };
}

/** Each turn begins with the same data, and with a disk that has taken what was sent before. */
async function settle({ product, accessTokens }) {
  for (const accessToken of accessTokens) await deleteUploads(product, accessToken);
  await delay(SETTLE_SECONDS * 1000);
}

/** Latencies of GET /videos at the product while `upload` is going on, and how long each takes then. */
async function measureBeside(servers, rounds, upload) {
  const { product } = servers;
  const all = { latencies: [], seconds: [] };
  for (let round = 0; round < rounds; round += 1) {
    const timed = async () => {
      const startedAt = performance.now();
      await upload();
      all.seconds.push((performance.now() - startedAt) / 1000);
    };
    const { latencies } = await steadyLoad(`${product.url}/api/v1/videos`, timed);
    all.latencies.push(...latencies);
    await settle(servers);
  }
  return all;
}

async function measureAll(folder, size, only) {
  const [busy] = os.loadavg();
  const dataDir = path.join(folder, 'data');
  const product = await startProduct(dataDir);
  await publishFirstVideo(product.url);
  const accessTokens = await signInAll(product.url, SIZES[size].many.count / UPLOADS_PER_ACCOUNT);
  const floor = await startFloor(databaseUri(dataDir), 'videotube', folder);
  const durable = { ...floor, url: `${floor.url}/durable` };
  const servers = { product, floor, durable, accessTokens };
  const address = `${product.url}/api/v1/videos`;
  // Compiled and settled before anything counts.
  await steadyLoad(address, () => delay(5000));
  const cases = casesOf(SIZES[size]);
  await cases[1].product(product, accessTokens);
  await settle(servers);
  const { latencies: idle, raised } = await steadyLoad(address, () => delay(IDLE_SECONDS * 1000));
  const results = [];
  for (const each of cases.filter(({ key }) => !only || key === only)) {
    results.push(await measureCase(each, servers, SIZES[size].rounds));
  }
  return { size, busy, idle, raised, results };
}

/** @returns the access tokens of so many persons */
async function signInAll(url, count) {
  const accessTokens = [(await signIn(url)).accessToken];
  for (let number = 1; number < count; number += 1) {
    await register(url, `ada${number}`);
    accessTokens.push((await signIn(url, `ada${number}`)).accessToken);
  }
  return accessTokens;
}

function describe({ size, busy, idle, raised, results }) {
  const slow = (latencies) => percentile(latencies, 0.99);
  const idleSlow = slow(idle);
  const rows = results.map(({ name, bytes, sides, besideFloor, beside }) => {
    const rateOf = (seconds) => bytes / MEBIBYTE / median(seconds);
    const rate = (side) => rateOf(sides[side].map(({ seconds }) => seconds));
    const memory = (side) => Math.max(...sides[side].map(({ extraMebibytes }) => extraMebibytes));
    const met =
      rate('product') >= GOALS.share * rate('floor') &&
      memory('product') <= GOALS.extraMebibytes &&
      slow(beside.latencies) <= GOALS.slowdown * idleSlow;
    return [
      name,
      number(rate('floor')),
      number(rate('durable')),
      number(rate('product')),
      percent(rate('product'), rate('floor')),
      `${number(memory('floor'))} / ${number(memory('product'))}`,
      `${number(slow(besideFloor.latencies))} / ${number(slow(beside.latencies))}`,
      `${(slow(beside.latencies) / idleSlow).toFixed(1)}×`,
      `${number(rateOf(besideFloor.seconds))} / ${number(rateOf(beside.seconds))}`,
      name.includes('no goal') ? '' : met ? 'met' : 'missed',
    ].join(' | ');
  });
  return [
    '# Upload results',
    '',
    `Made by \`npm run bench:uploads${size === 'full' ? '' : ` -- --size ${size}`}\`. The floor is a bare \`pipeline()\` from the request to a`,
    'file, which checks nothing, stores nothing and waits for no disk; the product receives, finds out',
    'what the file is, waits until the disk has it, and answers with the published video.',
    '',
    `${describeMachine()}; medians of ${results[0].sides.floor.length} turns; load average before the start: ${busy.toFixed(1)}.`,
    'The clients run on the same machine. "With fsync" is the floor that answers once the disk has the',
    `file, as the product does: what that costs by itself. Of the uploads at once, each account sends ${UPLOADS_PER_ACCOUNT}:`,
    'more than six at a time are refused unless that is configured.',
    '',
    `Goals: ${percent(GOALS.share, 1)} of the floor's rate, ${GOALS.extraMebibytes} MiB of extra resident memory at most, and a p99 of`,
    `GET /videos at a steady 40 a second within ${GOALS.slowdown}× of its idle value, which is ${number(idleSlow)} ms`,
    `(median ${number(percentile(idle, 0.5))} ms, ${idle.length} requests). "Beside the floor" is the same p99 while the floor,`,
    'another process, receives the same bytes: what the machine alone makes of it; the rates of these runs',
    'are the last column, as the product lets readers go before uploads. The process that asks',
    `for it, not those that upload, ${raised ? 'goes' : 'was not allowed to go'} before others, so that it times the server's waiting.`,
    '',
    '| upload | floor MiB/s | with fsync | product MiB/s | share | extra MiB, floor / product | p99 ms beside the floor / the product | of idle | MiB/s beside the readers, floor / product | goals |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, only: { type: 'string' } },
});
if (!Object.hasOwn(SIZES, values.size)) {
  throw new Error(`--size is one of ${Object.keys(SIZES).join(', ')}`);
}
if (values.only && !['form', 'many', 'tus'].includes(values.only)) {
  throw new Error('--only is one of form, many, tus');
}
await inFolder(async (folder) => {
  const results = describe(await measureAll(folder, values.size, values.only));
  if (values.size === 'full' && !values.only) await keepResults(results, 'UPLOADS.md');
  say(`\n${results}`);
});
