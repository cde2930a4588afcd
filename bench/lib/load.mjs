import autocannon from 'autocannon';

const CONNECTIONS = 20;
const WARM_UP_SECONDS = 3;
const MEASURED_SECONDS = Number(process.env.BENCH_SECONDS ?? 8);

/** Reads one address as fast as it goes. @returns requests per second, and latencies in ms */
export async function measureReads(url) {
  await autocannon({ url, connections: CONNECTIONS, duration: WARM_UP_SECONDS });
  const result = await autocannon({ url, connections: CONNECTIONS, duration: MEASURED_SECONDS });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`);
  }
  return {
    perSecond: result.requests.average,
    median: result.latency.p50,
    slowest: result.latency.p99,
  };
}

export const LOAD = `${CONNECTIONS} connections, ${MEASURED_SECONDS} s after ${WARM_UP_SECONDS} s of warming up`;
