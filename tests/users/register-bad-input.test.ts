import { readdir } from 'node:fs/promises';
import { User } from '../../src/models/user.model';
import { accountFields, AVATAR, sendRegistration } from '../helpers/accounts';
import { expectFailure, expectInvalid } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { startTestServer, type TestServer } from '../helpers/server';
import { coversBadInput } from '../helpers/route-coverage';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

// Nothing in this file may ever make an account or leave a file behind.
afterEach(async () => {
  expect(await User.countDocuments()).toBe(0);
  await eventually(async () => {
    expect(await readdir(server.tempDir)).toEqual([]);
  });
});

describe('POST /users/register, text fields', () => {
  test.each([
    ['fullName is blank', { fullName: '   ' }, 'fullName'],
    ['fullName is 101 characters', { fullName: 'x'.repeat(101) }, 'fullName'],
    ['fullName has a line break', { fullName: 'Ada\nLovelace' }, 'fullName'],
    ['fullName is drawn as nothing', { fullName: '\u200b\u3164' }, 'fullName'],
    ['fullName has a NUL', { fullName: 'Ada\0' }, 'fullName'],
    ['username is empty', { username: '' }, 'username'],
    ['username is 2 characters', { username: 'ab' }, 'username'],
    ['username is 31 characters', { username: 'a'.repeat(31) }, 'username'],
    ['username has a space', { username: 'ada lovelace' }, 'username'],
    ['username has an @', { username: 'ada@home' }, 'username'],
    ['username has a slash', { username: '../admin' }, 'username'],
    ['username has other letters', { username: 'аdmin' }, 'username'],
    ['email is empty', { email: '' }, 'email'],
    ['email has no @', { email: 'ada.example.com' }, 'email'],
    ['email has two @', { email: 'ada@@example.com' }, 'email'],
    ['email has a line break', { email: 'ada@example.com\nBcc: x@example.com' }, 'email'],
    ['email is 255 characters', { email: `${'a'.repeat(243)}@example.com` }, 'email'],
    ['password is empty', { password: '' }, 'password'],
    ['password is 7 characters', { password: 'k7#Lm2_' }, 'password'],
    ['password is 73 bytes', { password: `${'k7#Lm2_q'.repeat(9)}x` }, 'password'],
    [
      'password is 25 characters of 75 bytes',
      { password: '€uro'.repeat(5).replace(/uro/g, '€€€€') },
      'password',
    ],
    ['password is a common one', { password: 'password123' }, 'password'],
    ['password is a run', { password: '123456789' }, 'password'],
    ['password has a NUL', { password: 'analytical\0engine' }, 'password'],
    [
      'password is the username',
      { username: 'ada.lovelace', password: 'Ada.Lovelace' },
      'password',
    ],
    [
      'password is the email',
      { email: 'ada@example.com', password: 'ada@example.com' },
      'password',
    ],
  ])('register, when %s, answers 400 naming the field', async (_what, overrides, field) => {
    expectInvalid(await sendRegistration(server, { ...accountFields(overrides) }), [field]);
  });

  test.each(['fullName', 'email', 'username', 'password'] as const)(
    'register, when %s is absent, answers 400 saying that it is required',
    async (field) => {
      const { [field]: _absent, ...rest } = accountFields();

      const answer = await sendRegistration(server, rest);

      expectInvalid(answer, [field]);
      expect(answer.body.message).toBe(`${field} is required`);
    },
  );

  test('register, when everything is absent but the avatar, names every field at once', async () => {
    expectInvalid(await sendRegistration(server, {}), [
      'email',
      'fullName',
      'password',
      'username',
    ]);
  });

  test.each([
    ['role', 'admin'],
    ['_id', '64b000000000000000000001'],
    ['subscribersCount', '1000000'],
    ['isAdmin', 'true'],
    ['__proto__', 'x'],
    ['constructor', 'x'],
  ])('register, when the unknown field %s is sent, answers 400 naming it', async (field, value) => {
    const answer = await sendRegistration(server, { ...accountFields(), [field]: value });

    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  test('register, when an operator object is sent as a form field, answers 400', async () => {
    const { email: _email, ...rest } = accountFields();

    const answer = await sendRegistration(server, { ...rest, 'email[$ne]': 'x' });

    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  test('register, when a field is sent twice, answers 400 naming it', async () => {
    const answer = await sendRegistration(server, { ...accountFields() }).field(
      'username',
      'another_name',
    );

    expectInvalid(answer, ['username']);
  });
});

describe('POST /users/register, files and content types', () => {
  test('register, when the avatar is absent, answers 400 FILE_REQUIRED naming it', async () => {
    const answer = await sendRegistration(server, { ...accountFields() }, {});

    expectFailure(answer, 400, 'FILE_REQUIRED');
    expect(answer.body.errors[0].field).toBe('avatar');
  });

  test('register, when the cover image is text, answers 400 naming it', async () => {
    const answer = await sendRegistration(server, { ...accountFields(), coverImage: 'me.png' });

    expectFailure(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors[0]).toMatchObject({ field: 'coverImage', code: 'FILE_EXPECTED' });
  });

  test('register, when the avatar is text, answers 400 naming it', async () => {
    const answer = await sendRegistration(server, { ...accountFields(), avatar: 'me.png' }, {});

    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe('avatar');
  });

  test.each(['html-named.png', 'script.svg', 'clip.mp4'])(
    'register, when the avatar is %s, answers 415',
    async (name) => {
      const answer = await sendRegistration(
        server,
        { ...accountFields() },
        { avatar: fixture(name) },
      );

      expect(answer.status).toBe(415);
      expect(answer.body.success).toBe(false);
    },
  );

  test('register, when an unknown file is sent, answers 400', async () => {
    const answer = await sendRegistration(
      server,
      { ...accountFields() },
      { avatar: AVATAR, passport: AVATAR },
    );

    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  test.each([
    ['JSON', 'application/json', JSON.stringify(accountFields())],
    ['a form', 'application/x-www-form-urlencoded', 'username=ada'],
    ['XML', 'application/xml', '<user/>'],
  ])('register, when the body is %s, answers 415', async (_what, type, body) => {
    const answer = await server
      .api()
      .post('/api/v1/users/register')
      .set('Content-Type', type)
      .send(body);

    expectFailure(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('register, when there is no body, answers 400 FILE_REQUIRED', async () => {
    expectFailure(await server.api().post('/api/v1/users/register'), 400, 'FILE_REQUIRED');
  });

  test('register, when the method is GET, answers 405 with Allow', async () => {
    const answer = await server.api().get('/api/v1/users/register');

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('POST');
  });
});

coversBadInput('POST /api/v1/users/register');
