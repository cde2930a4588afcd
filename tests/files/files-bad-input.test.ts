import fs from 'node:fs/promises';
import { UserFile } from '../../src/models/user-file.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { describeBadPaging, NO_IDS } from '../helpers/bad-paging';
import { fixture } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles } from '../helpers/media-audit';
import { call } from '../helpers/posts';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { sendFile } from '../helpers/user-files';
import { absentId } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let file: { _id: string };
let before: string[];
beforeAll(async () => {
  server = await startTestServer({ env: { MAX_IMAGE_BYTES: '4096' } });
  [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
  file = dataOf(await sendFile(server, ada, 'picture.png'), 201);
  before = await localFiles(server);
});
afterAll(() => server.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  await expectNoTempFiles(server);
  expect(await localFiles(server)).toEqual(before);
  expect(await UserFile.find().distinct('_id')).toHaveLength(1);
});

describe('POST /files', () => {
  const post = () => call(server, 'post', '/files', ada);

  test.each([
    ['script.svg', 415, 'UNSUPPORTED_FILE_TYPE'],
    ['html-named.png', 415, 'UNSUPPORTED_FILE_TYPE'],
    ['truncated.mp4', 415, 'UNREADABLE_FILE'],
    ['pixel-flood.png', 400, 'TOO_MANY_PIXELS'],
    ['empty.png', 400, 'FILE_EMPTY'],
  ])('when the file is %s, answers %i %s naming the field', async (name, status, code) => {
    const answer = await sendFile(server, ada, name);

    expectFailure(answer, status, code);
    expect(answer.body.errors[0].field).toBe('file');
  });

  test('when a picture is larger than pictures may be, though not than videos, answers 413', async () => {
    const picture = Buffer.concat([await fs.readFile(fixture('picture.png')), Buffer.alloc(8192)]);

    const answer = await post().attach('file', picture, 'large.png');

    expectFailure(answer, 413, 'FILE_TOO_LARGE');
    expect(answer.body.errors[0].field).toBe('file');
  });

  test('when the file is missing, in another field, twice or beside a text, answers 400', async () => {
    expectFailure(await post().field('x', 'y'), 400, 'FILE_REQUIRED');
    const png = fixture('picture.png');
    expectFailure(await post().attach('picture', png), 400, 'UNEXPECTED_FILE');
    expectFailure(await post().attach('file', png).attach('file', png), 400, 'UNEXPECTED_FILE');
    expectInvalid(await post().attach('file', png).field('owner', bob.user._id), ['owner']);
  });

  test('when the body is JSON, answers 415', async () => {
    expectFailure(await post().send({ file: 'x' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('when the disk is full, answers 507 and keeps what was there', async () => {
    const facts = await fs.statfs(server.dataDir);
    jest.spyOn(fs, 'statfs').mockResolvedValue({ ...facts, bavail: 1 });

    expectFailure(await sendFile(server, ada, 'picture.png'), 507, 'INSUFFICIENT_STORAGE');
  });
});

describe.each(['get', 'delete'] as const)('%s /files/:fileId', (method) => {
  test('when the id is no id, answers 400', async () => {
    for (const id of NO_IDS) {
      expectInvalid(await call(server, method, `/files/${id}`, ada), ['fileId']);
    }
  });

  test('when it is absent or somebody else’s, answers the same 404', async () => {
    const absent = await call(server, method, `/files/${absentId()}`, ada);
    const foreign = await call(server, method, `/files/${file._id}`, bob);

    expectFailure(absent, 404, 'FILE_NOT_FOUND');
    expectFailure(foreign, 404, 'FILE_NOT_FOUND');
    expect(foreign.body.message).toBe(absent.body.message);
  });
});

describeBadPaging('GET /files', (query) => call(server, 'get', `/files?${query}`, ada));

test.each([
  ['get', ''],
  ['post', ''],
  ['get', '/:fileId'],
  ['delete', '/:fileId'],
] as const)('%s /files%s, when nobody is signed in, answers 401', async (method, path) => {
  const answer = await call(server, method, `/files${path.replace(':fileId', file._id)}`);

  expectFailure(answer, 401, 'UNAUTHENTICATED');
});

coversBadInput('POST /api/v1/files');
coversBadInput('GET /api/v1/files');
coversBadInput('GET /api/v1/files/:fileId');
coversBadInput('DELETE /api/v1/files/:fileId');
