import { createApp } from '../../src/app';
import type { AppDependencies } from '../../src/app-dependencies';
import request from 'supertest';
import { dataOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { createLogger } from '../../src/utils/logger';
import { LocalStore } from '../../src/services/media/local-store';
import { coversBehaviour } from '../helpers/route-coverage';
import { createMetrics } from '../../src/services/metrics/metrics.service';
import { createViewBuffer } from '../../src/services/view-buffer';
import { createUploads } from '../../src/services/uploads/upload.service';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { CORS_ORIGIN: 'https://app.example.com' } });
});
afterAll(() => server.stop());

/** For an app of its own, of which nothing is asked that needs more. */
function dependencies(): AppDependencies {
  const logger = createLogger(server.config);
  return {
    config: server.config,
    logger,
    mediaStore: new LocalStore(server.dataDir),
    throttles: { spend: jest.fn(), giveBack: jest.fn(), reset: jest.fn() },
    views: createViewBuffer(60, logger),
    removals: {
      schedule: jest.fn(),
      run: jest.fn(),
      hold: jest.fn(),
      withdraw: jest.fn(),
      undo: jest.fn(),
      start: jest.fn(),
      stop: jest.fn(),
    },
    jobs: {
      spool: '',
      schedule: jest.fn(),
      run: jest.fn(),
      finishCancelled: jest.fn(),
      wake: jest.fn(),
      start: jest.fn(),
      idle: jest.fn(),
      stop: jest.fn(),
    },
    uploads: createUploads({ config: server.config, logger }),
    mailer: { post: jest.fn(), stop: jest.fn() },
    metrics: createMetrics({ config: server.config, logger }),
    publicUrl: () => server.url,
    checkReadiness: () => Promise.resolve(),
  };
}

describe('health', () => {
  test('GET /api/v1/healthcheck, when the process runs, answers ok and its uptime', async () => {
    const answer = await server.api().get('/api/v1/healthcheck');

    expect(dataOf(answer)).toEqual({ status: 'ok', uptime: expect.any(Number) });
  });

  test('GET /readyz, when database and store answer, is 200', async () => {
    expect(dataOf(await server.api().get('/readyz'))).toEqual({ status: 'ready' });
  });

  test('GET /readyz, when something does not answer, is 503 and tells no inside', async () => {
    const app = createApp({
      ...dependencies(),
      checkReadiness: () => Promise.reject(new Error('mongodb at 10.0.0.7 is away')),
    });

    const answer = await request(app).get('/readyz');

    expectFailure(answer, 503, 'NOT_READY');
    expect(answer.text).not.toContain('10.0.0.7');
  });
});

describe('unknown addresses and methods', () => {
  test.each(['/', '/api/v1', '/api/v1/nothing', '/api/v2/videos', '/.env', '/public/temp'])(
    'GET %s, when there is nothing, answers 404 in the envelope',
    async (path) => {
      expectFailure(await server.api().get(path), 404, 'ROUTE_NOT_FOUND');
    },
  );

  test.each([
    ['delete', '/api/v1/healthcheck', 'GET, HEAD, OPTIONS'],
    ['get', '/api/v1/users/login', 'OPTIONS, POST'],
    ['patch', '/api/v1/videos', 'GET, HEAD, OPTIONS, POST'],
    ['post', '/readyz', 'GET, HEAD, OPTIONS'],
  ] as const)(
    '%s %s, when the method is not for it, answers 405 with Allow',
    async (method, path, allow) => {
      const answer = await server.api()[method](path);

      expectFailure(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.allow).toBe(allow);
    },
  );

  test('HEAD, when GET is known, answers the headers alone', async () => {
    const answer = await server.api().head('/api/v1/healthcheck');

    expect(answer.status).toBe(200);
    expect(answer.text).toBeUndefined();
  });
});

describe('headers', () => {
  test('an answer, when it leaves, tells browsers to be strict and not who we are', async () => {
    const { headers } = await server.api().get('/api/v1/healthcheck');

    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  test('an answer, when the client reads gzip, is kept apart from others by caches', async () => {
    const answer = await server.api().get('/api/v1/videos').set('Accept-Encoding', 'gzip');

    expect(answer.headers.vary).toContain('Accept-Encoding');
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    server
      .api()
      .options('/api/v1/users/login')
      .set('Origin', origin)
      .set('Access-Control-Request-Method', 'POST');

  test.each(['https://app.example.com', 'http://localhost:5173', 'http://127.0.0.1:3000'])(
    'a preflight, when from %s, answers 204 and lets it in with credentials',
    async (origin) => {
      const answer = await preflight(origin);

      expect(answer.status).toBe(204);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
      });
      expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
    },
  );

  test.each([
    'https://evil.example.com',
    'https://app.example.com.evil.example',
    'http://localhost.evil.example',
    'null',
  ])('a preflight, when from %s, is not let in', async (origin) => {
    const answer = await preflight(origin);

    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each([undefined, 'https://evil.example.com', 'https://app.example.com'])(
    'an answer, when the origin is %s, is kept apart by caches from those of other origins',
    async (origin) => {
      const get = server.api().get('/api/v1/healthcheck');
      const answer = await (origin === undefined ? get : get.set('Origin', origin));

      expect(answer.headers.vary).toMatch(/\bOrigin\b/);
    },
  );

  test('a failure, when it goes to an allowed origin, can be read there too', async () => {
    const answer = await server
      .api()
      .get('/api/v1/nothing')
      .set('Origin', 'https://app.example.com');

    expectFailure(answer, 404, 'ROUTE_NOT_FOUND');
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example.com');
  });
});

describe('origins in production and for everybody', () => {
  const appWith = (overrides: Partial<TestServer['config']>) =>
    createApp({ ...dependencies(), config: { ...server.config, ...overrides } });

  test('a request, when from localhost in production, is not let in', async () => {
    const answer = await request(appWith({ isProduction: true }))
      .get('/api/v1/healthcheck')
      .set('Origin', 'http://localhost:5173');

    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a request, when CORS_ORIGIN is *, is let in from anywhere, never with cookies', async () => {
    const answer = await request(appWith({ corsOrigins: ['*'] }))
      .get('/api/v1/healthcheck')
      .set('Origin', 'https://anyone.example.com');

    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });
});

coversBehaviour('GET /api/v1/healthcheck');
coversBehaviour('GET /readyz');
