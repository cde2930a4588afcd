import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import request from 'supertest';
import { User } from '../../src/models/user.model';
import { Types } from 'mongoose';
import pino from 'pino';
import { Upload } from '../../src/models/upload.model';
import { createUploadFiles } from '../../src/services/uploads/upload-files';
import { takeLease } from '../../src/services/uploads/upload-lease';
import { sweepUploads } from '../../src/services/uploads/upload-sweeper';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import {
  announce,
  append,
  askForOffset,
  CHUNK_TYPE,
  expectOffset,
  giveUp,
  idOf,
  metadata,
  openPatch,
  UPLOADS,
  uploadWhole,
} from '../helpers/uploads';

const DAY_MILLISECONDS = 24 * 3600 * 1000;

let server: TestServer;
let ada: SignedInAccount;
let eve: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer({ env: { MAX_BYTES_PER_USER: '1000000' } });
  [ada, eve] = [await registerAndLogin(server), await registerAndLogin(server)];
});
beforeEach(async () => {
  await Upload.deleteMany({});
  // The pictures of the accounts count too; without them, the numbers below are round.
  await User.updateMany({}, { $set: { storedBytes: 0 } });
});
afterAll(() => server.stop());

const list = (account: SignedInAccount, query = '') =>
  server.api().get(`${UPLOADS}${query}`).set(bearer(account.accessToken));
const contentOf = (uploadId: string) => readFile(path.join(server.config.uploadsDir, uploadId));
const files = () => createUploadFiles(server.config.uploadsDir, 0);
const expire = (uploadId: string) =>
  Upload.updateOne({ _id: uploadId }, { $set: { expiresAt: new Date(0) } });

describe('a file that comes in pieces', () => {
  test('an upload, when it is announced, is empty and is told where it lies', async () => {
    const answer = await announce(server, ada.accessToken, 11, { filename: 'Zoë.mp4' });

    const upload = dataOf(answer, 201);
    expect(upload).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      originalName: 'Zoë.mp4',
      kind: 'video',
      bytes: 11,
      offset: 0,
      isComplete: false,
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
    });
    expect(answer.headers).toMatchObject({
      location: `${UPLOADS}/${upload._id}`,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'upload-length': '11',
      'cache-control': 'no-store',
    });
    expect(Date.parse(upload.expiresAt) - Date.parse(upload.createdAt)).toBeGreaterThan(
      DAY_MILLISECONDS - 60_000,
    );
  });

  test('an upload, when its pieces come one by one, is the whole file in the end', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 11));

    const first = await append(server, ada.accessToken, uploadId, 0, Buffer.from('hello '));
    const second = await append(server, ada.accessToken, uploadId, 6, Buffer.from('world'));

    expect(first.status).toBe(204);
    expect(first.headers).toMatchObject({ 'upload-offset': '6', 'tus-resumable': '1.0.0' });
    expect(Date.parse(String(first.headers['upload-expires']))).toBeGreaterThan(Date.now());
    expect(second.headers['upload-offset']).toBe('11');
    expect((await contentOf(uploadId)).toString()).toBe('hello world');
    expect(dataOf(await list(ada))).toMatchObject([
      { _id: uploadId, offset: 11, isComplete: true },
    ]);
  });

  test('an upload, when its first bytes come with the announcement, has them', async () => {
    const answer = await announce(server, ada.accessToken, 11)
      .set('Content-Type', CHUNK_TYPE)
      .send(Buffer.from('hello '));

    expect(dataOf(answer, 201)).toMatchObject({ offset: 6, isComplete: false });
    expect(answer.headers['upload-offset']).toBe('6');
    expect((await contentOf(idOf(answer))).toString()).toBe('hello ');
  });

  test('an upload, when HEAD asks for it, tells offset, length and metadata as they came', async () => {
    const facts = { filename: 'Zoë.mp4', filetype: 'video/mp4' };
    const uploadId = idOf(await announce(server, ada.accessToken, 11, facts));
    await append(server, ada.accessToken, uploadId, 0, Buffer.from('hello'));

    const answer = await askForOffset(server, ada.accessToken, uploadId);

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'upload-offset': '5',
      'upload-length': '11',
      'upload-metadata': metadata(facts),
      'cache-control': 'no-store',
      'tus-resumable': '1.0.0',
    });
  });

  test('HEAD, when the version is missing, answers 412', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 11));

    const answer = await server.api().head(`${UPLOADS}/${uploadId}`).set(bearer(ada.accessToken));

    expect(answer.status).toBe(412);
  });

  test('an upload, when it is given up, is gone with its bytes', async () => {
    const uploadId = await uploadWhole(server, ada.accessToken, Buffer.from('hello'));

    const answer = await giveUp(server, ada.accessToken, uploadId);

    expect(answer.status).toBe(204);
    expect((await askForOffset(server, ada.accessToken, uploadId)).status).toBe(404);
    expect(await readdir(server.config.uploadsDir)).not.toContain(uploadId);
  });

  test('a file of no bytes, when it is announced, is complete', async () => {
    expect(dataOf(await announce(server, ada.accessToken, 0), 201)).toMatchObject({
      isComplete: true,
    });
  });

  test.each([
    ['../../etc/passwd', '../../etc/passwd'],
    ['a\u0000b\u202ec.mp4', 'abc.mp4'],
    ['x'.repeat(1000), 'x'.repeat(255)],
    ['🎬'.repeat(300), '🎬'.repeat(255)],
  ])('a name, when it is %j, is kept for display alone', async (filename, shown) => {
    const answer = await announce(server, ada.accessToken, 1, { filename });

    expect(dataOf(answer, 201)).toMatchObject({ originalName: shown });
    expect(await readdir(server.config.uploadsDir)).toContain(idOf(answer));
  });
});

