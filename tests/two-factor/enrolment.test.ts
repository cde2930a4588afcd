import { TwoFactor } from '../../src/models/two-factor.model';
import { User } from '../../src/models/user.model';
import { bearer, login, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import {
  appCode,
  callTwoFactor,
  loginWithCode,
  nextCode,
  registerWithTwoFactor,
  wrongCode,
} from '../helpers/two-factor';

// A code holds for half a minute: none passes between its making and its use.
beforeEach(stopClock);
afterEach(releaseClock);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const status = (token: string) => callTwoFactor(server, 'get', '', token);
const begin = (token: string, password: string) =>
  callTwoFactor(server, 'post', '', token).send({ password });
const confirm = (token: string, code: string) =>
  callTwoFactor(server, 'post', '/confirm', token).send({ code });

describe('GET /users/two-factor', () => {
  test('status, when nothing was ever switched on, says so and is not cached', async () => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await status(accessToken);

    expect(dataOf(answer)).toEqual({ isEnabled: false, enabledAt: null, recoveryCodesLeft: 0 });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('status, when two-factor is on, tells since when and how many recovery codes are left', async () => {
    const account = await registerWithTwoFactor(server);
    dataOf(await loginWithCode(server, account, account.recoveryCodes[0]));

    expect(dataOf(await status(account.accessToken))).toEqual({
      isEnabled: true,
      enabledAt: expect.stringMatching(/^\d{4}-.*Z$/),
      recoveryCodesLeft: 9,
    });
  });
});

describe('POST /users/two-factor', () => {
  test('enrolment, when it is begun, answers the secret as text and as an address for apps', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);

    const answer = await begin(accessToken, password);

    const { secret, uri } = dataOf(answer);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const address = new URL(uri);
    expect(`${address.protocol}//${address.host}${address.pathname}`).toBe(
      `otpauth://totp/VideoTube:${user.username}`,
    );
    expect(Object.fromEntries(address.searchParams)).toEqual({
      issuer: 'VideoTube',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  test('enrolment, when it is not confirmed, changes nothing about signing in', async () => {
    const account = await registerAndLogin(server);
    dataOf(await begin(account.accessToken, account.password));

    dataOf(await loginWithCode(server, account));
    expect(dataOf(await status(account.accessToken)).isEnabled).toBe(false);
  });

  test('enrolment, when it is begun again, voids the secret of before', async () => {
    const { password, accessToken } = await registerAndLogin(server);
    const first = dataOf(await begin(accessToken, password)).secret;
    const second = dataOf(await begin(accessToken, password)).secret;

    expectFailure(await confirm(accessToken, appCode(first)), 400, 'TWO_FACTOR_INVALID');
    dataOf(await confirm(accessToken, appCode(second)));
  });

  test('enrolment, when it is begun many times at once, leaves one secret that is one of the answers', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => begin(accessToken, password)),
    );

    const secrets = answers.map((answer) => dataOf(answer).secret as string);
    expect(new Set(secrets).size).toBe(8);
    expect(await TwoFactor.countDocuments({ user: user._id })).toBe(1);
    const outcomes: number[] = [];
    for (const secret of secrets) {
      outcomes.push((await confirm(accessToken, appCode(secret))).status);
    }
    expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(1);
  });

  test('enrolment, when two-factor is on, answers 409 and keeps the secret', async () => {
    const account = await registerWithTwoFactor(server);
    const before = await TwoFactor.findOne({ user: account.user._id }).lean();

    const answer = await begin(account.accessToken, account.password);

    expectFailure(answer, 409, 'TWO_FACTOR_ON');
    expect(await TwoFactor.findOne({ user: account.user._id }).lean()).toEqual(before);
  });

  test('enrolment, when the password is wrong, answers 400 and stores nothing', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    expectFailure(await begin(accessToken, 'not my password'), 400, 'WRONG_PASSWORD');

    expect(await TwoFactor.countDocuments({ user: user._id })).toBe(0);
  });
});

