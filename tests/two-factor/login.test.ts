import { Session } from '../../src/models/session.model';
import { bearer, registerAndLogin, sendLogin } from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { startTestServer, type TestServer } from '../helpers/server';
import {
  appCode,
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
  server = await startTestServer({ env: { FAILED_LOGINS_PER_ACCOUNT: '25' } });
});
afterAll(() => server.stop());

describe('POST /users/login of an account with two-factor', () => {
  test('login, when password and code are right, answers what it answers everybody', async () => {
    const account = await registerWithTwoFactor(server);

    const answer = await loginWithCode(server, account, await nextCode(account));

    const { user, accessToken, refreshToken } = dataOf(answer);
    expect(user).toEqual(account.user);
    expect(Object.keys(cookiesOf(answer)).sort()).toEqual(['accessToken', 'refreshToken']);
    dataOf(await server.api().get('/api/v1/users/current-user').set(bearer(accessToken)));
    dataOf(await server.api().post('/api/v1/users/refresh-token').send({ refreshToken }));
  });

  test.each([
    ['the code is absent', undefined],
    ['the code is empty, as of a form', ''],
    ['the code is null', null],
  ])('login, when %s, answers 401 TWO_FACTOR_REQUIRED and opens nothing', async (_what, code) => {
    const account = await registerWithTwoFactor(server);
    const sessions = await Session.countDocuments({ user: account.user._id });

    const answer = await loginWithCode(server, account, code);

    expectFailure(answer, 401, 'TWO_FACTOR_REQUIRED');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(cookiesOf(answer)).toEqual({});
    expect(await Session.countDocuments({ user: account.user._id })).toBe(sessions);
  });

  test('login, when the code is wrong, answers 401 TWO_FACTOR_INVALID and opens nothing', async () => {
    const account = await registerWithTwoFactor(server);
    const sessions = await Session.countDocuments({ user: account.user._id });

    const answer = await loginWithCode(server, account, wrongCode(account.sharedSecret));

    expectFailure(answer, 401, 'TWO_FACTOR_INVALID');
    expect(cookiesOf(answer)).toEqual({});
    expect(await Session.countDocuments({ user: account.user._id })).toBe(sessions);
  });

  test('login, when the password is wrong, does not tell that there is two-factor', async () => {
    const account = await registerWithTwoFactor(server);
    const { username } = account.user;
    const password = 'not my password';

    const answers = [
      await sendLogin(server, { username, password }),
      await sendLogin(server, { username, password, code: await nextCode(account) }),
      await sendLogin(server, { username: 'nobody_of_this_name', password, code: '123456' }),
    ];

    for (const answer of answers) expectFailure(answer, 401, 'INVALID_CREDENTIALS');
  });

  test('login, when only the password was wrong, leaves the code good', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);
    const { username } = account.user;
    await sendLogin(server, { username, password: 'not my password', code });

    dataOf(await loginWithCode(server, account, code));
  });

  test('login, when the code is of the step before or after, is let in for clocks that differ', async () => {
    const account = await registerWithTwoFactor(server);

    await nextCode(account);
    dataOf(await loginWithCode(server, account, appCode(account.sharedSecret, -1)));
    dataOf(await loginWithCode(server, account, appCode(account.sharedSecret, 1)));
  });

  test('login, when the code is three steps off, answers 401', async () => {
    const account = await registerWithTwoFactor(server);

    for (const steps of [-3, 3]) {
      await nextCode(account);
      const answer = await loginWithCode(server, account, appCode(account.sharedSecret, steps));
      expectFailure(answer, 401, 'TWO_FACTOR_INVALID');
    }
  });

  test('login, when the code is another account’s, answers 401', async () => {
    const [ada, eve] = [await registerWithTwoFactor(server), await registerWithTwoFactor(server)];

    for (const code of [await nextCode(eve), eve.recoveryCodes[0]]) {
      expectFailure(await loginWithCode(server, ada, code), 401, 'TWO_FACTOR_INVALID');
    }
  });
});

describe('a code', () => {
  test('the code that confirmed the app, when it is used to sign in, is spent', async () => {
    const account = await registerAndLogin(server);
    const api = () => server.api();
    const two = '/api/v1/users/two-factor';
    const begun = await api()
      .post(two)
      .set(bearer(account.accessToken))
      .send({ password: account.password });
    const code = appCode(dataOf(begun).secret);
    dataOf(await api().post(`${two}/confirm`).set(bearer(account.accessToken)).send({ code }));

    expectFailure(await loginWithCode(server, account, code), 401, 'TWO_FACTOR_INVALID');
  });

  test('a code, when it was used, is spent, and so are those before it', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);
    const older = appCode(account.sharedSecret, -1);
    dataOf(await loginWithCode(server, account, code));

    expectFailure(await loginWithCode(server, account, code), 401, 'TWO_FACTOR_INVALID');
    expectFailure(await loginWithCode(server, account, older), 401, 'TWO_FACTOR_INVALID');
  });

  test('a code, when twenty bring it at once, lets exactly one in', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);
    const before = await Session.countDocuments({ user: account.user._id });

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => loginWithCode(server, account, code)),
    );

    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    for (const { status, body } of answers) {
      if (status !== 200) expect([401, 429]).toContain(body.statusCode);
    }
    expect(await Session.countDocuments({ user: account.user._id })).toBe(before + 1);
  });

  test('a recovery code, when twenty bring it at once, lets exactly one in', async () => {
    const account = await registerWithTwoFactor(server);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => loginWithCode(server, account, account.recoveryCodes[0])),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('a recovery code, when it was used, is spent, and the others are not', async () => {
    const account = await registerWithTwoFactor(server);
    const [first, second] = account.recoveryCodes;
    dataOf(await loginWithCode(server, account, first));

    expectFailure(await loginWithCode(server, account, first), 401, 'TWO_FACTOR_INVALID');
    dataOf(await loginWithCode(server, account, second));
  });

  test.each<[string, (code: string) => string]>([
    ['in capitals', (code) => code.toUpperCase()],
    ['without hyphens', (code) => code.replaceAll('-', '')],
    ['with blanks', (code) => ` ${code.replaceAll('-', ' ')} `],
  ])('a recovery code, when it is typed %s, is the same', async (_how, typed) => {
    const account = await registerWithTwoFactor(server);

    dataOf(await loginWithCode(server, account, typed(account.recoveryCodes[3] ?? '')));
  });

  test('a code of the app, when it is typed with a blank in the middle, is the same', async () => {
    const account = await registerWithTwoFactor(server);
    const code = await nextCode(account);

    dataOf(await loginWithCode(server, account, `${code.slice(0, 3)} ${code.slice(3)}`));
  });

  test('a recovery code, when it is cut short or sent as an operator, answers 400', async () => {
    const account = await registerWithTwoFactor(server);
    const [code = ''] = account.recoveryCodes;

    for (const bad of [code.slice(1), { $ne: '' }, [code], 123456, true]) {
      expectFailure(await loginWithCode(server, account, bad), 400, 'VALIDATION_FAILED');
    }
  });
});

describe('POST /users/login of an account without two-factor', () => {
  test.each([
    ['no code', undefined],
    ['an empty code', ''],
    ['some code', '123456'],
  ])('login, when it brings %s, is as it ever was', async (_what, code) => {
    const account = await registerAndLogin(server);

    const answer = await loginWithCode(server, account, code);

    expect(Object.keys(dataOf(answer)).sort()).toEqual(['accessToken', 'refreshToken', 'user']);
  });
});
