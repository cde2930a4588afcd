import { setTimeout as delay } from 'node:timers/promises';

/** Slow enough for any machine, often enough for a 99th percentile within seconds. */
const PER_SECOND = 40;

/**
 * Asks for `address` at a steady pace, whether or not earlier answers have come: a server that is
 * held up is asked no less. Latencies count from when a request was due.
 * @param until ends it
 * @returns latencies in milliseconds
 */
export async function steadyLoad(address, until) {
  const latencies = [];
  const asked = [];
  let over = false;
  const ending = until.finally(() => (over = true));
  const startedAt = performance.now();
  for (let number = 0; !over; number += 1) {
    const due = startedAt + (number * 1000) / PER_SECOND;
    await delay(Math.max(0, due - performance.now()));
    asked.push(ask(address).then(() => latencies.push(performance.now() - due)));
  }
  await Promise.all([ending, ...asked]);
  return latencies;
}

async function ask(address) {
  const response = await fetch(address);
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
}

/** The value below which so much (0 to 1) of them lies. */
export function percentile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
