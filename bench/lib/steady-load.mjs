import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { raisePriority } from './raise-priority.mjs';

/** Slow enough for any machine, often enough for a 99th percentile within seconds. */
const PER_SECOND = 40;
/** The first requests of a process wait for its own compiler and connections: nobody's fault but its. */
const WARM_UP_SECONDS = 2;

/**
 * Asks for `address` at a steady pace while `work` goes on, from a process of its own: in that of
 * the uploading clients, their work would be counted as the server's delay; and of a raised priority
 * where the system grants it, as theirs take all that they get of the processors, too.
 * @returns `{ latencies, raised }`: milliseconds, and whether the priority was raised
 */
export async function steadyLoad(address, work) {
  const asking = fork(fileURLToPath(import.meta.url), [address]);
  const ended = once(asking, 'exit');
  try {
    const [raised] = await once(asking, 'message');
    await delay(WARM_UP_SECONDS * 1000);
    asking.send('count');
    await once(asking, 'message');
    await work();
    asking.send('stop');
    const [latencies] = await once(asking, 'message');
    return { latencies, raised };
  } finally {
    asking.kill();
    await ended;
  }
}

/**
 * Asks for several requests in turn, `{ name, address, headers }`. The pace is kept whether or not
 * earlier answers have come: a server that is held up is asked no less. Latencies count from when a
 * request was due.
 * @returns `{ name, milliseconds }` of each answer
 */
export async function steadyRequests(requests, until) {
  const answers = [];
  const asked = [];
  let over = false;
  const ending = until.then(() => (over = true));
  const startedAt = performance.now();
  for (let number = 0; !over; number += 1) {
    const due = startedAt + (number * 1000) / PER_SECOND;
    const request = requests[number % requests.length];
    await delay(Math.max(0, due - performance.now()));
    const answered = ask(request).then(() =>
      answers.push({ name: request.name, milliseconds: performance.now() - due }),
    );
    asked.push(answered);
  }
  await Promise.all([ending, ...asked]);
  return answers;
}

async function ask({ address, headers = {} }) {
  const response = await fetch(address, { headers });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
}

/** The value below which so much (0 to 1) of them lies. */
export function percentile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const requests = [{ address: process.argv[2] }];
  const warm = once(process, 'message');
  process.send(raisePriority());
  await steadyRequests(requests, warm);
  const stopped = once(process, 'message');
  process.send('counting');
  const answers = await steadyRequests(requests, stopped);
  process.send(answers.map(({ milliseconds }) => milliseconds));
}
