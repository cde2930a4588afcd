import { ModerationLog } from '../../src/models/moderation-log.model';
import { User, type UserRole } from '../../src/models/user.model';
import { AVATAR, accountFields, login, register, registerAndLogin } from '../helpers/accounts';
import { sendRegistration, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { call } from '../helpers/posts';
import { loginAs } from '../helpers/roles';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let admin: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  admin = await loginAs(server, 'admin', { username: 'the-first-admin' });
});
afterAll(() => server.stop());

const give = (userId: string, role: string, account = admin) =>
  call(server, 'patch', `/admin/users/${userId}/role`, account).send({ role });

const accounts = (query: string, account = admin) =>
  call(server, 'get', `/admin/users?${query}`, account);

const namesOf = (rows: { username: string }[]) => rows.map(({ username }) => username);

async function roleOf(userId: string): Promise<UserRole | undefined> {
  return (await User.findById(userId).lean())?.role;
}

describe('PATCH /admin/users/:userId/role', () => {
  test('a role, when given and taken, holds from the next request on with the same token', async () => {
    const ada = await registerAndLogin(server);
    const queue = () => call(server, 'get', '/moderation/reports', ada);
    expectFailure(await queue(), 403, 'FORBIDDEN');

    const given = dataOf(await give(ada.user._id, 'moderator'));

    expect(given).toEqual({
      _id: ada.user._id,
      username: ada.user.username,
      fullName: ada.user.fullName,
      avatar: ada.user.avatar,
      role: 'moderator',
      suspension: null,
      email: ada.user.email,
      createdAt: expect.any(String),
    });
    dataOf(await queue());
    expectFailure(await accounts('', ada), 403, 'FORBIDDEN');
    dataOf(await give(ada.user._id, 'admin'));
    dataOf(await accounts('', ada));
    dataOf(await give(ada.user._id, 'user'));
    expectFailure(await queue(), 403, 'FORBIDDEN');
    const acts = await ModerationLog.find({ target: ada.user._id }).sort({ _id: 1 }).lean();
    expect(acts.map(({ fromRole, toRole }) => [fromRole, toRole])).toEqual([
      ['user', 'moderator'],
      ['moderator', 'admin'],
      ['admin', 'user'],
    ]);
  });

  test('a role, when it is the one that somebody has, leaves no entry in the log', async () => {
    const { user } = await register(server);

    dataOf(await give(user._id, 'user'));

    expect(await ModerationLog.countDocuments({ target: user._id })).toBe(0);
  });

  test('admins, when they change their own role, get 403 and keep it', async () => {
    expectFailure(await give(admin.user._id, 'user'), 403, 'FORBIDDEN');
    expect(await roleOf(admin.user._id)).toBe('admin');
  });

  test('admins, when each demotes the next at the same time, do not all lose their role', async () => {
    for (let round = 0; round < 2; round += 1) {
      const circle = await Promise.all([1, 2, 3].map(() => loginAs(server, 'admin')));

      const answers = await Promise.all(
        circle.map((account, index) =>
          give(circle[(index + 1) % circle.length]!.user._id, 'user', account),
        ),
      );

      const left = await Promise.all(circle.map(({ user }) => roleOf(user._id)));
      const done = answers.filter(({ status }) => status === 200).length;
      expect(left.filter((role) => role === 'admin')).toHaveLength(circle.length - done);
      expect(done).toBeGreaterThan(0);
      expect(done).toBeLessThan(circle.length);
    }
  });
});

describe('GET /admin/users', () => {
  test('accounts, when searched by the beginning of a name or by address, are found', async () => {
    for (const username of ['zoe.one', 'zoe.two', 'zo-other', 'azoe']) {
      await register(server, { username, email: `${username}@zoo.example` });
    }

    expect(namesOf(dataOf(await accounts('query=ZOE')))).toEqual(['zoe.one', 'zoe.two']);
    expect(namesOf(dataOf(await accounts('query=Azoe@zoo.example')))).toEqual(['azoe']);
    expect(dataOf(await accounts('query=@zoo.example'))).toEqual([]);
    for (const pattern of ['.*', 'zoe.(one', '^z', '[a-z]{1,99999}', '$regex', '\\']) {
      expect(dataOf(await accounts(`query=${encodeURIComponent(pattern)}`))).toEqual([]);
    }
  });

  test('accounts, when listed by role and page by page, come by name and each once', async () => {
    for (const username of ['mod-c', 'mod-a', 'mod-b']) {
      await loginAs(server, 'moderator', { username });
    }

    const first = await accounts('role=moderator&query=mod-&limit=2');
    const { nextCursor, hasNextPage } = first.body.pagination;
    const second = await accounts(`role=moderator&query=mod-&limit=2&cursor=${nextCursor}`);

    expect(hasNextPage).toBe(true);
    expect(namesOf([...dataOf(first), ...dataOf(second)])).toEqual(['mod-a', 'mod-b', 'mod-c']);
    expect(second.body.pagination).toEqual({ limit: 2, hasNextPage: false, nextCursor: null });
  });

  test('accounts, when listed, show neither passwords nor other secrets', async () => {
    const answer = await accounts('limit=100');

    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/password|\$2[aby]\$|hash|secret|token/i);
  });
});

describe('a role in a body', () => {
  test('POST register, when it brings a role, answers 400 and makes no account', async () => {
    for (const field of ['role', 'roles', 'isAdmin', 'suspendedAt', '__v']) {
      const fields = accountFields();
      const answer = await sendRegistration(server, { ...fields, [field]: 'admin' });

      expectInvalid(answer, [field]);
      expect(await User.countDocuments({ username: fields.username })).toBe(0);
    }
  });

  test('every route of an account, when it brings a role, answers 400 and nothing changes', async () => {
    const ada = await registerAndLogin(server);
    const routes = [
      ['post', '/users/login', { username: ada.user.username, password: ada.password }],
      ['post', '/users/refresh-token', { refreshToken: ada.refreshToken }],
      ['patch', '/users/update-account', { fullName: 'Ada King' }],
      [
        'post',
        '/users/change-password',
        { oldPassword: ada.password, newPassword: 'new engine 2' },
      ],
      ['delete', '/users/current-user', { password: ada.password }],
      ['patch', '/users/history', { paused: true }],
    ] as const;

    for (const [method, path, body] of routes) {
      const json = await call(server, method, path, ada).send({ ...body, role: 'admin' });
      const form = await call(server, method, path, ada)
        .type('form')
        .send({ ...body, role: 'admin' });
      expectInvalid(json, ['role']);
      expectInvalid(form, ['role']);
    }
    for (const field of ['avatar', 'cover-image']) {
      const name = field === 'avatar' ? 'avatar' : 'coverImage';
      const picture = call(server, 'patch', `/users/${field}`, ada).attach(name, AVATAR);
      expectInvalid(await picture.field('role', 'admin'), ['role']);
    }
    expect(await roleOf(ada.user._id)).toBe('user');
    await login(server, ada);
  });

  test('a role in the query or in a header, when sent to a moderation route, is no role', async () => {
    const ada = await registerAndLogin(server);

    const answer = await call(server, 'get', '/moderation/reports?role=admin', ada)
      .set('X-Role', 'admin')
      .set('Cookie', 'role=admin');

    expectFailure(answer, 403, 'FORBIDDEN');
  });
});

coversBehaviour('GET /api/v1/admin/users');
coversBehaviour('PATCH /api/v1/admin/users/:userId/role');
