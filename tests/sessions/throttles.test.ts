import bcrypt from 'bcrypt';
import { register, registerAndLogin, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { startTestServer, type TestServer } from '../helpers/server';
import { callSessions } from '../helpers/sessions';

// However slow the machine, a window ends only where a test ends it.
beforeEach(stopClock);
afterEach(releaseClock);

const HOME = '198.51.100.4';
const LIMIT = 3;

// A process has one database connection, so the servers take turns.
let server: TestServer;

describe('failed logins', () => {
  beforeAll(async () => {
    server = await startTestServer({
      env: { FAILED_LOGINS_PER_ACCOUNT: String(LIMIT), TRUST_PROXY: '1' },
    });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.stop());

  test('login, when twenty guesses come at once, compares three of them', async () => {
    const { user } = await register(server);
    const compare = jest.spyOn(bcrypt, 'compare');

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => loginFrom(HOME, user.username, 'wrong password')),
    );

    expect(countBy(answers.map(({ status }) => status))).toEqual({ 401: 3, 429: 17 });
    expect(compare).toHaveBeenCalledTimes(3);
  });

  test('login, when a person signs in on a dozen devices at once, lets all of them in', async () => {
    const { user, password } = await register(server);

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => loginFrom(HOME, user.username, password)),
    );

    expect(countBy(answers.map(({ status }) => status))).toEqual({ 200: 12 });
  });

  test('login, when both names are sent, counts for each of them', async () => {
    const { user, password } = await register(server);
    for (const [email, username] of [
      [user.email, user.username],
      [user.username, user.email],
      [user.email, user.username],
    ]) {
      const guess = sendLogin(server, { email, username, password: 'wrong password' });
      expect((await guess.set('X-Forwarded-For', HOME)).status).toBe(401);
    }

    expect((await loginFrom(HOME, user.username, password)).status).toBe(429);
    expect((await loginFrom(HOME, user.email, password)).status).toBe(429);
  });

  test('login, when it is refused, says in its headers which budget is spent', async () => {
    const { user, password } = await register(server);
    await failFrom(HOME, user.username, LIMIT);

    const { headers } = await loginFrom(HOME, user.username, password);

    expect(headers).toMatchObject({
      'ratelimit-policy': '"failed-login";q=3;w=900',
      ratelimit: '"failed-login";r=0;t=900',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '900',
      'retry-after': '900',
    });
  });
});

describe('proofs of somebody who is signed in', () => {
  beforeAll(async () => {
    server = await startTestServer({
      env: { FAILED_LOGINS_PER_ACCOUNT: String(LIMIT), TRUST_PROXY: '1' },
    });
  });
  afterAll(() => server.stop());

  function changePassword(accessToken: string, address: string, oldPassword: string) {
    return server
      .api()
      .post('/api/v1/users/change-password')
      .set({ Authorization: `Bearer ${accessToken}`, 'X-Forwarded-For': address })
      .send({ oldPassword, newPassword: 'difference engine no. 2' });
  }

  test('change-password, when strangers fail to sign in by the id of the account, is not held up', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    await failFrom(HOME, user._id, LIMIT);
    for (let address = 1; address <= 10; address += 1) {
      await failFrom(`203.0.113.${address}`, user._id, LIMIT);
    }

    dataOf(await changePassword(accessToken, HOME, password));
  });

  test('change-password, when wrong as often as a login may be, answers 429 for the right one', async () => {
    const { password, accessToken } = await registerAndLogin(server);
    for (let guess = 0; guess < LIMIT; guess += 1) {
      const wrong = await changePassword(accessToken, HOME, 'wrong password');
      expectFailure(wrong, 400, 'WRONG_PASSWORD');
    }

    const answer = await changePassword(accessToken, HOME, password);

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
  });
});

describe('failed logins from many addresses', () => {
  beforeAll(async () => {
    server = await startTestServer({
      env: { FAILED_LOGINS_PER_ACCOUNT: '1', TRUST_PROXY: '1' },
    });
  });
  afterAll(() => server.stop());

  test('login, when many addresses spent their guesses, refuses strangers and lets the owner in', async () => {
    const { user, password } = await register(server);
    const owner = dataOf(await loginFrom(HOME, user.username, password));
    await failFromManyAddresses(user.username);

    const stranger = await loginFrom('203.0.113.250', user.username, password);

    expectFailure(stranger, 429, 'TOO_MANY_REQUESTS');
    expect(stranger.headers['ratelimit-policy']).toBe('"failed-login-account";q=10;w=900');
    expect((await loginFrom(HOME, user.username, password)).status).toBe(200);
    expect((await callSessions(server, 'get', '', owner.accessToken)).status).toBe(200);
  });

  test('login, when the owner’s sessions are over, refuses their address too', async () => {
    const { user, password } = await register(server);
    const { accessToken } = dataOf(await loginFrom(HOME, user.username, password));
    await failFromManyAddresses(user.username);
    dataOf(
      await server
        .api()
        .post('/api/v1/users/logout')
        .set({ Authorization: `Bearer ${accessToken}` }),
    );

    expect((await loginFrom(HOME, user.username, password)).status).toBe(429);
  });

  test('login, when nobody has the name, is refused after as many failures', async () => {
    await failFromManyAddresses('nobody_at_all');

    const answer = await loginFrom('203.0.113.250', 'nobody_at_all', 'wrong password');

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
  });

  test('login, when one address goes on after its last guess, costs the account nothing more', async () => {
    const { user, password } = await register(server);
    await failFrom('203.0.113.7', user.username, 15);

    expect((await loginFrom(HOME, user.username, password)).status).toBe(200);
  });

  test('login, when right ones are many, spends nothing', async () => {
    const { user, password } = await register(server);
    await Promise.all(
      Array.from({ length: 12 }, (_none, index) =>
        loginFrom(`203.0.113.${index + 1}`, user.username, password),
      ),
    );

    const answer = await loginFrom('203.0.113.250', user.username, password);

    expect(answer.status).toBe(200);
  });
});

