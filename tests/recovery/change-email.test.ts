import { AccountToken } from '../../src/models/account-token.model';
import { User } from '../../src/models/user.model';
import {
  accountFields,
  bearer,
  register,
  registerAndLogin,
  sendLogin,
  type SignedInAccount,
} from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { mailTo, mailsTo, SUBJECTS, tokenIn } from '../helpers/mails';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const users = (path: string) => `/api/v1/users/${path}`;
const newAddress = () => accountFields().email;

function update({ accessToken }: SignedInAccount, body: object) {
  return server.api().patch(users('update-account')).set(bearer(accessToken)).send(body);
}

function verify(token: string) {
  return server.api().post(users('verify-email')).send({ token });
}

function resend({ accessToken }: SignedInAccount) {
  return server.api().post(users('verify-email/resend')).set(bearer(accessToken));
}

async function currentUser({ accessToken }: SignedInAccount) {
  return dataOf(await server.api().get(users('current-user')).set(bearer(accessToken)));
}

async function changeToken(email: string, number = 1): Promise<string> {
  return tokenIn(await mailTo(server, email, SUBJECTS.change, number));
}

describe('PATCH /users/update-account, another address', () => {
  test('update-account, when another address is sent, keeps the old one until the new one is confirmed', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();

    const data = dataOf(await update(ada, { email: ` ${email.toUpperCase()}`, fullName: 'Ada K' }));

    expect(data).toEqual({
      ...ada.user,
      fullName: 'Ada K',
      pendingEmail: email,
      updatedAt: expect.any(String),
    });
    expect(await currentUser(ada)).toEqual(data);
    const { password } = ada;
    dataOf(await sendLogin(server, { email: ada.user.email, password }));
    expectFailure(await sendLogin(server, { email, password }), 401, 'INVALID_CREDENTIALS');
  });

  test('verify-email, when the token came back from the new address, puts it in the place of the old one', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));

    expect(dataOf(await verify(await changeToken(email)))).toEqual({ email });

    expect(await currentUser(ada)).toEqual({
      ...ada.user,
      email,
      isEmailVerified: true,
      updatedAt: expect.any(String),
    });
    const { password } = ada;
    dataOf(await sendLogin(server, { email, password }));
    const old = await sendLogin(server, { email: ada.user.email, password });
    expectFailure(old, 401, 'INVALID_CREDENTIALS');
  });

  test('update-account, when another address is sent, tells the old one, and again when it is replaced', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();

    dataOf(await update(ada, { email }));
    const notice = await mailTo(server, ada.user.email, SUBJECTS.aboutToChange);
    expect(await mailsTo(server, ada.user.email, SUBJECTS.changed)).toEqual([]);
    dataOf(await verify(await changeToken(email)));

    const told = await mailTo(server, ada.user.email, SUBJECTS.changed);
    // Neither has a link that could be used, nor the new address.
    for (const { source } of [notice, told]) {
      expect(source).not.toContain('http');
      expect(source).not.toContain(email);
    }
  });

  test('verify-email, when links were sent to the old address, makes them void', async () => {
    const ada = await registerAndLogin(server);
    dataOf(await server.api().post(users('forgot-password')).send({ email: ada.user.email }));
    const token = tokenIn(await mailTo(server, ada.user.email, SUBJECTS.reset));
    const email = newAddress();
    dataOf(await update(ada, { email }));

    dataOf(await verify(await changeToken(email)));

    const body = { token, newPassword: 'difference engine no. 2' };
    const answer = await server.api().post(users('reset-password')).send(body);
    expectFailure(answer, 400, 'ACCOUNT_TOKEN_INVALID');
    expect(await AccountToken.countDocuments({ user: ada.user._id })).toBe(0);
  });

  test('verify-email, when somebody else has taken the address in the meantime, answers 409 and ends the change', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const token = await changeToken(email);
    const { user: eve } = await register(server, { email });

    const answer = await verify(token);

    expectFailure(answer, 409, 'ALREADY_EXISTS');
    expect(answer.body.errors).toEqual([
      { field: 'email', message: 'email already exists', code: 'ALREADY_EXISTS' },
    ]);
    expect(await currentUser(ada)).toEqual({ ...ada.user, updatedAt: expect.any(String) });
    expect((await User.findOne({ email }).lean())?._id.toString()).toBe(eve._id);
    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
  });

  test('verify-email, when two wait for one address, gives it to whoever confirms first', async () => {
    const [ada, eve] = [await registerAndLogin(server), await registerAndLogin(server)];
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const adas = await changeToken(email, 1);
    dataOf(await update(eve, { email }));
    const eves = await changeToken(email, 2);

    const answers = await Promise.all([verify(adas), verify(eves)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await User.countDocuments({ email })).toBe(1);
  });

  test('update-account, when yet another address is sent, makes the link of the former void', async () => {
    const ada = await registerAndLogin(server);
    const [mistyped, meant] = [newAddress(), newAddress()];
    dataOf(await update(ada, { email: mistyped }));
    const older = await changeToken(mistyped);
    dataOf(await update(ada, { email: meant }));
    const newer = await changeToken(meant);

    expectFailure(await verify(older), 400, 'ACCOUNT_TOKEN_INVALID');
    dataOf(await verify(newer));
    expect(await currentUser(ada)).toMatchObject({ email: meant });
  });

  test('update-account, when the present address is sent, takes the change back', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const token = await changeToken(email);

    const data = dataOf(await update(ada, { email: ada.user.email }));

    expect(data).toEqual({ ...ada.user, updatedAt: expect.any(String) });
    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
    expect(await currentUser(ada)).toMatchObject({ email: ada.user.email });
  });

  test('update-account, when a form sends the pending address once more, sends no second mail', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const token = await changeToken(email);

    expect(dataOf(await update(ada, { email, fullName: 'Ada King' }))).toMatchObject({
      fullName: 'Ada King',
      pendingEmail: email,
    });

    dataOf(await verify(token));
    expect(await mailsTo(server, email, SUBJECTS.change)).toHaveLength(1);
  });

  test('resend, when a change is pending, sends its link again and makes the older one void', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const older = await changeToken(email);

    expect(dataOf(await resend(ada))).toEqual({ email });

    const newer = await changeToken(email, 2);
    expectFailure(await verify(older), 400, 'ACCOUNT_TOKEN_INVALID');
    dataOf(await verify(newer));
  });

  test('update-account, when one person sends a sixth address, answers 429 and changes nothing', async () => {
    const ada = await registerAndLogin(server);
    for (let count = 1; count <= 5; count += 1) {
      dataOf(await update(ada, { email: newAddress() }));
    }
    const before = await currentUser(ada);

    const answer = await update(ada, { email: newAddress(), fullName: 'Too Often' });

    expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
    expect(await currentUser(ada)).toEqual(before);
  });
});

