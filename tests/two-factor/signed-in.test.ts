import { TwoFactor } from '../../src/models/two-factor.model';
import { User } from '../../src/models/user.model';
import { bearer, login, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { eventually } from '../helpers/eventually';
import { coversBehaviour } from '../helpers/route-coverage';
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

const NEW_PASSWORD = 'difference engine no. 2';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const as = ({ accessToken }: TwoFactorAccount) => bearer(accessToken);
const users = (path: string) => `/api/v1/users/${path}`;

/** Everything that asks for the password and a code of an account with two-factor. */
const ACTS = {
  'change-password': (account: TwoFactorAccount, code?: string, password = account.password) =>
    server
      .api()
      .post(users('change-password'))
      .set(as(account))
      .send({ oldPassword: password, newPassword: NEW_PASSWORD, code }),
  'delete account': (account: TwoFactorAccount, code?: string, password = account.password) =>
    server.api().delete(users('current-user')).set(as(account)).send({ password, code }),
};

describe.each(Object.entries(ACTS))('%s, of an account with two-factor', (_name, act) => {
  test('the act, when there is no code, answers 400 TWO_FACTOR_REQUIRED and does nothing', async () => {
    const account = await registerWithTwoFactor(server);

    const answer = await act(account);

    expectFailure(answer, 400, 'TWO_FACTOR_REQUIRED');
    expect(answer.body.errors).toEqual([
      {
        field: 'code',
        message: 'Please enter the code of your authenticator app',
        code: 'TWO_FACTOR_REQUIRED',
      },
    ]);
    dataOf(await loginWithCode(server, account, await nextCode(account)));
  });

  test('the act, when the code is wrong, answers 400 TWO_FACTOR_INVALID and does nothing', async () => {
    const account = await registerWithTwoFactor(server);

    expectFailure(await act(account, wrongCode(account.sharedSecret)), 400, 'TWO_FACTOR_INVALID');

    dataOf(await loginWithCode(server, account, await nextCode(account)));
  });

  test('the act, when the code was used to sign in, answers 400', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);
    dataOf(await loginWithCode(server, account, code));

    expectFailure(await act(account, code), 400, 'TWO_FACTOR_INVALID');
  });

  test('the act, when the password is wrong, answers 400 WRONG_PASSWORD and leaves the code good', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);

    expectFailure(await act(account, code, 'not my password'), 400, 'WRONG_PASSWORD');

    dataOf(await loginWithCode(server, account, code));
  });

  test.each(['app', 'recovery'] as const)(
    'the act, when the password and a code (%s) are right, is done',
    async (kind) => {
      const account = await registerWithTwoFactor(server);
      const code = kind === 'app' ? await nextCode(account) : account.recoveryCodes[9];

      dataOf(await act(account, code));

      const { username } = account.user;
      const old = await sendLogin(server, { username, password: account.password });
      expectFailure(old, 401, 'INVALID_CREDENTIALS');
    },
  );
});

describe('the end of an account or of a password', () => {
  test('an account, when it is deleted, leaves no second factor behind', async () => {
    const account = await registerWithTwoFactor(server);

    dataOf(await ACTS['delete account'](account, await nextCode(account)));

    await eventually(async () => {
      expect(await TwoFactor.countDocuments({ user: account.user._id })).toBe(0);
    });
  });

  test('a new password, when it was set from without, signs in with a code only', async () => {
    const account = await registerWithTwoFactor(server);
    const donor = await registerWithTwoFactor(server);
    const { password } = (await User.findById(donor.user._id).select('+password').lean()) ?? {};
    await User.updateOne({ _id: account.user._id }, { $set: { password } });

    expectFailure(await loginWithCode(server, account), 401, 'TWO_FACTOR_REQUIRED');
    dataOf(await loginWithCode(server, account, await nextCode(account)));
  });

  test('a refresh token, when it was got without two-factor, is worth nothing once that is on', async () => {
    const account = await registerWithTwoFactor(server);
    const answer = await callTwoFactor(server, 'delete', '', account.accessToken).send({
      password: account.password,
      code: await nextCode(account),
    });
    dataOf(answer);
    const phone = await login(server, account);
    const { secret } = dataOf(
      await callTwoFactor(server, 'post', '', account.accessToken).send({
        password: account.password,
      }),
    );
    const again = { ...account, sharedSecret: secret };
    const confirmed = await callTwoFactor(server, 'post', '/confirm', account.accessToken).send({
      code: await nextCode(again),
    });
    dataOf(confirmed);

    const refresh = server.api().post(users('refresh-token'));
    expectFailure(await refresh.send({ refreshToken: phone.refreshToken }), 401, 'TOKEN_INVALID');
  });
});

