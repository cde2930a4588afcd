import { accountFields, registerAndLogin, sendLogin, sendRegistration } from '../helpers/accounts';
import { createLogScan } from '../helpers/log-scan';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';

/** What the scan of a server says after this was logged by whoever is careless. */
async function scanned(
  travel: (server: TestServer) => Promise<unknown>,
  log: (travelled: unknown) => object,
): Promise<Error | undefined> {
  const { logger } = recordingLogger();
  const server = await startTestServer({ logger });
  const travelled = await travel(server);
  logger.info(log(travelled));
  return server.stop().then(
    () => undefined,
    (error: Error) => error,
  );
}

describe('the scan of what a test file logs', () => {
  test('stop, when a password of a form was logged, rejects and names the field', async () => {
    const fields = accountFields({ password: 'a password that travelled' });

    const error = await scanned(
      (server) => sendRegistration(server, { ...fields }).then(() => fields),
      () => ({ body: { pass: 'a password that travelled' } }),
    );

    expect(error?.message).toMatch(/^Secrets in the log:\npassword in \{/);
  });

  test('stop, when a wrong guess was logged, rejects', async () => {
    const guess = 'the guess of "somebody"';

    const error = await scanned(
      (server) => sendLogin(server, { username: 'nobody', password: guess }),
      () => ({ text: `tried ${guess}` }),
    );

    expect(error?.message).toContain('password in');
  });

  test.each(['accessToken', 'refreshToken'] as const)(
    'stop, when an answered %s was logged, rejects',
    async (token) => {
      const error = await scanned(registerAndLogin, (account) => ({
        url: `/x?t=${(account as Record<string, string>)[token]}`,
      }));

      expect(error?.message).toMatch(new RegExp(`(${token}|set-cookie) in`));
    },
  );

  test('stop, when nothing secret was logged, resolves', async () => {
    const error = await scanned(registerAndLogin, () => ({ url: '/x', responseTime: 123456 }));

    expect(error).toBeUndefined();
  });
});

describe('the logger of the product', () => {
  test.each([
    ['a body', { body: { password: 'SECRET', newPassword: 'SECRET', oldPassword: 'SECRET' } }],
    ['tokens', { accessToken: 'SECRET', refreshToken: 'SECRET', token: 'SECRET' }],
    ['two-factor', { data: { secret: 'SECRET', recoveryCodes: ['SECRET'] } }],
    ['headers', { req: { headers: { authorization: 'SECRET', cookie: 'SECRET' } } }],
    ['answer headers', { res: { headers: { 'set-cookie': ['SECRET'] } } }],
  ])('info, when it is handed %s, writes none of the secrets', (_what, fields) => {
    const scan = createLogScan();

    scan.logger.info(fields, 'careless');

    expect(scan.written()).toMatch(/careless/);
    expect(scan.written()).not.toContain('SECRET');
  });
});