describe('who may', () => {
  test('an upload, when another person asks for it, sends to it or gives it up, is not there', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 11));

    const answers = [
      await append(server, eve.accessToken, uploadId, 0, Buffer.from('evil')),
      await giveUp(server, eve.accessToken, uploadId),
      await server.api().get(`${UPLOADS}/${uploadId}`).set(bearer(eve.accessToken)),
    ];

    for (const answer of answers) expectFailure(answer, 404, 'UPLOAD_NOT_FOUND');
    expect((await askForOffset(server, eve.accessToken, uploadId)).status).toBe(404);
    expect(dataOf(await list(eve))).toEqual([]);
    expect(dataOf(await list(ada))).toMatchObject([{ _id: uploadId, offset: 0 }]);
  });

  test('uploads, when there are several, are listed newest first and paged by cursor', async () => {
    const ids: string[] = [];
    for (const bytes of [1, 2, 3]) ids.push(idOf(await announce(server, ada.accessToken, bytes)));

    const first = await list(ada, '?limit=2');
    const second = await list(ada, `?cursor=${first.body.pagination.nextCursor}`);

    const listed = [...dataOf(first), ...dataOf(second)] as { _id: string }[];
    expect(listed.map(({ _id }) => _id)).toEqual(ids.reverse());
    expect(second.body.pagination).toMatchObject({ hasNextPage: false, nextCursor: null });
  });
});