describe('DELETE /users/two-factor', () => {
  const disable = (account: TwoFactorAccount, body: object) =>
    callTwoFactor(server, 'delete', '', account.accessToken).send(body);

  test('disable, when password and code are right, lets the password alone sign in again', async () => {
    const account = await registerWithTwoFactor(server);

    const { password } = account;
    expect(dataOf(await disable(account, { password, code: await nextCode(account) }))).toEqual({});

    dataOf(await loginWithCode(server, account));
    expect(await TwoFactor.countDocuments({ user: account.user._id })).toBe(0);
    expect(await User.findById(account.user._id).lean()).toMatchObject({ hasTwoFactor: false });
  });

  test('disable, when the app is lost, takes a recovery code', async () => {
    const account = await registerWithTwoFactor(server);

    dataOf(await disable(account, { password: account.password, code: account.recoveryCodes[0] }));

    dataOf(await loginWithCode(server, account));
  });

  test('disable, when password or code is wrong, answers 400 and leaves two-factor on', async () => {
    const account = await registerWithTwoFactor(server);
    const { password, sharedSecret } = account;
    const code = await nextCode(account);

    expectFailure(await disable(account, { password: 'no', code }), 400, 'WRONG_PASSWORD');
    const wrong = await disable(account, { password, code: wrongCode(sharedSecret) });
    expectFailure(wrong, 400, 'TWO_FACTOR_INVALID');

    expectFailure(await loginWithCode(server, account), 401, 'TWO_FACTOR_REQUIRED');
  });

  test('disable, when it is sent five times at once, is done once', async () => {
    const account = await registerWithTwoFactor(server);
    const body = { password: account.password, code: await nextCode(account) };

    const answers = await Promise.all(Array.from({ length: 5 }, () => disable(account, body)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    dataOf(await loginWithCode(server, account));
  });
});

describe('POST /users/two-factor/recovery-codes', () => {
  const renew = (account: TwoFactorAccount, body: object) =>
    callTwoFactor(server, 'post', '/recovery-codes', account.accessToken).send(body);

  test('renew, when password and code are right, voids the old codes and answers ten new ones', async () => {
    const account = await registerWithTwoFactor(server);
    const { password } = account;

    const answer = await renew(account, { password, code: await nextCode(account) });

    const { recoveryCodes } = dataOf(answer) as { recoveryCodes: string[] };
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(new Set([...recoveryCodes, ...account.recoveryCodes]).size).toBe(20);
    const old = await loginWithCode(server, account, account.recoveryCodes[0]);
    expectFailure(old, 401, 'TWO_FACTOR_INVALID');
    dataOf(await loginWithCode(server, account, recoveryCodes[0]));
  });

  test('renew, when the code is a recovery code, spends it', async () => {
    const account = await registerWithTwoFactor(server);
    const body = { password: account.password, code: account.recoveryCodes[0] };
    dataOf(await renew(account, body));

    expectFailure(await renew(account, body), 400, 'TWO_FACTOR_INVALID');
  });

  test('renew, when the password is wrong, answers 400 and keeps the codes', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);

    expectFailure(await renew(account, { password: 'no', code }), 400, 'WRONG_PASSWORD');

    dataOf(await loginWithCode(server, account, account.recoveryCodes[0]));
  });
});

coversBehaviour('DELETE /api/v1/users/two-factor');
coversBehaviour('POST /api/v1/users/two-factor/recovery-codes');
