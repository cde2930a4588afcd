import { describeApi } from '../../src/docs/describe-api';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { OPERATIONS } from '../../src/docs/operations';
import type { RouteName } from '../../src/docs/operation';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { loginAs } from '../helpers/roles';
import { startTestServer, type TestServer } from '../helpers/server';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Every route of the two areas, whoever added it. */
const AREAS = describeApi()
  .filter(({ path }) => /^\/api\/v1\/(moderation|admin)(\/|$)/.test(path))
  .map((route) => [route.route, route] as const);

let server: TestServer;
let people: Record<'user' | 'moderator' | 'admin', SignedInAccount>;
beforeAll(async () => {
  server = await startTestServer();
  people = {
    user: await registerAndLogin(server),
    moderator: await loginAs(server, 'moderator'),
    admin: await loginAs(server, 'admin'),
  };
});
afterAll(() => server.stop());

/** With ids that are none: whoever comes past the guard is refused by the validator, if at all. */
function knock({ method, path }: RouteDescription, account?: SignedInAccount) {
  const test = server.api()[method.toLowerCase() as Method](path.replaceAll(/:\w+/g, 'x'));
  return account ? test.set(bearer(account.accessToken)) : test;
}

const accessOf = ({ route }: RouteDescription) => OPERATIONS[route as RouteName]?.access;

test('the areas of moderators and admins, when walked, hold the routes that are tested here', () => {
  expect(AREAS.length).toBeGreaterThanOrEqual(11);
  expect(AREAS.filter(([, route]) => accessOf(route) === 'admin').map(([name]) => name)).toEqual([
    'GET /api/v1/moderation/log',
    'GET /api/v1/admin/users',
    'PATCH /api/v1/admin/users/:userId/role',
  ]);
});

describe.each(AREAS)('%s', (_name, route) => {
  test('a guest, when they knock, gets 401', async () => {
    expectFailure(await knock(route), 401, 'UNAUTHENTICATED');
  });

  test('a person without a role, when they knock, gets 403 before the input is looked at', async () => {
    expectFailure(await knock(route, people.user), 403, 'FORBIDDEN');
  });

  test('a moderator, when they knock, comes in unless it is for admins', async () => {
    const { status } = await knock(route, people.moderator);

    const forAdmins = accessOf(route) === 'admin';
    expect({ forAdmins, refused: status === 403 }).toEqual({ forAdmins, refused: forAdmins });
    expect([200, 400, 403]).toContain(status);
  });

  test('an admin, when they knock, comes in', async () => {
    expect([200, 400]).toContain((await knock(route, people.admin)).status);
  });
});
