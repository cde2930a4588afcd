import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { User } from '../../src/models/user.model';
import {
  accountFields,
  AVATAR,
  COVER_IMAGE,
  sendLogin,
  sendRegistration,
} from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { sha256 } from '../helpers/fixtures';
import { startTestServer, type TestServer } from '../helpers/server';
import { coversBehaviour } from '../helpers/route-coverage';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('POST /users/register', () => {
  test('register, when all is well, answers 201 with the account and nothing secret', async () => {
    const fields = accountFields({ fullName: ' Ada  Lovelace ' });

    const answer = await sendRegistration(server, { ...fields });

    const account = dataOf(answer, 201);
    expect(account).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      username: fields.username,
      email: fields.email,
      isEmailVerified: false,
      role: 'user',
      fullName: 'Ada  Lovelace',
      description: '',
      avatar: expect.stringMatching(/^http:\/\/localhost:\d+\/media\//),
      coverImage: '',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      updatedAt: account.createdAt,
    });
    expect(answer.headers.location).toBe(`/api/v1/users/c/${fields.username}`);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(cookiesOf(answer)).toEqual({});
    expect((await server.api().get(answer.headers.location as string)).status).toBe(200);
  });

  test('register, when both pictures are sent, serves the very same bytes at their addresses', async () => {
    const answer = await sendRegistration(
      server,
      { ...accountFields() },
      { avatar: AVATAR, coverImage: COVER_IMAGE },
    );

    const { avatar, coverImage } = dataOf(answer, 201);
    for (const [address, file] of [
      [avatar, 'picture.png'],
      [coverImage, 'picture.jpg'],
    ]) {
      const picture = await fetch(address);
      expect(sha256(Buffer.from(await picture.arrayBuffer()))).toBe(sha256(file));
    }
  });

  test('register, when it is done, keeps the password only as a bcrypt hash', async () => {
    const fields = accountFields();
    await sendRegistration(server, { ...fields });

    const stored = await User.findOne({ username: fields.username }).select('+password').lean();

    expect(stored?.password).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(stored?.role).toBe('user');
    const unasked = await User.findOne({ username: fields.username }).lean();
    expect(unasked).not.toHaveProperty('password');
  });

  test('register, when username and email come in capitals and spaces, keeps them trimmed and lower-cased', async () => {
    const fields = accountFields();

    const answer = await sendRegistration(server, {
      ...fields,
      username: ` ${fields.username.toUpperCase()} `,
      email: ` ${fields.email.toUpperCase()} `,
    });

    expect(dataOf(answer, 201)).toMatchObject({ username: fields.username, email: fields.email });
  });

  test('register, when the password has spaces at its ends, keeps them', async () => {
    const fields = accountFields({ password: '  spaced out  ' });
    await sendRegistration(server, { ...fields });

    const { username } = fields;
    expect((await sendLogin(server, { username, password: 'spaced out' })).status).toBe(401);
    expect((await sendLogin(server, { username, password: '  spaced out  ' })).status).toBe(200);
  });

  test.each([
    ['8 characters', 'k7#Lm2_q'],
    ['72 bytes', 'k7#Lm2_q'.repeat(8) + 'abcdefgX'],
    ['letters of any script', 'пароль-надёжный'],
  ])('register, when the password has %s, accepts it for login', async (_what, password) => {
    const fields = accountFields({ password });

    expect((await sendRegistration(server, { ...fields })).status).toBe(201);

    const { username } = fields;
    expect((await sendLogin(server, { username, password })).status).toBe(200);
  });
});

describe('POST /users/register, when a name is taken', () => {
  const taken = accountFields();
  beforeAll(async () => {
    await sendRegistration(server, { ...taken });
  });

  test.each([
    ['username', { username: taken.username }],
    ['username', { username: taken.username.toUpperCase() }],
    ['email', { email: taken.email }],
    ['email', { email: taken.email.toUpperCase() }],
  ])('register, when the %s is that of %j, answers 409 naming it', async (field, overrides) => {
    const answer = await sendRegistration(server, { ...accountFields(overrides) });

    expectFailure(answer, 409, 'ALREADY_EXISTS');
    expect(answer.body.errors).toEqual([
      { field, message: `${field} already exists`, code: 'ALREADY_EXISTS' },
    ]);
    await expectNothingLeft();
  });

  test('register, when both are taken, answers 409 naming both', async () => {
    const answer = await sendRegistration(server, {
      ...accountFields({ username: taken.username, email: taken.email }),
    });

    expectFailure(answer, 409, 'ALREADY_EXISTS');
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'username',
      'email',
    ]);
  });

  test('register, when twelve race for one name, lets exactly one have it and keeps one picture', async () => {
    const picturesBefore = (await storedFiles()).length;
    const { username } = accountFields();

    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        sendRegistration(server, { ...accountFields({ username }) }),
      ),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
    const loser = answers.find(({ status }) => status === 409);
    expect(loser?.body.errors[0].field).toBe('username');
    expect(await User.countDocuments({ username })).toBe(1);
    await eventually(async () => {
      expect((await storedFiles()).length).toBe(picturesBefore + 1);
    });
    await expectNothingLeft();
  });
});

/** Uploads on their way are gone once the answer is closed. */
async function expectNothingLeft(): Promise<void> {
  await eventually(async () => {
    expect(await readdir(server.tempDir)).toEqual([]);
  });
}

async function storedFiles(): Promise<string[]> {
  const entries = await readdir(path.join(server.dataDir, 'media'), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

coversBehaviour('POST /api/v1/users/register');
