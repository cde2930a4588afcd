import { AccountToken } from '../../src/models/account-token.model';
import { User } from '../../src/models/user.model';
import { hashToken } from '../../src/services/token.service';
import { accountFields, bearer, login, register, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { mailTo, mailsTo, SUBJECTS, tokenIn } from '../helpers/mails';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const users = (path: string) => `/api/v1/users/${path}`;

function verify(token: unknown) {
  return server.api().post(users('verify-email')).send({ token });
}

function resend(accessToken: string) {
  return server.api().post(users('verify-email/resend')).set(bearer(accessToken));
}

async function verificationToken(email: string, number = 1): Promise<string> {
  return tokenIn(await mailTo(server, email, SUBJECTS.verify, number));
}

describe('POST /users/verify-email', () => {
  test('verify-email, when the token of a registration comes back, confirms the address', async () => {
    const account = await register(server);
    expect((await login(server, account)).user).toMatchObject({ isEmailVerified: false });

    const answer = await verify(await verificationToken(account.user.email));

    expect(dataOf(answer)).toEqual({ email: account.user.email });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await login(server, account)).user).toMatchObject({ isEmailVerified: true });
  });

  test('verify-email, when the mail is read, has a link that is of the configured address', async () => {
    const { user } = await register(server);

    const mail = await mailTo(server, user.email, SUBJECTS.verify);

    expect(mail.text).toContain(`\n${server.url}/account/verify-email#token=${tokenIn(mail)}\n`);
  });

  test('verify-email, when the token was used, refuses it', async () => {
    const { user } = await register(server);
    const token = await verificationToken(user.email);
    dataOf(await verify(token));

    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
  });

  test('register, when one address is registered and deleted again and again, stops sending mails there', async () => {
    const fields = accountFields();
    for (let count = 1; count <= 6; count += 1) {
      const { accessToken, password } = await registerAndLogin(server, fields);
      const leave = server.api().delete(users('current-user')).set(bearer(accessToken));
      dataOf(await leave.send({ password }));
    }
    const { user } = await register(server);
    await verificationToken(user.email);

    expect(await mailsTo(server, fields.email, SUBJECTS.verify)).toHaveLength(5);
  });

  test('verify-email, when ten bring one token at once, takes it from one', async () => {
    const { user } = await register(server);
    const token = await verificationToken(user.email);

    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)));

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
  });

  test('verify-email, when its day is over, refuses the token', async () => {
    const { user } = await register(server);
    const token = await verificationToken(user.email);
    const stored = await AccountToken.findOne({ tokenHash: hashToken(token) }).lean();
    const livesFor = (stored?.expiresAt.getTime() ?? 0) - Date.now();
    expect(livesFor).toBeGreaterThan(86_300_000);
    expect(livesFor).toBeLessThanOrEqual(86_400_000);

    await AccountToken.updateOne({ _id: stored?._id }, { expiresAt: new Date() });

    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
    expect((await User.findById(user._id).lean())?.emailVerifiedAt).toBeUndefined();
  });

  test('verify-email, when the token is for a new password, refuses it and leaves it unspent', async () => {
    const { user } = await register(server);
    dataOf(await server.api().post(users('forgot-password')).send({ email: user.email }));
    const token = tokenIn(await mailTo(server, user.email, SUBJECTS.reset));

    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');

    const body = { token, newPassword: 'difference engine no. 2' };
    dataOf(await server.api().post(users('reset-password')).send(body));
  });

  test('verify-email, when the account has been deleted, refuses the token', async () => {
    const { user, password, accessToken } = await registerAndLogin(server);
    const token = await verificationToken(user.email);
    dataOf(
      await server.api().delete(users('current-user')).set(bearer(accessToken)).send({ password }),
    );

    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
    expect(await AccountToken.countDocuments({ user: user._id })).toBe(0);
  });

  test('verify-email, when the account has another address by now, refuses the token', async () => {
    const { user } = await register(server);
    const token = await verificationToken(user.email);
    await User.updateOne({ _id: user._id }, { email: accountFields().email });

    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
    expect((await User.findById(user._id).lean())?.emailVerifiedAt).toBeUndefined();
  });

  test('GET /users/c/:username, when anybody looks, does not tell whether the address is confirmed', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    const { user: stranger } = await registerAndLogin(server);

    const channel = dataOf(await server.api().get(users(`c/${stranger.username}`)));
    const own = dataOf(
      await server
        .api()
        .get(users(`c/${user.username}`))
        .set(bearer(accessToken)),
    );

    for (const page of [channel, own]) {
      expect(Object.keys(page)).not.toContain('isEmailVerified');
      expect(Object.keys(page)).not.toContain('pendingEmail');
    }
  });
});

describe('POST /users/verify-email/resend', () => {
  test('resend, when the address is not confirmed, sends a link that makes the older one void', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    const older = await verificationToken(user.email);

    expect(dataOf(await resend(accessToken))).toEqual({ email: user.email });

    const newer = await verificationToken(user.email, 2);
    expectFailure(await verify(older), 400, 'ACCOUNT_TOKEN_INVALID');
    dataOf(await verify(newer));
  });

  test('resend, when the address is confirmed, answers 409 and sends nothing', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    dataOf(await verify(await verificationToken(user.email)));

    expectFailure(await resend(accessToken), 409, 'EMAIL_ALREADY_VERIFIED');

    expect(await mailsTo(server, user.email, SUBJECTS.verify)).toHaveLength(1);
  });

  test('resend, when an address got five mails with the first, answers 429 with Retry-After', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    await verificationToken(user.email);
    for (let count = 1; count <= 4; count += 1) dataOf(await resend(accessToken));

    const answer = await resend(accessToken);

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(60);
  });

  test('resend, when the account is gone, answers 401', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    await User.deleteOne({ _id: user._id });

    expectFailure(await resend(accessToken), 401, 'TOKEN_INVALID');
  });
});

describe('POST /users/verify-email, bad input', () => {
  test.each([
    ['token is absent', {}, 'token'],
    ['token is empty', { token: '' }, 'token'],
    ['token is a number', { token: 5 }, 'token'],
    ['token is an operator', { token: { $gt: '' } }, 'token'],
    ['token is 101 characters', { token: 'x'.repeat(101) }, 'token'],
    ['an address is sent', { token: 'x', email: 'a@example.com' }, 'email'],
  ])('verify-email, when %s, answers 400 naming the field', async (_what, body, field) => {
    expectInvalid(await server.api().post(users('verify-email')).send(body), [field]);
  });

  test('verify-email, when nobody was sent the token, answers 400 naming it', async () => {
    const answer = await verify('AAAAAAAAAAAAAAAAAAAAAA');

    expectFailure(answer, 400, 'ACCOUNT_TOKEN_INVALID');
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ field: 'token', code: 'ACCOUNT_TOKEN_INVALID' }),
    ]);
  });
});

coversBehaviour('POST /api/v1/users/verify-email');
coversBadInput('POST /api/v1/users/verify-email');
coversBehaviour('POST /api/v1/users/verify-email/resend');