describe('a thief at an unlocked screen', () => {
  /** A new account whose owner has confirmed its address. */
  async function registerConfirmed(): Promise<SignedInAccount> {
    const ada = await registerAndLogin(server);
    dataOf(await verify(tokenIn(await mailTo(server, ada.user.email, SUBJECTS.verify))));
    return ada;
  }

  test.each([
    ['no password', {}, 'VALIDATION_FAILED'],
    ['a wrong password', { password: 'not the password' }, 'WRONG_PASSWORD'],
  ])(
    'update-account, when a confirmed address is to be replaced with %s, answers 400 and asks nobody to confirm',
    async (_what, proof, code) => {
      const ada = await registerConfirmed();
      const before = await currentUser(ada);
      const email = newAddress();

      const answer = await update(ada, { email, fullName: 'A Thief', ...proof });

      expectFailure(answer, 400, code);
      expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'password' })]);
      expect(await currentUser(ada)).toEqual(before);
      expect(await mailsTo(server, email)).toEqual([]);
    },
  );

  test('update-account, when a confirmed address is to be replaced with the password, waits for the new one', async () => {
    const ada = await registerConfirmed();
    const email = newAddress();

    const data = dataOf(await update(ada, { email, password: ada.password }));

    expect(data).toMatchObject({ email: ada.user.email, pendingEmail: email });
    dataOf(await verify(await changeToken(email)));
    expect(await currentUser(ada)).toMatchObject({ email, isEmailVerified: true });
  });

  test('update-account, when a form sends the confirmed address once more, needs no password', async () => {
    const ada = await registerConfirmed();

    const data = dataOf(await update(ada, { email: ada.user.email, fullName: 'Ada King' }));

    expect(data).toMatchObject({ email: ada.user.email, fullName: 'Ada King' });
  });

  test('update-account, when a password is all that it brings, answers 400', async () => {
    const ada = await registerAndLogin(server);

    expectFailure(await update(ada, { password: ada.password }), 400, 'VALIDATION_FAILED');
  });
});

describe('a thief who has asked for another address', () => {
  test('change-password, when a change is pending, takes it back and tells the owner', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const token = await changeToken(email);

    const answer = await server
      .api()
      .post(users('change-password'))
      .set(bearer(ada.accessToken))
      .send({ oldPassword: ada.password, newPassword: 'difference engine no. 2' });

    dataOf(answer);
    expectFailure(await verify(token), 400, 'ACCOUNT_TOKEN_INVALID');
    expect(await currentUser(ada)).toEqual({ ...ada.user, updatedAt: expect.any(String) });
    await mailTo(server, ada.user.email, SUBJECTS.wasReset);
  });

  test('reset-password, when a change is pending, takes it back', async () => {
    const ada = await registerAndLogin(server);
    const email = newAddress();
    dataOf(await update(ada, { email }));
    const thiefs = await changeToken(email);
    dataOf(await server.api().post(users('forgot-password')).send({ email: ada.user.email }));
    const token = tokenIn(await mailTo(server, ada.user.email, SUBJECTS.reset));

    const body = { token, newPassword: 'difference engine no. 2' };
    dataOf(await server.api().post(users('reset-password')).send(body));

    expectFailure(await verify(thiefs), 400, 'ACCOUNT_TOKEN_INVALID');
    const stored = await User.findById(ada.user._id).lean();
    expect(stored).toMatchObject({ email: ada.user.email });
    expect(stored).not.toHaveProperty('pendingEmail');
  });

  test('change-password, when a link for a new password is under way, makes it void', async () => {
    const ada = await registerAndLogin(server);
    dataOf(await server.api().post(users('forgot-password')).send({ email: ada.user.email }));
    const token = tokenIn(await mailTo(server, ada.user.email, SUBJECTS.reset));
    dataOf(
      await server
        .api()
        .post(users('change-password'))
        .set(bearer(ada.accessToken))
        .send({ oldPassword: ada.password, newPassword: 'difference engine no. 2' }),
    );

    const body = { token, newPassword: 'difference engine no. 3' };
    const answer = await server.api().post(users('reset-password')).send(body);

    expectFailure(answer, 400, 'ACCOUNT_TOKEN_INVALID');
  });
});
