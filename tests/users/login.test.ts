import bcrypt from 'bcrypt';
import { MAX_SESSIONS_PER_USER } from '../../src/services/session.service';
import { Session } from '../../src/models/session.model';
import { bearer, login, register, sendLogin } from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('POST /users/login', () => {
  test('login, when the password is right, answers the user, both tokens and both cookies', async () => {
    const { user, password } = await register(server);

    const answer = await sendLogin(server, { email: user.email, password });

    const { accessToken, refreshToken, ...rest } = dataOf(answer);
    expect(rest).toEqual({ user });
    const current = await server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
    expect(dataOf(current)).toEqual(user);
    expect(cookiesOf(answer)).toEqual({
      accessToken: {
        value: accessToken,
        attributes: {
          'max-age': '864000',
          expires: expect.any(String),
          path: '/',
          httponly: '',
          samesite: 'Lax',
        },
      },
      refreshToken: {
        value: refreshToken,
        attributes: {
          'max-age': '864000',
          expires: expect.any(String),
          path: '/api/v1/users',
          httponly: '',
          samesite: 'Lax',
        },
      },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    ['username in username', (u: Named) => ({ username: u.username })],
    ['email in email', (u: Named) => ({ email: u.email })],
    ['email in username', (u: Named) => ({ username: u.email })],
    ['username in email', (u: Named) => ({ email: u.username })],
    ['capitals and spaces', (u: Named) => ({ email: ` ${u.email.toUpperCase()} ` })],
    ['both', (u: Named) => ({ email: u.email, username: u.username })],
    ['an empty other field', (u: Named) => ({ email: '', username: u.username })],
    ['a null in the other field', (u: Named) => ({ email: null, username: u.username })],
  ])('login, when named by %s, answers 200', async (_what, identify) => {
    const { user, password } = await register(server);

    const answer = await sendLogin(server, { ...identify(user), password });

    expect(dataOf(answer).user._id).toBe(user._id);
  });

  test.each(['urlencoded', 'multipart'])(
    'login, when the body is %s, answers 200',
    async (form) => {
      const { user, password } = await register(server);
      const post = server.api().post('/api/v1/users/login');

      const answer =
        form === 'urlencoded'
          ? await post.type('form').send({ username: user.username, password })
          : await post.field('username', user.username).field('password', password);

      expect(dataOf(answer).user._id).toBe(user._id);
    },
  );

  test('login, when two devices sign in, gives each a session of its own', async () => {
    const account = await register(server);

    const first = await login(server, account);
    const second = await login(server, account);

    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await Session.countDocuments({ user: account.user._id })).toBe(2);
    for (const { accessToken } of [first, second]) {
      const answer = await server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
      expect(answer.status).toBe(200);
    }
  });

  test('login, when it is done, keeps neither token in the database', async () => {
    const account = await register(server);
    const { accessToken, refreshToken } = await login(server, account);

    const stored = JSON.stringify(await Session.find({ user: account.user._id }).lean());

    expect(stored).toContain(account.user._id);
    expect(stored).not.toContain(refreshToken);
    expect(stored).not.toContain(accessToken);
  });

  test('login, when a person has the most sessions, drops the one idle longest', async () => {
    const account = await register(server);
    const first = await login(server, account);
    for (let count = 1; count < MAX_SESSIONS_PER_USER; count += 1) await login(server, account);
    const currentUser = () =>
      server.api().get('/api/v1/users/current-user').set(bearer(first.accessToken));
    expect((await currentUser()).status).toBe(200);

    await login(server, account);

    expect((await currentUser()).status).toBe(401);
    expect(await Session.countDocuments({ user: account.user._id })).toBe(MAX_SESSIONS_PER_USER);
  });
});

describe('POST /users/login, when it fails', () => {
  test('login, when user or password is wrong, gives one and the same answer', async () => {
    const { user, password } = await register(server);
    const other = await register(server);

    const answers = await Promise.all([
      sendLogin(server, { username: user.username, password: 'something else' }),
      sendLogin(server, { username: 'nobody_of_this_name', password }),
      sendLogin(server, { email: 'nobody@example.com', password }),
      sendLogin(server, { username: user.username, password: password.toUpperCase() }),
      sendLogin(server, { username: user.username, password: `${password} ` }),
      sendLogin(server, { username: user.username, password: 'x'.repeat(2000) }),
      sendLogin(server, { username: user.username, email: other.user.email, password }),
    ]);

    const [first, ...rest] = answers;
    if (!first) throw new Error('no answer');
    expectFailure(first, 401, 'INVALID_CREDENTIALS');
    expect(first.headers['www-authenticate']).toMatch(/^Bearer/);
    for (const answer of rest) {
      expect({ ...answer.body, requestId: first.body.requestId }).toEqual(first.body);
      expect(cookiesOf(answer)).toEqual({});
    }
    expect(await Session.countDocuments({ user: user._id })).toBe(0);
  });

  test('login, when the user is unknown, still compares a hash', async () => {
    const compare = jest.spyOn(bcrypt, 'compare');

    await sendLogin(server, { username: 'nobody_of_this_name', password: 'whatever it is' });

    expect(compare).toHaveBeenCalledTimes(1);
    compare.mockRestore();
  });

  test.each<[string, object, string[]]>([
    ['there is no password', { username: 'ada' }, ['password']],
    ['the password is empty', { username: 'ada', password: '' }, ['password']],
    ['the password is a number', { username: 'ada', password: 12345678 }, ['password']],
    ['the password is an object', { username: 'ada', password: { $ne: '' } }, ['password']],
    ['there is no name', { password: 'analytical engine' }, ['email']],
    ['both names are empty', { username: '', email: ' ', password: 'engine no. 1' }, ['email']],
    ['the email is an operator', { email: { $ne: null }, password: 'engine no. 1' }, ['email']],
    ['the email is an array', { email: ['ada'], password: 'engine no. 1' }, ['email']],
    [
      'the username is too long',
      { username: 'x'.repeat(300), password: 'engine no. 1' },
      ['username'],
    ],
    [
      'there is an unknown field',
      { username: 'ada', password: 'engine no. 1', role: 'admin' },
      ['role'],
    ],
    ['the code is a number', { username: 'ada', password: 'engine no. 1', code: 1 }, ['code']],
    ['there is nothing', {}, ['password']],
    ['the body is an array', [], ['body']],
  ])('login, when %s, answers 400 naming the field', async (_what, body, fields) => {
    expectInvalid(await sendLogin(server, body), fields);
  });

  test.each([
    ['broken JSON', 'application/json', '{"username":', 400],
    ['a JSON string', 'application/json', '"ada"', 400],
    ['JSON null', 'application/json', 'null', 400],
    ['plain text', 'text/plain', 'ada', 415],
    ['an over-size body', 'application/json', `{"username":"${'x'.repeat(70_000)}"}`, 413],
    ['an operator in a form', 'application/x-www-form-urlencoded', 'email[$ne]=&password=x', 400],
    [
      'a field twice in a form',
      'application/x-www-form-urlencoded',
      'email=a&email=b&password=x',
      400,
    ],
  ])(
    'login, when the body is %s, answers 4xx in the envelope',
    async (_what, type, body, status) => {
      const answer = await server
        .api()
        .post('/api/v1/users/login')
        .set('Content-Type', type)
        .send(body);

      expect(answer.status).toBe(status);
      expect(answer.body).toMatchObject({ statusCode: status, success: false, data: null });
    },
  );

  test('login, when there is no body at all, answers 400', async () => {
    expectInvalid(await server.api().post('/api/v1/users/login'), ['password']);
  });
});

interface Named {
  username: string;
  email: string;
}

coversBehaviour('POST /api/v1/users/login');
coversBadInput('POST /api/v1/users/login');