describe('RateLimit headers', () => {
  beforeAll(async () => {
    server = await startTestServer({ env: { CREDENTIAL_ATTEMPTS_PER_MINUTE: '3' } });
  });
  afterAll(() => server.stop());

  test('login, when called again and again, counts the attempts down to 429', async () => {
    const attempt = () => sendLogin(server, { username: 'nobody', password: 'engine no. 1' });

    const answers = [await attempt(), await attempt(), await attempt(), await attempt()];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-remaining'])).toEqual([
      '2',
      '1',
      '0',
      '0',
    ]);
    for (const { headers } of answers) {
      expect(headers['ratelimit-policy']).toBe('"login";q=3;w=60');
      expect(headers['ratelimit-limit']).toBe('3');
      expect(headers['ratelimit']).toBe(
        `"login";r=${headers['ratelimit-remaining']};t=${headers['ratelimit-reset']}`,
      );
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(0);
      expect(Number(headers['ratelimit-reset'])).toBeLessThanOrEqual(60);
    }
    expect(answers[3]?.headers['retry-after']).toBe(answers[3]?.headers['ratelimit-reset']);
  });

  test('current-user, when a page of another origin reads it, may see what is left', async () => {
    const { accessToken } = await registerAndLoginOnce();

    const answer = await server
      .api()
      .get('/api/v1/users/current-user')
      .set('Authorization', `Bearer ${accessToken}`)
      .set('Origin', 'http://localhost:5173');

    expect(answer.headers['access-control-expose-headers']?.split(',')).toEqual(
      expect.arrayContaining([
        'RateLimit',
        'RateLimit-Policy',
        'RateLimit-Remaining',
        'Retry-After',
      ]),
    );
    expect(answer.headers['ratelimit-policy']).toBe('"read";q=300000;w=60');
    expect(answer.headers['ratelimit-remaining']).toBe('299999');
  });

  /** The budget of logins was spent above. */
  async function registerAndLoginOnce() {
    await server.stop();
    server = await startTestServer({ env: { CREDENTIAL_ATTEMPTS_PER_MINUTE: '3' } });
    return registerAndLogin(server);
  }
});

describe('the address of a caller', () => {
  afterEach(() => server.stop());

  test('login, when no proxy is trusted, takes no notice of X-Forwarded-For', async () => {
    server = await startTestServer({ env: { FAILED_LOGINS_PER_ACCOUNT: String(LIMIT) } });
    const { user, password } = await register(server);
    const { accessToken } = dataOf(await loginFrom('192.0.2.1', user.username, password));
    const [session] = dataOf(await callSessions(server, 'get', '', accessToken));
    expect(session.ip).toMatch(/^(::1|(::ffff:)?127\.0\.0\.1)$/);
    for (const forged of ['192.0.2.2', '192.0.2.3', '192.0.2.4']) {
      expect((await loginFrom(forged, user.username, 'wrong password')).status).toBe(401);
    }

    expect((await loginFrom('192.0.2.5', user.username, password)).status).toBe(429);
  });

  test('login, when one proxy is trusted, believes the address that the proxy saw alone', async () => {
    server = await startTestServer({ env: { TRUST_PROXY: '1' } });
    const { user, password } = await register(server);

    const signedIn = await loginFrom('192.0.2.1, 198.51.100.9', user.username, password);

    const { accessToken } = dataOf(signedIn);
    const [session] = dataOf(await callSessions(server, 'get', '', accessToken));
    expect(session.ip).toBe('198.51.100.9');
  });
});

function loginFrom(address: string, username: string, password: string) {
  return sendLogin(server, { username, password }).set('X-Forwarded-For', address);
}

async function failFrom(address: string, username: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await loginFrom(address, username, 'wrong password');
  }
}

async function failFromManyAddresses(username: string): Promise<void> {
  const addresses = Array.from({ length: 10 }, (_none, index) => `203.0.113.${index + 1}`);
  await Promise.all(addresses.map((address) => failFrom(address, username, 1)));
}

function countBy(values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
