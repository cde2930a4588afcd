import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import express, { type Response } from 'express';
import { goFirst } from '../../src/middlewares/go-first.middleware';
import { createRightOfWay, type RightOfWay } from '../../src/utils/right-of-way';
import { eventually } from '../helpers/eventually';

/** Longer than any of these tests. */
const PATIENT = 600_000;

/** Tells, now and later, whether somebody has stopped waiting. */
function waitFor(way: RightOfWay): { goesOn: boolean } {
  const waiting = { goesOn: false };
  void way.give().then(() => (waiting.goesOn = true));
  return waiting;
}

describe('createRightOfWay', () => {
  test('give, when nothing quick is under way, goes on at once', async () => {
    await createRightOfWay(PATIENT).give();
  });

  test('give, while several quick things are under way, waits for the last of them', async () => {
    const way = createRightOfWay(PATIENT);
    const ends = [way.take(), way.take()];
    const waiting = [waitFor(way), waitFor(way)];

    ends[0]?.();
    await turn();
    expect(waiting).toEqual([{ goesOn: false }, { goesOn: false }]);

    ends[1]?.();
    await turn();
    expect(waiting).toEqual([{ goesOn: true }, { goesOn: true }]);
  });

  test('give, when what is quick does not end, goes on when its patience is over', async () => {
    const way = createRightOfWay(1);
    way.take();

    await way.give();
  });
});

describe('goFirst', () => {
  test('a request, until it is answered or its client is gone, has the right of way, but none with a file', async () => {
    const way = createRightOfWay(PATIENT);
    const unanswered = new Map<string, Response>();
    const app = express().use(goFirst(way), ({ path }, response) => {
      unanswered.set(path, response);
    });
    const listening = app.listen(0);
    const { port } = listening.address() as AddressInfo;
    const ask = async (path: string, headers = {}): Promise<http.ClientRequest> => {
      const asked = http.request({ port, path, method: 'POST', headers });
      asked.on('error', () => undefined).flushHeaders();
      await eventually(async () => expect([...unanswered.keys()]).toContain(path));
      return asked;
    };

    await ask('/form', { 'content-type': 'multipart/form-data; boundary=x' });
    await way.give();
    await ask('/answered');
    const left = await ask('/left');
    const waiting = waitFor(way);
    unanswered.get('/answered')?.end();
    await once(unanswered.get('/answered') as Response, 'close');
    await turn();
    expect(waiting.goesOn).toBe(false);
    left.destroy();
    await eventually(async () => expect(waiting.goesOn).toBe(true));

    listening.closeAllConnections();
    await once(listening.close(), 'close');
  });
});
