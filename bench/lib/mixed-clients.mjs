import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ACTIONS, chooseAction } from './actions.mjs';

const TELL_MILLISECONDS = 5000;
/** Nobody waits longer; it counts as an error. */
const PATIENCE_MILLISECONDS = 30_000;

/**
 * Clients that each keep one connection, think, and do the next thing. One in two is signed in.
 * @param tell takes what has happened since it was told last: `[seconds since the start, index in
 * ACTIONS, milliseconds, status or what failed]` of each request
 * @returns how many clients there were
 */
export async function mixedClients({ url, clients, seconds, thinkSeconds, tokens, videos }, tell) {
  const startedAt = performance.now();
  const ends = startedAt + seconds * 1000;
  const samples = [];
  const telling = setInterval(() => tell(samples.splice(0)), TELL_MILLISECONDS);

  const client = async (number) => {
    const random = randomNumbers(number + 1);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const account = number % 2 === 0 ? tokens[(number / 2) % tokens.length] : undefined;
    const person = { ...account, number, random, videos };
    for (;;) {
      const thinkMilliseconds = 2 * thinkSeconds * 1000 * random();
      if (performance.now() + thinkMilliseconds >= ends) break;
      await delay(thinkMilliseconds);
      const index = chooseAction(person);
      const request = ACTIONS[index].request(person);
      const askedAt = performance.now();
      const { outcome, data } = await send(agent, url, person, request);
      const seconds = (askedAt - startedAt) / 1000;
      samples.push([seconds, index, performance.now() - askedAt, outcome]);
      if (data) ACTIONS[index].learn?.(person, data);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  clearInterval(telling);
  tell(samples);
  return clients;
}

/** @returns the status, or what failed; and the data of a good answer */
function send(agent, url, person, { method = 'GET', path, body, token = person.accessToken }) {
  const sent = body && JSON.stringify(body);
  const headers = {
    'user-agent': `Mixed client ${person.number}`,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(sent && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
  };
  return new Promise((resolve) => {
    const request = http.request(`${url}/api/v1${path}`, { agent, method, headers });
    const fail = (error) => resolve({ outcome: error.code ?? error.message });
    request.setTimeout(PATIENCE_MILLISECONDS, () => request.destroy(new Error('no answer')));
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const outcome = response.statusCode;
        const good = outcome >= 200 && outcome < 300;
        resolve({ outcome, data: good && JSON.parse(Buffer.concat(chunks)).data });
      });
    });
    request.end(sent);
  });
}

/** Mulberry32: the same clients do the same things in every run. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
