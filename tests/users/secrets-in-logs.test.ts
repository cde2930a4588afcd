import { accountFields, bearer, sendLogin, sendRegistration } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';

const { logger, lines } = recordingLogger();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ logger });
});
afterAll(() => server.stop());

test('logs, when an account lives its whole life, hold no password, token or cookie', async () => {
  const fields = accountFields({ password: 'unmistakable passphrase' });
  await sendRegistration(server, { ...fields });
  const { username, password } = fields;
  const secrets = ['unmistakable', 'wrong guess of the owner'];

  await sendLogin(server, { username, password: 'wrong guess of the owner' });
  const login = dataOf(await sendLogin(server, { username, password }));
  const refreshed = dataOf(await refresh(login.refreshToken));
  await refresh(refreshed.refreshToken);
  // A replay: what is logged about a thief must not arm the next one.
  await refresh(login.refreshToken);
  await server
    .api()
    .post(`/api/v1/users/logout?accessToken=${login.accessToken}`)
    .set(bearer(login.accessToken))
    .set('Cookie', `refreshToken=${login.refreshToken}`);
  secrets.push(...Object.values(refreshed as Record<string, string>));
  secrets.push(login.accessToken, login.refreshToken);

  const log = JSON.stringify(lines());
  expect(log).toContain('refresh-token-reused');
  expect(log).toContain('/api/v1/users/login');
  for (const secret of secrets) expect(log).not.toContain(secret);
});

function refresh(refreshToken: string) {
  return server.api().post('/api/v1/users/refresh-token').send({ refreshToken });
}
