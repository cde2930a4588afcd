import { OPERATIONS } from '../../src/docs/operations';
import type { Access } from '../../src/docs/operation';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { expiredCopy } from '../helpers/tokens';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

let server: TestServer;
let expired: string;
beforeAll(async () => {
  server = await startTestServer();
  const { accessToken } = await registerAndLogin(server);
  expired = expiredCopy(server, accessToken);
});
afterAll(() => server.stop());

/** Calls a route with ids that are none: whoever may not come in must not even learn that. */
function call(route: string) {
  const [method = '', path = ''] = route.split(' ');
  return server.api()[method.toLowerCase() as Method](path.replaceAll(/:\w+/g, 'x'));
}

const routesFor = (...access: Access[]) =>
  Object.entries(OPERATIONS)
    .filter(([, operation]) => access.includes(operation.access))
    .map(([route]) => route);

const WITH_ROLE = ['moderator', 'admin'] as const;

describe('every route', () => {
  test.each(
    routesFor(...WITH_ROLE, 'signed in', 'signed in, however old the token', 'refresh token'),
  )('%s, when there is no token, answers 401 before it looks at the input', async (route) => {
    expectFailure(await call(route), 401, 'UNAUTHENTICATED');
  });

  test.each(routesFor(...WITH_ROLE, 'signed in', 'signed in, however old the token'))(
    '%s, when the token is not ours, answers 401',
    async (route) => {
      expectFailure(await call(route).set(bearer('a.b.c')), 401, 'TOKEN_INVALID');
    },
  );

  test.each(routesFor(...WITH_ROLE, 'signed in', 'guest'))(
    '%s, when the token has expired, answers 401 so that the client refreshes',
    async (route) => {
      expectFailure(await call(route).set(bearer(expired)), 401, 'TOKEN_EXPIRED');
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
