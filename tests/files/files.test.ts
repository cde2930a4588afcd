import { Types } from 'mongoose';
import { Removal } from '../../src/models/removal.model';
import { UserFile } from '../../src/models/user-file.model';
import { User } from '../../src/models/user.model';
import { userFileList } from '../../src/services/user-file.service';
import { arrayPageStages } from '../../src/services/paging/array-page';
import { encodePosition } from '../../src/services/paging/keyset-order';
import { registerAndLogin, sendAccountDeletion, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { sha256 } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles } from '../helpers/media-audit';
import { call } from '../helpers/posts';
import { costOf } from '../helpers/query-cost';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { sendFile } from '../helpers/user-files';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
});
afterAll(() => server.stop());
afterEach(() => expectNoTempFiles(server));

describe('POST /files', () => {
  test('when a picture comes, keeps it and says what it is', async () => {
    const answer = await sendFile(server, ada, 'picture.png', 'Grüße, 世界.PNG');

    const file = dataOf(answer, 201);
    expect(file).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      url: expect.stringMatching(/^http:\/\/localhost:\d+\/media\/.*\.png$/),
      originalName: 'Grüße, 世界.PNG',
      kind: 'image',
      mimeType: 'image/png',
      bytes: expect.any(Number),
      width: expect.any(Number),
      height: expect.any(Number),
      duration: null,
      createdAt: expect.any(String),
    });
    expect(answer.headers.location).toBe(`/api/v1/files/${file._id}`);
    const bytes = Buffer.from(await (await fetch(file.url)).arrayBuffer());
    expect([bytes.length, sha256(bytes)]).toEqual([file.bytes, sha256('picture.png')]);
    expect(dataOf(await call(server, 'get', `/files/${file._id}`, ada))).toEqual(file);
  });

  test('when a video comes, tells its seconds', async () => {
    const file = dataOf(await sendFile(server, ada, 'clip.mp4'), 201);

    expect(file).toMatchObject({ kind: 'video', mimeType: 'video/mp4', duration: 5 });
  });

  test('when the name turns its direction or is endless, is shown without that', async () => {
    const name = `a\u202eg\u200fnp${'x'.repeat(400)}.png`;
    const { originalName } = dataOf(await sendFile(server, ada, 'picture.png', name), 201);

    expect(originalName).toBe(`agnp${'x'.repeat(251)}`);
  });

  test('when the account is gone meanwhile, answers 401 and keeps nothing', async () => {
    const before = await localFiles(server);
    const gone = await registerAndLogin(server);
    await sendAccountDeletion(server, gone.accessToken, { password: gone.password });

    const answer = await sendFile(server, gone, 'picture.png');

    expectFailure(answer, 401, 'TOKEN_INVALID');
    await eventually(async () => expect(await localFiles(server)).toEqual(before));
  });
});

describe('the quota of an account', () => {
  test('when files are kept and deleted, moves with their bytes, and is never passed', async () => {
    const eve = await registerAndLogin(server);
    const before = await storedBytesOf(eve);
    const file = dataOf(await sendFile(server, eve, 'picture.png'), 201);
    const withFile = await storedBytesOf(eve);
    const full = server.config.maxBytesPerUser - 10;
    await User.updateOne({ _id: eve.user._id }, { storedBytes: full });
    const files = await localFiles(server);

    expectFailure(await sendFile(server, eve, 'picture.jpg'), 413, 'QUOTA_EXCEEDED');
    dataOf(await call(server, 'delete', `/files/${file._id}`, eve));

    expect(withFile - before).toBe(file.bytes);
    expect(await storedBytesOf(eve)).toBe(full - file.bytes);
    expect(await localFiles(server)).toHaveLength(files.length - 1);
    expect(dataOf(await call(server, 'get', '/files', eve))).toEqual([]);
  });
});

async function storedBytesOf({ user }: SignedInAccount): Promise<number> {
  return (await User.findById(user._id).lean())?.storedBytes ?? 0;
}

describe('GET /files', () => {
  test('when read page by page, has one’s own files alone, newest first, each once', async () => {
    const carl = await registerAndLogin(server);
    await sendFile(server, bob, 'picture.png');
    const names = ['1.png', '2.png', '3.png', '4.png', '5.png'];
    for (const name of names) dataOf(await sendFile(server, carl, 'picture.png', name), 201);

    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor && `&cursor=${cursor}`;
      const answer = await call(server, 'get', `/files?limit=2${query}`, carl);
      seen.push(...dataOf(answer).map((file: { originalName: string }) => file.originalName));
      cursor = answer.body.pagination.nextCursor;
    }

    expect(seen).toEqual(names.toReversed());
  });

  test('when there are hundreds, reads one page of keys, from the top and from a cursor on', async () => {
    const owner = new Types.ObjectId();
    const asset = { url: '/x', publicId: 'x', resourceType: 'image', bytes: 1, format: 'png' };
    const row = { owner, asset, originalName: 'x', mimeType: 'image/png', kind: 'image' };
    await UserFile.insertMany(
      Array.from({ length: 300 }, (_value, index) => ({
        ...row,
        createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index % 150)),
      })),
    );
    const list = userFileList(owner);
    const [middle] = await UserFile.aggregate(arrayPageStages(list, { page: 151, limit: 1 }));
    const cursor = encodePosition(list.order, middle);

    const top = await costOf(UserFile, arrayPageStages(list, { page: 1, limit: 20 }));
    const next = await costOf(UserFile, arrayPageStages(list, { page: 1, limit: 20, cursor }));

    expect(top).toMatchObject({ keys: 21, documents: 21 });
    // Two ranges are merged, each read one key ahead; or the rows of the cursor's own time passed over.
    expect(next.keys).toBeLessThanOrEqual(24);
    for (const { stages } of [top, next]) expect(stages).not.toContain('SORT');
    for (const { stages } of [top, next]) expect(stages).not.toContain('COLLSCAN');
  });
});

describe('DELETE /files/:fileId', () => {
  test('when it is one’s own, deletes the row, the bytes and what was to be removed', async () => {
    const before = await localFiles(server);
    const file = dataOf(await sendFile(server, ada, 'picture.png'), 201);

    expect(dataOf(await call(server, 'delete', `/files/${file._id}`, ada))).toEqual({});

    const again = await call(server, 'delete', `/files/${file._id}`, ada);
    expectFailure(again, 404, 'FILE_NOT_FOUND');
    expect((await fetch(file.url)).status).toBe(404);
    expect(await localFiles(server)).toEqual(before);
    expect(await Removal.countDocuments({ target: file._id })).toBe(0);
  });
});

describe('an account', () => {
  test('when it is deleted, takes its files along and nobody else’s', async () => {
    const dora = await registerAndLogin(server);
    const hers = dataOf(await sendFile(server, dora, 'picture.png'), 201);
    const his = dataOf(await sendFile(server, bob, 'picture.png'), 201);

    await sendAccountDeletion(server, dora.accessToken, { password: dora.password });

    await eventually(async () => expect((await fetch(hers.url)).status).toBe(404));
    expect(await UserFile.countDocuments({ owner: dora.user._id })).toBe(0);
    expect((await fetch(his.url)).status).toBe(200);
  });
});

coversBehaviour('POST /api/v1/files');
coversBehaviour('GET /api/v1/files');
coversBehaviour('GET /api/v1/files/:fileId');
coversBehaviour('DELETE /api/v1/files/:fileId');
