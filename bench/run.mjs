/**
 * Measures the built product against the floor and writes bench/RESULTS.md.
 * BENCH_SECONDS and BENCH_UPLOAD_BYTES make it shorter; MONGODB_URI makes it use that MongoDB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { compareReads, LOAD } from './lib/load.mjs';
import { databaseUri, startFloor, startProduct, stopAll } from './lib/processes.mjs';
import { describeResults, keepResults } from './lib/report.mjs';
import { multiplyData, publishFirstVideo, VIDEOS } from './lib/seed.mjs';
import { measureUpload, UPLOAD_BYTES } from './lib/upload.mjs';

const say = (line) => process.stdout.write(`${line}\n`);

async function compare(name, address, floor, product) {
  say(`reading ${name} …`);
  return { name, ...(await compareReads(`${floor.url}${address}`, `${product.url}${address}`)) };
}

async function measureAll(folder) {
  const [busy] = os.loadavg();
  const dataDir = path.join(folder, 'data');
  say('starting on an empty folder …');
  const fresh = await startProduct(dataDir);
  const accessToken = await publishFirstVideo(fresh.url);
  say(`seeding ${VIDEOS} videos …`);
  const { database, channel } = await multiplyData(databaseUri(dataDir));
  await fresh.stop();

  say('starting on the data …');
  const product = await startProduct(dataDir);
  const floor = await startFloor(databaseUri(dataDir), database, folder);
  const reads = [
    await compare('GET /videos', '/api/v1/videos', floor, product),
    await compare('GET /users/c/:username', `/api/v1/users/c/${channel}`, floor, product),
  ];
  say(`uploading ${Math.round(UPLOAD_BYTES / 1024 ** 2)} MiB …`);
  const uploads = {
    floor: await measureUpload(floor),
    product: await measureUpload(product, accessToken),
  };
  const starts = [
    { name: 'floor', milliseconds: floor.startMilliseconds },
    { name: 'product, empty folder', milliseconds: fresh.startMilliseconds },
    { name: `product, ${VIDEOS} videos`, milliseconds: product.startMilliseconds },
  ];
  return { starts, reads, uploads, load: LOAD, videos: VIDEOS, uploadBytes: UPLOAD_BYTES, busy };
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-bench-'));
try {
  const results = describeResults(await measureAll(folder));
  await keepResults(results);
  say(`\n${results}`);
} finally {
  await stopAll();
  await rm(folder, { recursive: true, force: true });
}