describe('limits', () => {
  test('an announcement, when all open uploads together pass the quota, answers 413 and leaves nothing', async () => {
    await announce(server, ada.accessToken, 600_000).expect(201);

    expectFailure(await announce(server, ada.accessToken, 400_001), 413, 'QUOTA_EXCEEDED');
    expect(dataOf(await list(ada))).toHaveLength(1);
    await announce(server, ada.accessToken, 400_000).expect(201);
  });

  test('an announcement, when what is stored leaves too little, answers 413', async () => {
    await User.updateOne({ _id: eve.user._id }, { $set: { storedBytes: 999_000 } });

    expectFailure(await announce(server, eve.accessToken, 1001), 413, 'QUOTA_EXCEEDED');
    await announce(server, eve.accessToken, 1000).expect(201);
  });

  test('announcements, when they come at once, never pass the quota together', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => announce(server, ada.accessToken, 300_000)),
    );

    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeLessThanOrEqual(3);
    expect(dataOf(await list(ada))).toHaveLength(made.length);
  });

  test('an announcement, when the account has a hundred open ones, answers 409', async () => {
    await Upload.insertMany(
      Array.from({ length: 100 }, () => ({
        user: ada.user._id,
        bytes: 1,
        kind: 'video',
        lease: ada.user._id,
        leasedUntil: new Date(0),
        expiresAt: new Date(Date.now() + DAY_MILLISECONDS),
      })),
    );

    expectFailure(await announce(server, ada.accessToken, 1), 409, 'TOO_MANY_OPEN_UPLOADS');
    expect(await Upload.countDocuments({ user: ada.user._id })).toBe(100);
  });

  test('an upload, when no disk could hold it, answers 507 and leaves nothing', async () => {
    await expect(files().requireRoom(Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
      statusCode: 507,
      code: 'INSUFFICIENT_STORAGE',
    });
  });

  test('a piece, when the disk is to be kept free by now, answers 507 and what had come stays', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 11));
    await append(server, ada.accessToken, uploadId, 0, Buffer.from('hello '));
    const options = { logger: pino({ level: 'silent' }), expirySeconds: 60 };
    const lease = await takeLease({ _id: new Types.ObjectId(uploadId) }, options);
    const onFullDisk = createUploadFiles(server.config.uploadsDir, Number.MAX_SAFE_INTEGER);

    const piece = onFullDisk.append(lease!, 6, Readable.from([Buffer.from('world')]));

    await expect(piece).rejects.toMatchObject({ statusCode: 507 });
    await lease!.release();
    expect(await contentOf(uploadId)).toEqual(Buffer.from('hello '));
  });
});

describe('the end of an upload', () => {
  test('an upload, when it is over, is not there any more, and is swept with its bytes', async () => {
    const uploadId = await uploadWhole(server, ada.accessToken, Buffer.from('hello'));
    await expire(uploadId);

    expect((await askForOffset(server, ada.accessToken, uploadId)).status).toBe(404);
    expect(dataOf(await list(ada))).toEqual([]);
    await sweepUploads(files());
    expect(await readdir(server.config.uploadsDir)).not.toContain(uploadId);
    expect(await Upload.exists({ _id: uploadId })).toBeNull();
  });

  test('an upload, when bytes come, lives on from then', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 10));
    const soon = new Date(Date.now() + 60_000);
    await Upload.updateOne({ _id: uploadId }, { $set: { expiresAt: soon } });

    await append(server, ada.accessToken, uploadId, 0, Buffer.from('hello')).expect(204);

    const { expiresAt } = await Upload.findById(uploadId).orFail().lean();
    expect(expiresAt.getTime()).toBeGreaterThan(soon.getTime() + DAY_MILLISECONDS / 2);
  });

  test('a sweep, when uploads are alive, leaves them and what is none of ours', async () => {
    const uploadId = await uploadWhole(server, ada.accessToken, Buffer.from('hello'));

    await sweepUploads(files());

    expect((await contentOf(uploadId)).toString()).toBe('hello');
  });
});