describe('POST /users/two-factor/confirm', () => {
  test('confirm, when the code is the app’s, answers ten different recovery codes', async () => {
    const { recoveryCodes } = await registerWithTwoFactor(server);

    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^([a-z2-7]{6}-){3}[a-z2-7]{6}$/);
  });

  test('confirm, when the code is wrong, answers 400 naming it and leaves two-factor off', async () => {
    const account = await registerAndLogin(server);
    const { secret } = dataOf(await begin(account.accessToken, account.password));

    const answer = await confirm(account.accessToken, wrongCode(secret));

    expectFailure(answer, 400, 'TWO_FACTOR_INVALID');
    expect(answer.body.errors).toEqual([
      {
        field: 'code',
        message: 'The code is wrong, or was used before',
        code: 'TWO_FACTOR_INVALID',
      },
    ]);
    dataOf(await loginWithCode(server, account));
  });

  test('confirm, when nothing was begun or its time is over, answers 409', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    expectFailure(await confirm(accessToken, '123456'), 409, 'TWO_FACTOR_NOT_STARTED');

    const { secret } = dataOf(await begin(accessToken, password));
    await TwoFactor.updateOne({ user: user._id }, { $set: { pendingUntil: new Date() } });

    expectFailure(await confirm(accessToken, appCode(secret)), 409, 'TWO_FACTOR_NOT_STARTED');
  });

  test('confirm, when it is sent five times at once, switches on once', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    const { secret } = dataOf(await begin(accessToken, password));

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => confirm(accessToken, appCode(secret))),
    );

    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, 409, 409, 409, 409]);
    const winner = answers.find((answer) => answer.status === 200);
    const account = { user, password, accessToken, refreshToken: '' } as const;
    dataOf(await loginWithCode(server, account, winner?.body.data.recoveryCodes[0]));
  });

  test('confirm, when two-factor is on, answers 409', async () => {
    const account = await registerWithTwoFactor(server);

    const answer = await confirm(account.accessToken, await nextCode(account));

    expectFailure(answer, 409, 'TWO_FACTOR_ON');
  });

  test('confirm, when other devices are signed in by the password alone, signs them out', async () => {
    const here = await registerAndLogin(server);
    const phone = await login(server, here);
    const { secret } = dataOf(await begin(here.accessToken, here.password));

    dataOf(await confirm(here.accessToken, appCode(secret)));

    const current = (token: string) =>
      server.api().get('/api/v1/users/current-user').set(bearer(token));
    dataOf(await current(here.accessToken));
    expectFailure(await current(phone.accessToken), 401, 'TOKEN_INVALID');
    const refresh = server.api().post('/api/v1/users/refresh-token');
    expectFailure(await refresh.send({ refreshToken: phone.refreshToken }), 401, 'TOKEN_INVALID');
  });
});

describe('the second factor in the database', () => {
  test('the row, when two-factor is on, holds neither the secret nor a recovery code', async () => {
    const { user, sharedSecret, recoveryCodes } = await registerWithTwoFactor(server);

    const stored = JSON.stringify([
      await TwoFactor.findOne({ user: user._id }).lean(),
      await User.findById(user._id).select('+password').lean(),
    ]);

    expect(stored).toContain('"hasTwoFactor":true');
    for (const secret of [sharedSecret, ...recoveryCodes]) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(secret.replaceAll('-', ''));
    }
  });

  test('two rows, when their secrets are swapped, let nobody in by the other’s app', async () => {
    const ada = await registerWithTwoFactor(server);
    const eve = await registerWithTwoFactor(server);
    const { encryptedSecret } = (await TwoFactor.findOne({ user: eve.user._id }).lean()) ?? {};

    await TwoFactor.updateOne({ user: ada.user._id }, { $set: { encryptedSecret } });

    const answer = await loginWithCode(server, ada, await nextCode(eve));
    expectFailure(answer, 500, 'INTERNAL_ERROR');
  });
});

coversBehaviour('GET /api/v1/users/two-factor');
coversBehaviour('POST /api/v1/users/two-factor');
coversBehaviour('POST /api/v1/users/two-factor/confirm');
