import fs from 'node:fs/promises';
import { Removal } from '../../src/models/removal.model';
import { User } from '../../src/models/user.model';
import { AVATAR, bearer, COVER_IMAGE, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { fixture, sha256 } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles } from '../helpers/media-audit';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let before: string[];
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  await expectNoTempFiles(server);
});

function replace(route: string, field: string, accessToken: string | undefined, file: string) {
  const form = server.api().patch(`/api/v1/users/${route}`).attach(field, file);
  return accessToken === undefined ? form : form.set(bearer(accessToken));
}

async function bytesAt(address: string): Promise<string> {
  return sha256(Buffer.from(await (await fetch(address)).arrayBuffer()));
}

describe.each([
  ['avatar', 'avatar'],
  ['cover-image', 'coverImage'],
] as const)('PATCH /users/%s', (route, field) => {
  test('when a picture is sent, answers the account with it and deletes the old file', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    if (field === 'coverImage') await replace(route, field, accessToken, AVATAR);
    const { [field]: old } = dataOf(await getCurrentUser(accessToken));
    before = await localFiles(server);

    const data = dataOf(await replace(route, field, accessToken, COVER_IMAGE));

    expect(data).toEqual({ ...user, [field]: data[field], updatedAt: expect.any(String) });
    expect(await bytesAt(data[field])).toBe(sha256('picture.jpg'));
    expect(dataOf(await getCurrentUser(accessToken))).toEqual(data);
    expect((await fetch(old)).status).toBe(404);
    expect(await localFiles(server)).toHaveLength(before.length);
    expect(await Removal.countDocuments({ target: user._id })).toBe(0);
  });

  test('when it is sent five times at once, ends with one file and no other', async () => {
    const { accessToken } = await registerAndLogin(server);
    before = await localFiles(server);
    const added = field === 'avatar' ? 0 : 1;

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => replace(route, field, accessToken, COVER_IMAGE)),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const data = dataOf(await getCurrentUser(accessToken));
    expect(await bytesAt(data[field])).toBe(sha256('picture.jpg'));
    await eventually(async () =>
      expect(await localFiles(server)).toHaveLength(before.length + added),
    );
  });

  test.each(['html-named.png', 'script.svg', 'clip.mp4'])(
    'when the file is %s, answers 415 naming the field and keeps the old one',
    async (name) => {
      const { user, accessToken } = await registerAndLogin(server);
      before = await localFiles(server);

      const answer = await replace(route, field, accessToken, fixture(name));

      expect(answer.status).toBe(415);
      expect(answer.body.errors[0].field).toBe(field);
      expect(await localFiles(server)).toEqual(before);
      expect(dataOf(await getCurrentUser(accessToken))).toEqual(user);
    },
  );

  test('when the account is gone meanwhile, answers 401 and leaves no file behind', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    before = await localFiles(server);
    await User.deleteOne({ _id: user._id });

    const answer = await replace(route, field, accessToken, AVATAR);

    expectFailure(answer, 401, 'TOKEN_INVALID');
    expect(await localFiles(server)).toEqual(before);
  });

  test('when the disk is full, answers 507 and keeps the old one', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    before = await localFiles(server);
    const facts = await fs.statfs(server.dataDir);
    jest.spyOn(fs, 'statfs').mockResolvedValue({ ...facts, bavail: 1 });

    const answer = await replace(route, field, accessToken, AVATAR);

    jest.restoreAllMocks();
    expectFailure(answer, 507, 'INSUFFICIENT_STORAGE');
    expect(await localFiles(server)).toEqual(before);
    expect(dataOf(await getCurrentUser(accessToken))).toEqual(user);
  });

  test('when there is no file, answers 400 FILE_REQUIRED naming the field', async () => {
    const { accessToken } = await registerAndLogin(server);
    const form = server.api().patch(`/api/v1/users/${route}`).set(bearer(accessToken));

    const answer = await form.field('x', 'y');

    expectFailure(answer, 400, 'FILE_REQUIRED');
    expect(answer.body.errors[0].field).toBe(field);
  });

  test('when a text comes beside the file, answers 400 naming it', async () => {
    const { accessToken } = await registerAndLogin(server);

    expectInvalid(await replace(route, field, accessToken, AVATAR).field('role', 'admin'), [
      'role',
    ]);
  });

  test('when the file is in another field, answers 400 UNEXPECTED_FILE', async () => {
    const { accessToken } = await registerAndLogin(server);

    expectFailure(await replace(route, 'picture', accessToken, AVATAR), 400, 'UNEXPECTED_FILE');
  });

  test('when the body is JSON, answers 415', async () => {
    const { accessToken } = await registerAndLogin(server);
    const call = server.api().patch(`/api/v1/users/${route}`).set(bearer(accessToken));

    expectFailure(await call.send({ [field]: 'http://x/' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('when nobody is signed in, answers 401', async () => {
    const answer = await server.api().patch(`/api/v1/users/${route}`);

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

test.each([
  ['update-avatar', 'avatar'],
  ['update-cover-image', 'coverImage'],
])('PATCH /users/%s, when a picture is sent, is the same route', async (route, field) => {
  const { accessToken } = await registerAndLogin(server);

  const data = dataOf(await replace(route, field, accessToken, COVER_IMAGE));

  expect(await bytesAt(data[field])).toBe(sha256('picture.jpg'));
});

function getCurrentUser(accessToken: string) {
  return server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
}

coversBehaviour('PATCH /api/v1/users/avatar');
coversBehaviour('PATCH /api/v1/users/cover-image');
coversBadInput('PATCH /api/v1/users/avatar');
coversBadInput('PATCH /api/v1/users/cover-image');
