import { setTimeout as delay } from 'node:timers/promises';
import { ACTIONS } from './actions.mjs';
import { accountTokens, discoverVideos } from './people.mjs';
import { startClients } from './processes.mjs';
import { watchServer } from './server-watch.mjs';

/** Until whoever begins has begun. */
const SETTLE_SECONDS = 2;
/** The first requests of many clients meet a server that is not compiled yet. */
const RAMP_SHARE = 0.1;

/**
 * A steady 40 reads a second, before and while `people` sign in as fast as they are answered.
 * @returns `{ before, during, logins, raised }`: answers as of `steadyRequests`, and milliseconds
 */
export async function measureStorm({ url }, accounts, { people, seconds }) {
  const requests = await normalTraffic(url, accounts[0]);
  const steady = (duration) => startClients('steady', { requests, seconds: duration });
  await steady(Math.min(10, seconds));
  const { result: before, raised } = await steady(seconds);
  const storming = startClients('storm', {
    url,
    accounts: accounts.slice(1),
    people,
    seconds: seconds + 2 * SETTLE_SECONDS,
  });
  await delay(SETTLE_SECONDS * 1000);
  const { result: during } = await steady(seconds);
  const { result: logins } = await storming;
  return { people, seconds, before, during, logins, raised };
}

async function normalTraffic(url, account) {
  const { accessToken } = await accountTokens(url, account);
  const headers = { authorization: `Bearer ${accessToken}` };
  const [{ _id, owner }] = await discoverVideos(url);
  return [
    ['GET /videos', '/videos'],
    ['GET /users/c/:username', `/users/c/${owner.username}`],
    ['GET /comments/:videoId', `/comments/${_id}`],
    ['GET /users/current-user', '/users/current-user'],
  ].map(([name, path]) => ({ name, address: `${url}/api/v1${path}`, headers }));
}

/**
 * Many clients that keep their connections, for minutes.
 * @returns `{ samples, looks, ramp, raised }`: `[seconds, action's name, milliseconds, outcome]` of each
 * request, the looks of `watchServer`, and how many seconds at the start do not count for latencies
 */
export async function measureMix(server, accounts, { clients, minutes, thinkSeconds }) {
  const { url } = server;
  const seconds = minutes * 60;
  const videos = await discoverVideos(url);
  const tokens = [];
  for (const account of accounts) {
    const { accessToken } = await accountTokens(url, account);
    tokens.push({ ...account, accessToken });
  }
  const samples = [];
  const tell = (told) => {
    for (const [at, index, ...rest] of told) samples.push([at, ACTIONS[index].name, ...rest]);
  };
  const everySeconds = Math.min(2, seconds / 20);
  const endWatch = watchServer(server, everySeconds);
  const options = { url, clients, seconds, thinkSeconds, tokens, videos };
  const { raised } = await startClients('mixed', options, tell);
  const looks = await endWatch();
  const ramp = seconds * RAMP_SHARE;
  return { clients, seconds, thinkSeconds, samples, looks, everySeconds, ramp, raised };
}
