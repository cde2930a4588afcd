import {
  accountFields,
  bearer,
  register,
  registerAndLogin,
  sendLogin,
  sendRegistration,
} from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { startTestServer, type TestServer } from '../helpers/server';

// However slow the machine, a window ends only where a test ends it.
beforeEach(stopClock);
afterEach(releaseClock);

describe('throttles of one address', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { CREDENTIAL_ATTEMPTS_PER_MINUTE: '3' } });
  });
  afterAll(() => server.stop());

  test('login, when the minute has spent its attempts, answers 429 with Retry-After whatever the forged address', async () => {
    const attempt = (from: string) =>
      sendLogin(server, { username: 'nobody', password: 'engine no. 1' }).set(
        'X-Forwarded-For',
        from,
      );
    for (const from of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) {
      expect((await attempt(from)).status).toBe(401);
    }

    const answer = await attempt('4.4.4.4');

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  test('register, when login is spent, has a budget of its own and spends it too', async () => {
    for (let count = 0; count < 3; count += 1) {
      expect((await sendRegistration(server, { ...accountFields() })).status).toBe(201);
    }

    expectFailure(await sendRegistration(server, { ...accountFields() }), 429, 'TOO_MANY_REQUESTS');
  });
});

describe('failed logins of one account', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      env: { FAILED_LOGINS_PER_ACCOUNT: '3', TRUST_PROXY: '1' },
    });
  });
  afterAll(() => server.stop());

  test('login, when three attempts failed, answers 429 for the right password too', async () => {
    const { user, password } = await register(server);
    await failLogins(user.username, 3);

    const answer = await loginFrom(HOME, user.username, password);

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(60);
  });

  test('login, when the name is nobody’s, is refused after as many attempts as a real one', async () => {
    await failLogins('nobody_at_all', 3);

    const answer = await loginFrom(HOME, 'nobody_at_all', 'wrong password');

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
  });

  test('login, when a right password comes in time, forgets the failures before it', async () => {
    const { user, password } = await register(server);

    for (let round = 0; round < 3; round += 1) {
      await failLogins(user.username, 2);
      expect((await loginFrom(HOME, user.username, password)).status).toBe(200);
    }
  });

  test('login, when strangers elsewhere fail, still lets the owner in', async () => {
    const { user, password } = await register(server);
    await failLogins(user.username, 4, '203.0.113.7');

    expect((await loginFrom(HOME, user.username, password)).status).toBe(200);
    expect((await loginFrom('203.0.113.7', user.username, password)).status).toBe(429);
  });

  test('login, when guesses come from many addresses of one IPv6 network, counts them together', async () => {
    const { user, password } = await register(server);
    for (const host of ['1', '2', '3']) {
      await failLogins(user.username, 1, `2001:db8:1:2::${host}`);
    }

    const answer = await loginFrom('2001:db8:1:2::4', user.username, password);

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
  });

  test.each([
    ['POST', 'change-password', 'oldPassword'],
    ['DELETE', 'current-user', 'password'],
  ] as const)(
    '%s /users/%s, when three guesses failed, answers 429 for the right password too',
    async (method, path, field) => {
      const { password, accessToken } = await registerAndLogin(server);
      const guess = (word: string) => {
        const address = `/api/v1/users/${path}`;
        const call = method === 'POST' ? server.api().post(address) : server.api().delete(address);
        return call
          .set(bearer(accessToken))
          .send({ [field]: word, ...(method === 'POST' ? { newPassword: 'engine no. 2' } : {}) });
      };
      for (const word of ['one', 'two', 'three']) {
        expectFailure(await guess(word), 400, 'WRONG_PASSWORD');
      }

      expectFailure(await guess(password), 429, 'TOO_MANY_REQUESTS');
    },
  );

  function loginFrom(address: string, username: string, password: string) {
    return sendLogin(server, { username, password }).set('X-Forwarded-For', address);
  }

  async function failLogins(username: string, times: number, from = HOME): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      await loginFrom(from, username, 'wrong password');
    }
  }
});

const HOME = '198.51.100.4';
