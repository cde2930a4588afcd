import autocannon from 'autocannon';

const CONNECTIONS = 20;
const WARM_UP_SECONDS = 3;
const ROUNDS = 4;
const MEASURED_SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
// Rates are sampled once a second.
const ROUND_SECONDS = Math.max(1, Math.round(MEASURED_SECONDS / ROUNDS));

/**
 * Reads two addresses as fast as they go, in turns, so that whatever else the machine does strikes
 * both alike. @returns of each, requests per second and latencies in ms, averaged over the rounds
 */
export async function compareReads(floorUrl, productUrl) {
  for (const url of [floorUrl, productUrl]) await read(url, WARM_UP_SECONDS);
  const rounds = { floor: [], product: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.floor.push(await read(floorUrl, ROUND_SECONDS));
    rounds.product.push(await read(productUrl, ROUND_SECONDS));
  }
  return { floor: average(rounds.floor), product: average(rounds.product) };
}

async function read(url, duration) {
  const result = await autocannon({ url, connections: CONNECTIONS, duration });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`);
  }
  return {
    perSecond: result.requests.average,
    median: result.latency.p50,
    slowest: result.latency.p99,
  };
}

function average(rounds) {
  const mean = (name) => rounds.reduce((sum, round) => sum + round[name], 0) / rounds.length;
  return {
    perSecond: mean('perSecond'),
    median: Math.round(mean('median')),
    slowest: Math.round(mean('slowest')),
  };
}

export const LOAD = `${CONNECTIONS} connections, ${ROUNDS} turns of ${ROUND_SECONDS} s after ${WARM_UP_SECONDS} s of warming up`;
