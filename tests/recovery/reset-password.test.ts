import { AccountToken } from '../../src/models/account-token.model';
import { Session } from '../../src/models/session.model';
import { User } from '../../src/models/user.model';
import { hashToken } from '../../src/services/token.service';
import {
  accountFields,
  bearer,
  login,
  register,
  registerAndLogin,
  sendLogin,
} from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { mailTo, SUBJECTS, tokenIn } from '../helpers/mails';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

const NEW_PASSWORD = 'difference engine no. 2';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const users = (path: string) => `/api/v1/users/${path}`;

function reset(token: unknown, newPassword: unknown = NEW_PASSWORD) {
  return server.api().post(users('reset-password')).send({ token, newPassword });
}

/** Asks for a link and takes the token out of the mail. */
async function resetToken(email: string, number = 1): Promise<string> {
  dataOf(await server.api().post(users('forgot-password')).send({ email }));
  return tokenIn(await mailTo(server, email, SUBJECTS.reset, number));
}

describe('POST /users/reset-password', () => {
  test('reset-password, when the token is right, lets the new password alone sign in and signs nobody in itself', async () => {
    const { user, password } = await register(server);

    const answer = await reset(await resetToken(user.email));

    expect(dataOf(answer)).toEqual({});
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
    const { username } = user;
    expectFailure(await sendLogin(server, { username, password }), 401, 'INVALID_CREDENTIALS');
    dataOf(await sendLogin(server, { username, password: NEW_PASSWORD }));
  });

  test('reset-password, when devices are signed in, ends every session on the next request', async () => {
    const phone = await registerAndLogin(server);
    const laptop = await login(server, phone);
    const stranger = await registerAndLogin(server);

    dataOf(await reset(await resetToken(phone.user.email)));

    const current = (token: string) => server.api().get(users('current-user')).set(bearer(token));
    const refresh = (refreshToken: string) =>
      server.api().post(users('refresh-token')).send({ refreshToken });
    for (const device of [phone, laptop]) {
      expectFailure(await current(device.accessToken), 401, 'TOKEN_INVALID');
      expectFailure(await refresh(device.refreshToken), 401, 'TOKEN_INVALID');
    }
    dataOf(await current(stranger.accessToken));
    expect(await Session.countDocuments({ user: phone.user._id })).toBe(0);
  });

  test('reset-password, when it is done, tells the owner and takes the address for confirmed', async () => {
    const { user } = await register(server);

    dataOf(await reset(await resetToken(user.email)));

    const mail = await mailTo(server, user.email, SUBJECTS.wasReset);
    expect(mail.text).not.toContain('http');
    const { isEmailVerified } = (await login(server, { user, password: NEW_PASSWORD })).user;
    expect(isEmailVerified).toBe(true);
  });

  test('reset-password, when the token came back once, refuses it from then on', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);
    dataOf(await reset(token));

    expectFailure(await reset(token, 'a third password'), 400, 'ACCOUNT_TOKEN_INVALID');

    dataOf(await sendLogin(server, { username: user.username, password: NEW_PASSWORD }));
  });

  test('reset-password, when ten bring one token at once, takes the password of one', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);
    const passwords = Array.from({ length: 10 }, (_, index) => `engine of the year ${index}`);

    const answers = await Promise.all(passwords.map((password) => reset(token, password)));

    const statuses = answers.map(({ status }) => status);
    expect([...statuses].sort()).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
    const winner = passwords[statuses.indexOf(200)];
    dataOf(await sendLogin(server, { username: user.username, password: winner }));
  });

  test('reset-password, when a newer link was sent, takes that one and not the older', async () => {
    const { user } = await register(server);
    const older = await resetToken(user.email);
    const newer = await resetToken(user.email, 2);

    expectFailure(await reset(older), 400, 'ACCOUNT_TOKEN_INVALID');
    dataOf(await reset(newer));
  });

  test('reset-password, when its hour is over, refuses the token', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);
    const stored = await AccountToken.findOne({ tokenHash: hashToken(token) }).lean();
    const livesFor = (stored?.expiresAt.getTime() ?? 0) - Date.now();
    expect(livesFor).toBeGreaterThan(3_500_000);
    expect(livesFor).toBeLessThanOrEqual(3_600_000);

    await AccountToken.updateOne({ _id: stored?._id }, { expiresAt: new Date() });

    expectFailure(await reset(token), 400, 'ACCOUNT_TOKEN_INVALID');
  });

  test('reset-password, when the token is for confirming an address, refuses it and leaves it unspent', async () => {
    const { user } = await register(server);
    const token = tokenIn(await mailTo(server, user.email, SUBJECTS.verify));

    expectFailure(await reset(token), 400, 'ACCOUNT_TOKEN_INVALID');

    dataOf(await server.api().post(users('verify-email')).send({ token }));
  });

  test('reset-password, when the account was deleted in the meantime, refuses the token', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    const token = await resetToken(user.email);
    dataOf(
      await server.api().delete(users('current-user')).set(bearer(accessToken)).send({ password }),
    );

    expect(await AccountToken.countDocuments({ user: user._id })).toBe(0);
    expectFailure(await reset(token), 400, 'ACCOUNT_TOKEN_INVALID');
  });

  test('reset-password, when the address of the account has changed, refuses the token', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);
    await User.updateOne({ _id: user._id }, { email: accountFields().email });

    expectFailure(await reset(token), 400, 'ACCOUNT_TOKEN_INVALID');
  });

  test('reset-password, when the token is stored, is stored as a hash alone', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);

    const stored = await AccountToken.findOne({ user: user._id, purpose: 'reset-password' }).lean();

    expect(token).toMatch(/^[\w-]{22}$/);
    expect(stored?.tokenHash).toBe(hashToken(token));
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  test('reset-password, when it comes as a form, is the same', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);

    const answer = await server
      .api()
      .post(users('reset-password'))
      .type('form')
      .send({ token, newPassword: NEW_PASSWORD });

    expect(dataOf(answer)).toEqual({});
  });
});

