import bcrypt from 'bcrypt';
import { Session } from '../../src/models/session.model';
import { User } from '../../src/models/user.model';
import { MAX_SESSIONS_PER_USER } from '../../src/services/session.service';
import { bearer, login, register, registerAndLogin, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { startTestServer, type TestServer } from '../helpers/server';
import { callSessions } from '../helpers/sessions';

const NEW_PASSWORD = 'difference engine no. 2';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

describe('POST /users/login, when the account changes meanwhile', () => {
  test('login, when the password is changed after it was compared, opens no session', async () => {
    const account = await registerAndLogin(server);
    beforeSessionIsStored(async () => {
      dataOf(await changePassword(account));
    });

    const answer = await signIn(account);

    expectFailure(answer, 401, 'INVALID_CREDENTIALS');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await Session.countDocuments({ user: account.user._id })).toBe(1);
    dataOf(await sendLogin(server, { username: account.user.username, password: NEW_PASSWORD }));
  });

  test('login, when it is stored while the password is being changed, is over once that is done', async () => {
    const account = await registerAndLogin(server);
    const user = account.user._id;
    const deleteMany = Session.deleteMany.bind(Session);
    let signedIn: Promise<{ status: number }> | undefined;
    // Within the transaction: the new password is written, the sessions are about to be deleted.
    jest.spyOn(Session, 'deleteMany').mockImplementationOnce(((filter: object, options: object) =>
      eventually(async () => {
        signedIn ??= signIn(account).then(({ status }) => ({ status }));
        expect(await Session.countDocuments({ user })).toBe(2);
      }).then(() => deleteMany(filter, options))) as unknown as typeof Session.deleteMany);

    dataOf(await changePassword(account));

    expect(await signedIn).toEqual({ status: 401 });
    expect(await Session.countDocuments({ user })).toBe(1);
    expect((await callSessions(server, 'get', '', account.accessToken)).status).toBe(200);
  });

  test.each([
    ['is suspended', { suspendedAt: new Date() }],
    ['switches two-factor on', { hasTwoFactor: true }],
  ])(
    'login, when the account %s after the password was compared, opens no session',
    async (_what, change) => {
      const account = await register(server);
      beforeSessionIsStored(async () => {
        await User.updateOne({ _id: account.user._id }, { $set: change });
      });

      expectFailure(await signIn(account), 401, 'INVALID_CREDENTIALS');

      expect(await Session.countDocuments({ user: account.user._id })).toBe(0);
    },
  );

  test('login, when many renew a cheap hash at once, lets all of them in', async () => {
    const account = await register(server);
    const cheap = await bcrypt.hash(account.password, 4);
    await User.updateOne({ _id: account.user._id }, { $set: { password: cheap } });
    // As if the configured cost had risen since.
    jest.spyOn(bcrypt, 'getRounds').mockImplementation((hash) => (hash === cheap ? 3 : 4));

    const answers = await Promise.all([1, 2, 3, 4].map(() => signIn(account)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const stored = await User.findById(account.user._id).select('+password').lean();
    expect(stored?.password).not.toBe(cheap);
    expect(await Session.countDocuments({ user: account.user._id })).toBe(4);
  });
});

describe('POST /users/login, the most sessions of a person', () => {
  test('login, when many sign in at once beside as many as may be, leaves the newest of them', async () => {
    const account = await register(server);
    const first = await login(server, account);
    const old = new Date(Date.now() - 60_000);
    await Session.insertMany(
      Array.from({ length: MAX_SESSIONS_PER_USER - 1 }, (_none, index) => ({
        user: account.user._id,
        refreshTokenHash: `${account.user._id}-${index}`,
        refreshTokenIssuedAt: old,
        lastUsedAt: old,
        expiresAt: new Date(Date.now() + 60_000),
        endsAt: new Date(Date.now() + 60_000),
      })),
    );
    await Session.updateOne(
      { refreshTokenHash: { $not: /-/ }, user: account.user._id },
      { lastUsedAt: new Date(1) },
    );

    const answers = await Promise.all(Array.from({ length: 6 }, () => signIn(account)));

    const tokens = answers.map((answer) => dataOf(answer).accessToken as string);
    expect(await Session.countDocuments({ user: account.user._id })).toBe(MAX_SESSIONS_PER_USER);
    expect(await aliveOf([first.accessToken])).toEqual([401]);
    expect(await aliveOf(tokens)).toEqual([200, 200, 200, 200, 200, 200]);
  });
});

type Credentials = { user: { username: string }; password: string };

function signIn({ user, password }: Credentials) {
  return sendLogin(server, { username: user.username, password });
}

function changePassword({ accessToken, password }: { accessToken: string; password: string }) {
  return server
    .api()
    .post('/api/v1/users/change-password')
    .set(bearer(accessToken))
    .send({ oldPassword: password, newPassword: NEW_PASSWORD });
}

/** Lets something happen when a password was found right and its session is about to be stored. */
function beforeSessionIsStored(happen: () => Promise<void>): void {
  const create = Session.create.bind(Session);
  jest.spyOn(Session, 'create').mockImplementationOnce((async (fields: object) => {
    await happen();
    return create(fields);
  }) as unknown as typeof Session.create);
}

async function aliveOf(accessTokens: readonly string[]): Promise<number[]> {
  const answers = await Promise.all(
    accessTokens.map((token) => callSessions(server, 'get', '', token)),
  );
  return answers.map(({ status }) => status);
}
