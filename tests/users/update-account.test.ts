import { User } from '../../src/models/user.model';
import { accountFields, bearer, registerAndLogin, sendLogin } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

function updateAccount(accessToken: string | undefined, body: object) {
  const update = server.api().patch('/api/v1/users/update-account').send(body);
  return accessToken === undefined ? update : update.set(bearer(accessToken));
}

async function currentUser(accessToken: string) {
  return dataOf(await server.api().get('/api/v1/users/current-user').set(bearer(accessToken)));
}

describe('PATCH /users/update-account', () => {
  test('update-account, when every field is sent, answers the account with all of them, the address pending', async () => {
    const { user, accessToken, password } = await registerAndLogin(server);
    const { username, email } = accountFields();

    const changes = { fullName: ' Ada King ', email, username, description: 'On engines.\nAnd 🎬' };
    const data = dataOf(await updateAccount(accessToken, changes));

    expect(data).toEqual({
      ...user,
      fullName: 'Ada King',
      pendingEmail: email,
      username,
      description: 'On engines.\nAnd 🎬',
      updatedAt: expect.any(String),
    });
    expect(await currentUser(accessToken)).toEqual(data);
    dataOf(await sendLogin(server, { username, password }));
    dataOf(await server.api().get(`/api/v1/users/c/${username}`));
    expectFailure(
      await server.api().get(`/api/v1/users/c/${user.username}`),
      404,
      'CHANNEL_NOT_FOUND',
    );
  });

  test.each([
    ['fullName', 'آدا لوفلايس 🎬'],
    ['description', 'مرحبا، هذا أنا 👩‍💻'],
    ['description', ''],
  ])('update-account, when %s alone is %j, changes nothing else', async (field, value) => {
    const { user, accessToken } = await registerAndLogin(server);

    const data = dataOf(await updateAccount(accessToken, { [field]: value }));

    expect(data).toEqual({ ...user, [field]: value, updatedAt: expect.any(String) });
    expect(await currentUser(accessToken)).toEqual(data);
  });

  test.each(['form', 'multipart'])(
    'update-account, when it comes as %s, is the same',
    async (kind) => {
      const { accessToken } = await registerAndLogin(server);
      const update = server.api().patch('/api/v1/users/update-account').set(bearer(accessToken));

      const answer = await (kind === 'form'
        ? update.type('form').send({ fullName: 'Ada King' })
        : update.field('fullName', 'Ada King'));

      expect(dataOf(answer).fullName).toBe('Ada King');
    },
  );

  test('update-account, when name and address stay what they were in capitals, keeps them', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    const data = dataOf(
      await updateAccount(accessToken, {
        username: user.username.toUpperCase(),
        email: user.email.toUpperCase(),
      }),
    );

    expect(data).toEqual({ ...user, updatedAt: expect.any(String) });
  });
});

describe('PATCH /users/update-account, names that are taken', () => {
  test.each(['username', 'email'] as const)(
    'update-account, when the %s is another’s, answers 409 naming it and changes nothing',
    async (field) => {
      const ada = await registerAndLogin(server);
      const eve = await registerAndLogin(server);

      const changes = { [field]: ada.user[field].toUpperCase(), description: 'mine now' };
      const answer = await updateAccount(eve.accessToken, changes);

      expectFailure(answer, 409, 'ALREADY_EXISTS');
      expect(answer.body.errors).toEqual([
        { field, message: `${field} already exists`, code: 'ALREADY_EXISTS' },
      ]);
      expect(await currentUser(eve.accessToken)).toEqual(eve.user);
    },
  );

  test('update-account, when ten people want one name at once, gives it to one', async () => {
    const people = [];
    for (let count = 0; count < 10; count += 1) people.push(await registerAndLogin(server));
    const { username } = accountFields();

    const answers = await Promise.all(
      people.map(({ accessToken }) => updateAccount(accessToken, { username })),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(await User.countDocuments({ username })).toBe(1);
  });
});

describe('PATCH /users/update-account, bad input', () => {
  let accessToken: string;
  beforeAll(async () => {
    ({ accessToken } = await registerAndLogin(server));
  });

  test.each([
    ['there is nothing', {}, 'body'],
    ['fullName is blank', { fullName: '  ' }, 'fullName'],
    ['fullName is 101 characters', { fullName: 'x'.repeat(101) }, 'fullName'],
    ['fullName has a line break', { fullName: 'Ada\nLovelace' }, 'fullName'],
    ['fullName is drawn as nothing', { fullName: '\u200b\u3164' }, 'fullName'],
    ['fullName has a NUL', { fullName: 'Ada\0' }, 'fullName'],
    ['fullName is null', { fullName: null }, 'fullName'],
    ['username is 2 characters', { username: 'ab' }, 'username'],
    ['username is 31 characters', { username: 'a'.repeat(31) }, 'username'],
    ['username has an @', { username: 'ada@home' }, 'username'],
    ['username is an operator', { username: { $ne: 'x' } }, 'username'],
    ['email has no @', { email: 'ada.example.com' }, 'email'],
    ['email is 255 characters', { email: `${'a'.repeat(243)}@example.com` }, 'email'],
    ['email is a number', { email: 5 }, 'email'],
    ['description is 1001 characters', { description: 'x'.repeat(1001) }, 'description'],
    ['description is a list', { description: ['x'] }, 'description'],
    ['a role is sent', { fullName: 'Ada', role: 'admin' }, 'role'],
    ['a password is sent', { fullName: 'Ada', password: 'engine no. 1' }, 'password'],
    ['a code is sent', { fullName: 'Ada', code: '123456' }, 'code'],
    ['password is empty', { email: 'ada@example.com', password: '' }, 'password'],
    ['password is a list', { email: 'ada@example.com', password: ['x'] }, 'password'],
    ['code is five digits', { email: 'ada@example.com', code: '12345' }, 'code'],
    ['code is an operator', { email: 'ada@example.com', code: { $gt: '' } }, 'code'],
    ['a counter is sent', { fullName: 'Ada', subscribersCount: 1e6 }, 'subscribersCount'],
    ['an avatar is sent as text', { fullName: 'Ada', avatar: 'http://x/' }, 'avatar'],
  ])('update-account, when %s, answers 400 naming the field', async (_what, body, field) => {
    expectInvalid(await updateAccount(accessToken, body), [field]);
  });

  test('update-account, when nobody is signed in, answers 401', async () => {
    expectFailure(await updateAccount(undefined, { fullName: 'Ada' }), 401, 'UNAUTHENTICATED');
  });

  test('update-account, when the body is not JSON, answers 400 MALFORMED_BODY', async () => {
    const answer = await server
      .api()
      .patch('/api/v1/users/update-account')
      .set(bearer(accessToken))
      .type('json')
      .send('{"fullName":');

    expectFailure(answer, 400, 'MALFORMED_BODY');
  });

  test('update-account, when the account is gone, answers 401', async () => {
    const gone = await registerAndLogin(server);
    await User.deleteOne({ _id: gone.user._id });

    const answer = await updateAccount(gone.accessToken, { fullName: 'Ada' });

    expectFailure(answer, 401, 'TOKEN_INVALID');
  });
});

coversBehaviour('PATCH /api/v1/users/update-account');
coversBadInput('PATCH /api/v1/users/update-account');
