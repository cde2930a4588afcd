import { createRoutes } from '../../src/routes';
import { LocalStore } from '../../src/services/media/local-store';
import { createRemovals } from '../../src/services/removal/removal.service';
import { createViewBuffer } from '../../src/services/view-buffer';
import { createLogger } from '../../src/utils/logger';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { expiredCopy } from '../helpers/tokens';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Access =
  'anybody' | 'guest' | 'signed in' | 'signed in, however old the token' | 'refresh token';

/** Every address of the product, and who may call it: a new route has to say it here. */
const ACCESS: Readonly<Record<string, Access>> = {
  'get /readyz': 'anybody',
  'get /media/:first/:second/:name': 'anybody',
  'get /api/v1/healthcheck': 'anybody',
  'get /api/v1/users/history': 'signed in',
  'patch /api/v1/users/history': 'signed in',
  'delete /api/v1/users/history': 'signed in',
  'post /api/v1/users/history/:videoId': 'signed in',
  'put /api/v1/users/history/:videoId': 'signed in',
  'delete /api/v1/users/history/:videoId': 'signed in',
  'post /api/v1/users/register': 'anybody',
  'post /api/v1/users/login': 'anybody',
  'post /api/v1/users/logout': 'signed in, however old the token',
  'post /api/v1/users/refresh-token': 'refresh token',
  'get /api/v1/users/current-user': 'signed in',
  'get /api/v1/users/c/:username': 'guest',
  'get /api/v1/videos': 'guest',
  'post /api/v1/videos': 'signed in',
  'get /api/v1/videos/:videoId': 'guest',
  'post /api/v1/likes/toggle/v/:videoId': 'signed in',
  'post /api/v1/subscriptions/c/:channelId': 'signed in',
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** What is mounted, as `method /path`. */
function mountedRoutes(): string[] {
  const routes = createRoutes({
    config: server.config,
    logger: createLogger(server.config),
    mediaStore: new LocalStore(server.dataDir),
    views: createViewBuffer(1, createLogger(server.config)),
    removals: createRemovals({
      mediaStore: new LocalStore(server.dataDir),
      logger: createLogger(server.config),
    }),
    throttles: { spend: jest.fn(), peek: jest.fn(), reset: jest.fn() },
    publicUrl: () => server.url,
    checkReadiness: () => Promise.resolve(),
  });
  return routes.flatMap(([prefix, router]) =>
    router.stack.flatMap(({ route }) =>
      route
        ? route.stack.map(({ method }) => `${method} ${prefix}${route.path}`.replace(/\/$/, ''))
        : [],
    ),
  );
}

/** Calls a route with ids that are none: whoever may not come in must not even learn that. */
function call(route: string) {
  const [method, path] = route.split(' ') as [Method, string];
  return server.api()[method](path.replaceAll(/:\w+/g, 'x'));
}

const routesFor = (...access: Access[]) =>
  Object.keys(ACCESS).filter((route) => access.includes(ACCESS[route] as Access));

describe('every route', () => {
  test('the routes, when walked, are those that say who may call them', () => {
    expect([...new Set(mountedRoutes())].sort()).toEqual(Object.keys(ACCESS).sort());
  });

  test.each(routesFor('signed in', 'signed in, however old the token', 'refresh token'))(
    '%s, when there is no token, answers 401 before it looks at the input',
    async (route) => {
      expectFailure(await call(route), 401, 'UNAUTHENTICATED');
    },
  );

  test.each(routesFor('signed in', 'signed in, however old the token'))(
    '%s, when the token is not ours, answers 401',
    async (route) => {
      expectFailure(await call(route).set(bearer('a.b.c')), 401, 'TOKEN_INVALID');
    },
  );

  test.each(routesFor('signed in', 'guest'))(
    '%s, when the token has expired, answers 401 so that the client refreshes',
    async (route) => {
      const { accessToken } = await registerAndLogin(server);
      const answer = await call(route).set(bearer(expiredCopy(server, accessToken)));

      expectFailure(answer, 401, 'TOKEN_EXPIRED');
    },
  );

  test.each(routesFor('anybody', 'guest'))(
    '%s, when the token is not ours, answers as for a guest',
    async (route) => {
      const asGuest = await call(route);
      const answer = await call(route).set(bearer('a.b.c'));

      expect(asGuest.status).not.toBe(401);
      expect(answer.status).toBe(asGuest.status);
    },
  );
});
