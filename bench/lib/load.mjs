import { isDeepStrictEqual } from 'node:util';
import autocannon from 'autocannon';

const CONNECTIONS = 20;
/** So many that the compiler of V8 has settled: a server is measured as it runs, not as it starts. */
const WARM_UP_ROUNDS = 5;
/** A turn of fewer would measure a moment of the machine. */
const FEWEST_REQUESTS = 5;
const SAMPLE_MILLISECONDS = 50;
/** A busy machine is slow, and no reason to give up. */
const PATIENCE_SECONDS = 120;

/**
 * Measures one case on several servers in turns, so that whatever else the machine does strikes all
 * alike. Before that, all floors and products must give the same rows.
 * @param servers by name: `{ url, headers, size }`; those of one size must agree
 * @returns by name: the median over the rounds of requests per second, and of p50 and p99 in ms; and
 * `rounds`, each of them, for `medianRatio`
 */
export async function compareServers(
  measured,
  servers,
  { rounds, seconds, warmUps = WARM_UP_ROUNDS },
) {
  const targets = await Promise.all(
    Object.entries(servers).map(([name, server]) => prepareTarget(name, server, measured(server))),
  );
  requireAgreement(targets);
  const results = Object.fromEntries(targets.map(({ name }) => [name, []]));
  for (const target of targets) await warmUp(target, seconds, warmUps);
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) results[target.name].push(await load(target, seconds));
  }
  return Object.fromEntries(Object.entries(results).map(([name, all]) => [name, medians(all)]));
}

/** Asks once, and learns what every further answer has to look like. */
async function prepareTarget(name, { url, headers, size }, request) {
  const { address, method, rows, signedIn, connections = CONNECTIONS } = request;
  const target = {
    name,
    size,
    url: `${url}/api/v1${address}`,
    method,
    connections,
    headers: signedIn ? headers : {},
  };
  const response = await fetch(target.url, { method, headers: target.headers });
  const text = await response.text();
  if (response.status !== 200)
    throw new Error(`${target.url} answered ${response.status}: ${text}`);
  const { data } = JSON.parse(text);
  const found = Array.isArray(data) ? data : (data.docs ?? [data]);
  if (found.length !== rows) {
    throw new Error(`${target.url} answered ${found.length} rows, not ${rows}`);
  }
  return { ...target, data, verifyBody: verifierOf(method, text) };
}

/** Reads answer the same bytes again and again; a toggle turns one row on and off. */
function verifierOf(method, text) {
  const bytes = Buffer.byteLength(text);
  if (method === 'GET') return (body) => Buffer.byteLength(body) === bytes;
  return (body) => JSON.parse(body).data.likesCount >= 0;
}

/** The floor does the product's work only if it finds the same: reads must agree to the letter. */
function requireAgreement(targets) {
  for (const target of targets.filter(({ method }) => method === 'GET')) {
    const twin = targets.find(({ size }) => size === target.size);
    if (!isDeepStrictEqual(target.data, twin.data)) {
      throw new Error(`${target.url} and ${twin.url} answered different data`);
    }
  }
}

/** Finds out how many requests make a turn: first with one of each connection, then with more. */
async function warmUp(target, seconds, rounds) {
  target.perSecond = target.connections / seconds;
  for (let round = 0; round < rounds; round += 1) await load(target, seconds);
}

/**
 * One turn. It ends when all its requests are answered, after about so many seconds: what a turn
 * leaves behind unanswered would burden the next one.
 */
async function load(target, seconds) {
  const { url, method, headers, connections, verifyBody } = target;
  const amount = Math.max(connections, FEWEST_REQUESTS, Math.round(target.perSecond * seconds));
  const options = { url, method, headers, connections, verifyBody, amount };
  const running = autocannon({
    ...options,
    sampleInt: SAMPLE_MILLISECONDS,
    timeout: PATIENCE_SECONDS,
  });
  const startedAt = performance.now();
  let answeredAt = startedAt;
  // Its own clock stops at the next sample only.
  running.on('response', () => (answeredAt = performance.now()));
  const result = await running;
  const faults = result.non2xx + result.errors + result.mismatches;
  if (faults > 0 || result['2xx'] !== amount) {
    throw new Error(
      `${url}: of ${amount} answers ${result['2xx']} were 2xx, ${result.mismatches} were different, ${result.errors} failed`,
    );
  }
  target.perSecond = (1000 * amount) / (answeredAt - startedAt);
  return {
    perSecond: target.perSecond,
    median: result.latency.p50,
    slowest: result.latency.p99,
  };
}

function medians(rounds) {
  const of = (name) => median(rounds.map((round) => round[name]));
  return { perSecond: of('perSecond'), median: of('median'), slowest: of('slowest'), rounds };
}

/**
 * How many times that of `other` a figure of `one` is: the median of the rounds' ratios. What slows
 * the whole machine down for a while strikes both sides of one round, but not both medians.
 */
export const medianRatio = (one, other, figure) =>
  median(one.rounds.map((round, index) => round[figure] / other.rounds[index][figure]));

export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const describeLoad = ({ rounds, seconds }) =>
  `${CONNECTIONS} connections, medians of ${rounds} turns of ${seconds} s after warming up`;
