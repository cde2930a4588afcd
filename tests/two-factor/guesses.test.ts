import { bearer, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { startTestServer, type TestServer } from '../helpers/server';
import {
  callTwoFactor,
  loginWithCode,
  nextCode,
  registerWithTwoFactor,
  wrongCode,
  type TwoFactorAccount,
} from '../helpers/two-factor';

// A code holds for half a minute: none passes between its making and its use.
beforeEach(stopClock);
afterEach(releaseClock);

/** For the account alone ten times as many: more than the guesses at codes, which end first. */
const FAILED_LOGINS = 4;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: { FAILED_LOGINS_PER_ACCOUNT: String(FAILED_LOGINS), TRUST_PROXY: 'loopback' },
  });
});
afterAll(() => server.stop());

/** Signs in from somewhere: the guard counts by account and address. */
const from = (ip: string, account: TwoFactorAccount, code?: string) =>
  loginWithCode(server, account, code).set('X-Forwarded-For', ip);

const disable = (account: TwoFactorAccount, code: string) =>
  callTwoFactor(server, 'delete', '', account.accessToken).send({
    password: account.password,
    code,
  });

describe('guesses at a code', () => {
  test('guesses, when they are wrong as often as passwords may be, end in 429 for the right one too', async () => {
    const account = await registerWithTwoFactor(server);
    const wrong = wrongCode(account.sharedSecret);
    for (let guess = 0; guess < FAILED_LOGINS; guess += 1) {
      expectFailure(await from('192.0.2.1', account, wrong), 401, 'TWO_FACTOR_INVALID');
    }

    const blocked = await from('192.0.2.1', account, await nextCode(account));

    expectFailure(blocked, 429, 'TOO_MANY_REQUESTS');
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('guesses, when the right password without a code comes between them, count on', async () => {
    const account = await registerWithTwoFactor(server);
    const wrong = wrongCode(account.sharedSecret);
    for (let guess = 0; guess < FAILED_LOGINS; guess += 1) {
      expectFailure(await from('192.0.2.2', account), 401, 'TWO_FACTOR_REQUIRED');
      expectFailure(await from('192.0.2.2', account, wrong), 401, 'TWO_FACTOR_INVALID');
    }

    expectFailure(await from('192.0.2.2', account), 429, 'TOO_MANY_REQUESTS');
  });

  test('guesses, when wrong passwords come between them, are counted together', async () => {
    const account = await registerWithTwoFactor(server);
    const { username } = account.user;
    const wrongPassword = () =>
      sendLogin(server, { username, password: 'no' }).set('X-Forwarded-For', '192.0.2.3');
    const wrong = wrongCode(account.sharedSecret);
    for (let pair = 0; pair < FAILED_LOGINS / 2; pair += 1) {
      expectFailure(await wrongPassword(), 401, 'INVALID_CREDENTIALS');
      expectFailure(await from('192.0.2.3', account, wrong), 401, 'TWO_FACTOR_INVALID');
    }

    const blocked = await from('192.0.2.3', account, await nextCode(account));

    expectFailure(blocked, 429, 'TOO_MANY_REQUESTS');
  });

  test('guesses of somebody signed in, when they are wrong too often, end in 429', async () => {
    const account = await registerWithTwoFactor(server);
    const wrong = wrongCode(account.sharedSecret);
    for (let guess = 0; guess < FAILED_LOGINS; guess += 1) {
      // Nothing that needs the password alone makes the guard forget.
      const begin = callTwoFactor(server, 'post', '', account.accessToken);
      expectFailure(await begin.send({ password: account.password }), 409, 'TWO_FACTOR_ON');
      expectFailure(await disable(account, wrong), 400, 'TWO_FACTOR_INVALID');
    }

    expectFailure(await disable(account, await nextCode(account)), 429, 'TOO_MANY_REQUESTS');
  });

  test('guesses, when they come from many addresses, end for the account, and the owner still gets in', async () => {
    const account = await registerWithTwoFactor(server);
    const wrong = wrongCode(account.sharedSecret);
    const answers: number[] = [];
    for (let guess = 0; guess < 31; guess += 1) {
      answers.push((await from(`198.51.100.${guess}`, account, wrong)).status);
    }
    expect(answers).toContain(401);
    expect(answers.at(-1)).toBe(429);

    // Recovery codes cannot be guessed, so they are not throttled; nor is who is signed in, nor the
    // network that they are signed in from.
    const [recoveryCode = ''] = account.recoveryCodes;
    const { accessToken } = dataOf(await loginWithCode(server, account, recoveryCode));
    dataOf(await server.api().get('/api/v1/users/current-user').set(bearer(accessToken)));
    dataOf(await disable(account, await nextCode(account)));
  });
});