describe('POST /users/reset-password, bad input', () => {
  test.each([
    ['token is absent', { newPassword: NEW_PASSWORD }, 'token'],
    ['token is empty', { token: ' ', newPassword: NEW_PASSWORD }, 'token'],
    ['token is an operator', { token: { $ne: '' }, newPassword: NEW_PASSWORD }, 'token'],
    ['token is 101 characters', { token: 'x'.repeat(101), newPassword: NEW_PASSWORD }, 'token'],
    ['newPassword is absent', { token: 'x' }, 'newPassword'],
    ['newPassword is short', { token: 'x', newPassword: 'seven c' }, 'newPassword'],
    ['newPassword is common', { token: 'x', newPassword: 'password123' }, 'newPassword'],
    ['newPassword is 73 bytes', { token: 'x', newPassword: 'x1'.repeat(37) }, 'newPassword'],
    ['a code is sent', { token: 'x', newPassword: NEW_PASSWORD, role: 'admin' }, 'role'],
  ])('reset-password, when %s, answers 400 naming the field', async (_what, body, field) => {
    expectInvalid(await server.api().post(users('reset-password')).send(body), [field]);
  });

  test('reset-password, when nobody was sent the token, answers 400 naming it', async () => {
    const answer = await reset('AAAAAAAAAAAAAAAAAAAAAA');

    expectFailure(answer, 400, 'ACCOUNT_TOKEN_INVALID');
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ field: 'token', code: 'ACCOUNT_TOKEN_INVALID' }),
    ]);
  });

  test('reset-password, when the new password is the username, refuses it and leaves the token unspent', async () => {
    const { user } = await register(server);
    const token = await resetToken(user.email);

    expectInvalid(await reset(token, user.username), ['newPassword']);

    dataOf(await reset(token));
  });
});

coversBehaviour('POST /api/v1/users/reset-password');
coversBadInput('POST /api/v1/users/reset-password');
