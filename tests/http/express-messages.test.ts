import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';
import { expressMessages } from '../../src/express-messages';
import { mountRoutes } from '../../src/routes/mount-routes';

describe('expressMessages', () => {
  test('a request and its response, when they arrive, are of the app before it has seen them', async () => {
    const app = express();
    app.get('/thing', ({ path, ip }, response) => {
      response.json({ path, knowsAddress: ip !== undefined });
    });
    const seen: boolean[] = [];
    const server = http.createServer(expressMessages(app), (incoming, response) => {
      seen.push(
        Object.getPrototypeOf(incoming) === app.request,
        Object.getPrototypeOf(response) === app.response,
      );
      app(incoming, response);
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));

    const { port } = server.address() as AddressInfo;
    const { body } = await request(`http://localhost:${port}`).get('/thing');
    await new Promise((resolve) => server.close(resolve));

    expect(body).toEqual({ path: '/thing', knowsAddress: true });
    expect(seen).toEqual([true, true]);
  });
});

describe('mountRoutes', () => {
  const answering = (name: string, path: string): express.Router => {
    const router = express.Router();
    router.get(path, ({ baseUrl, url }, response) => {
      response.json({ name, baseUrl, url });
    });
    return router;
  };
  const app = express().use(
    mountRoutes([
      ['/api/users', answering('first', '/one')],
      ['/api/users', answering('second', '/two')],
      ['/api', answering('rest', '/users/three')],
    ]),
  );

  test.each([
    ['/api/users/one', { name: 'first', baseUrl: '/api/users', url: '/one' }],
    ['/API/Users/two?a=1', { name: 'second', baseUrl: '/API/Users', url: '/two?a=1' }],
    ['/api/users/three', { name: 'rest', baseUrl: '/api', url: '/users/three' }],
  ])('GET %s, when a router under its path knows it, is answered by that', async (path, answer) => {
    expect((await request(app).get(path)).body).toEqual(answer);
  });

  test.each(['/api/usersone', '/api/user', '/users/one', '/'])(
    'GET %s, when no router is for it, is left to whoever follows',
    async (path) => {
      expect((await request(app).get(path)).status).toBe(404);
    },
  );
});
