/**
 * Clients in a process of their own, which others start with `startClients`: one kind of them, told
 * what to do by the first message. The process has a raised priority where the system grants it, so
 * that what it times is the server's waiting and not its own.
 *
 * Messages back: `{ samples }` now and then, `{ result, raised }` at the end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { stormOfLogins } from './lib/login-storm.mjs';
import { mixedClients } from './lib/mixed-clients.mjs';
import { raisePriority } from './lib/raise-priority.mjs';
import { steadyRequests } from './lib/steady-load.mjs';

const KINDS = {
  steady: ({ requests, seconds }) => steadyRequests(requests, delay(seconds * 1000)),
  storm: stormOfLogins,
  mixed: mixedClients,
};

process.once('message', ({ kind, options }) => {
  const raised = raisePriority();
  const tell = (samples) => process.send({ samples });
  KINDS[kind](options, tell).then((result) =>
    process.send({ result, raised }, () => process.disconnect()),
  );
});
