import { TwoFactor } from '../../src/models/two-factor.model';
import { User } from '../../src/models/user.model';
import { bearer, registerAndLogin, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { mailTo, SUBJECTS, tokenIn } from '../helpers/mails';
import { startTestServer, type TestServer } from '../helpers/server';
import { loginWithCode, nextCode, registerWithTwoFactor, wrongCode } from '../helpers/two-factor';

// A code holds for half a minute: none passes between its making and its use.
beforeEach(stopClock);
afterEach(releaseClock);

const NEW_PASSWORD = 'difference engine no. 2';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const users = (path: string) => `/api/v1/users/${path}`;

describe('the other doors into an account with two-factor', () => {
  test('a reset of the password, when it is done, signs nobody in and leaves two-factor on', async () => {
    const account = await registerWithTwoFactor(server);
    const { email, username } = account.user;
    dataOf(await server.api().post(users('forgot-password')).send({ email }));
    const token = tokenIn(await mailTo(server, email, SUBJECTS.reset));

    const reset = server.api().post(users('reset-password'));
    const answer = await reset.send({ token, newPassword: NEW_PASSWORD });

    expect(dataOf(answer)).toEqual({});
    expect(answer.headers['set-cookie']).toBeUndefined();
    const renewed = { ...account, password: NEW_PASSWORD };
    expectFailure(await loginWithCode(server, renewed), 401, 'TWO_FACTOR_REQUIRED');
    const old = await sendLogin(server, { username, password: account.password });
    expectFailure(old, 401, 'INVALID_CREDENTIALS');
    dataOf(await loginWithCode(server, renewed, await nextCode(account)));
  });

  test('a change of the address, when it is asked for, needs a code, and leaves two-factor on', async () => {
    const account = await registerWithTwoFactor(server);
    const email = `new_${account.user.email}`;
    const { password } = account;
    const change = (body: object) =>
      server
        .api()
        .patch(users('update-account'))
        .set(bearer(account.accessToken))
        .send({ email, ...body });
    expectFailure(await change({}), 400, 'VALIDATION_FAILED');
    expectFailure(await change({ password }), 400, 'TWO_FACTOR_REQUIRED');
    const wrong = { password, code: wrongCode(account.sharedSecret) };
    expectFailure(await change(wrong), 400, 'TWO_FACTOR_INVALID');
    dataOf(await change({ password, code: await nextCode(account) }));
    const token = tokenIn(await mailTo(server, email, SUBJECTS.change));
    dataOf(await server.api().post(users('verify-email')).send({ token }));

    const answer = await sendLogin(server, { email, password: account.password });

    expectFailure(answer, 401, 'TWO_FACTOR_REQUIRED');
  });

  test.each(['hasTwoFactor', 'twoFactor', 'code'])(
    'a profile, when a change of it names %s, answers 400 and changes nothing',
    async (field) => {
      const account = await registerWithTwoFactor(server);
      const change = server.api().patch(users('update-account')).set(bearer(account.accessToken));

      expectFailure(await change.send({ [field]: false }), 400, 'VALIDATION_FAILED');

      expect(await User.findById(account.user._id).lean()).toMatchObject({ hasTwoFactor: true });
    },
  );

  test('a refresh token, when its session gave a code, goes on without another', async () => {
    const account = await registerWithTwoFactor(server);
    const { refreshToken } = dataOf(await loginWithCode(server, account, await nextCode(account)));

    const { accessToken } = dataOf(
      await server.api().post(users('refresh-token')).send({ refreshToken }),
    );

    dataOf(await server.api().get(users('two-factor')).set(bearer(accessToken)));
  });

  test('the answers, when an account with two-factor is shown, hold nothing of it', async () => {
    const account = await registerWithTwoFactor(server);
    const stranger = await registerAndLogin(server);
    const { encryptedSecret = '-', recoveryCodeHashes = [] } =
      (await TwoFactor.findOne({ user: account.user._id }).lean()) ?? {};

    const seen = await Promise.all([
      server.api().get(users('current-user')).set(bearer(account.accessToken)),
      server.api().get(users('two-factor')).set(bearer(account.accessToken)),
      server
        .api()
        .get(users(`c/${account.user.username}`))
        .set(bearer(stranger.accessToken)),
      loginWithCode(server, account, account.recoveryCodes[0]),
    ]);

    const text = JSON.stringify(seen.map(({ body }) => body as object));
    const secrets = [account.sharedSecret, encryptedSecret, ...recoveryCodeHashes];
    for (const secret of [...secrets, ...account.recoveryCodes]) expect(text).not.toContain(secret);
  });
});