describe('two requests for one upload', () => {
  test('a piece, when a newer request comes for the upload, ends and keeps what came', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 20));
    const older = openPatch(server, ada.accessToken, uploadId, { bytes: 20 });
    older.write(Buffer.from('aaaaa'));
    await expectOffset(server, ada.accessToken, uploadId, 5);

    const head = await askForOffset(server, ada.accessToken, uploadId);
    older.write(Buffer.from('bbbbb'));
    const newer = await append(server, ada.accessToken, uploadId, 5, Buffer.alloc(15, 'c'));

    expect(head.headers['upload-offset']).toBe('5');
    expect(newer.status).toBe(204);
    await older.cut();
    expect((await contentOf(uploadId)).toString()).toBe(`aaaaa${'c'.repeat(15)}`);
  });

  test('pieces, when they race from the same offset, are never mixed', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 200_000));

    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((letter) =>
        append(server, ada.accessToken, uploadId, 0, Buffer.alloc(200_000, letter)),
      ),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => ![204, 409, 423].includes(status))).toEqual([]);
    const offset = Number(
      (await askForOffset(server, ada.accessToken, uploadId)).headers['upload-offset'],
    );
    const content = (await contentOf(uploadId)).toString();
    expect(content).toHaveLength(offset);
    expect(new Set(content).size).toBe(1);
  });

  test('an upload, when a request of a dead process holds it, is free once its lease is over', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 5));
    const leasedUntil = new Date(Date.now() + 1000);
    await Upload.updateOne({ _id: uploadId }, { $set: { lease: ada.user._id, leasedUntil } });

    const answer = await append(server, ada.accessToken, uploadId, 0, Buffer.from('hello'));

    expect(answer.status).toBe(204);
    expect(Date.now()).toBeGreaterThanOrEqual(leasedUntil.getTime());
  });

  test('an upload, when a request elsewhere holds on to it, answers 423', async () => {
    const uploadId = idOf(await announce(server, ada.accessToken, 5));
    const leasedUntil = new Date(Date.now() + 60_000);
    await Upload.updateOne({ _id: uploadId }, { $set: { lease: ada.user._id, leasedUntil } });

    const answer = await giveUp(server, ada.accessToken, uploadId);

    expectFailure(answer, 423, 'UPLOAD_LOCKED');
    expect(answer.headers['retry-after']).toBe('3');
    expect(await Upload.findById(uploadId).lean()).toMatchObject({ releaseAsked: true });
  });
});

describe('browsers on other origins', () => {
  const origin = 'http://localhost:5173';

  test('OPTIONS, when anybody asks, says what is offered of tus', async () => {
    const answer = await request(server.url).options(UPLOADS);

    expect(answer.headers).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,termination,expiration',
      'tus-max-size': String(server.config.maxVideoBytes),
    });
  });

  test('a preflight, when a page may call us, lets it send what tus sends', async () => {
    const answer = await request(server.url)
      .options(`${UPLOADS}/3f1d7a90c2e84b56a1d0f9e2`)
      .set({ Origin: origin, 'Access-Control-Request-Method': 'PATCH' })
      .set('Access-Control-Request-Headers', 'authorization,tus-resumable,upload-offset');

    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization,tus-resumable,upload-offset',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
    });
  });

  test('an answer, when a page on another origin reads it, exposes what tus tells', async () => {
    const answer = await announce(server, ada.accessToken, 11).set('Origin', origin);

    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    const exposed = String(answer.headers['access-control-expose-headers']).split(/, ?/);
    expect(exposed).toEqual(
      expect.arrayContaining(['Location', 'Upload-Offset', 'Upload-Length', 'Tus-Resumable']),
    );
  });
});

describe('an account that goes', () => {
  test('uploads, when their account is deleted, go with it', async () => {
    const gone = await registerAndLogin(server);
    const uploadId = await uploadWhole(server, gone.accessToken, Buffer.from('hello'));

    await server
      .api()
      .delete('/api/v1/users/current-user')
      .set(bearer(gone.accessToken))
      .send({ password: gone.password })
      .expect(200);
    await sweepUploads(files());

    expect(await Upload.exists({ _id: uploadId })).toBeNull();
    expect(await readdir(server.config.uploadsDir)).not.toContain(uploadId);
  });
});

coversBehaviour('POST /api/v1/uploads');
coversBehaviour('GET /api/v1/uploads');
coversBehaviour('GET /api/v1/uploads/:uploadId');
coversBehaviour('PATCH /api/v1/uploads/:uploadId');
coversBehaviour('DELETE /api/v1/uploads/:uploadId');
