import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { fixture, sha256 } from '../helpers/fixtures';
import { abandonVideo, expectNoTempFiles, localFiles, sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';

describe('publishing into the local store', () => {
  let server: TestServer;
  let account: SignedInAccount;
  let before: string[];

  beforeAll(async () => {
    server = await startTestServer();
    account = await registerAndLogin(server);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    before = await localFiles(server);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await expectNoTempFiles(server);
  });

  async function publishedCount(): Promise<number> {
    const page = await server.api().get('/api/v1/videos');
    return page.body.data.totalDocs;
  }

  test('when all is right, keeps exactly the two files and serves them', async () => {
    const answer = await sendVideo(server, account.accessToken);

    expect(answer.status).toBe(201);
    expect(answer.body.data).toMatchObject({ duration: 5, title: 'A clip' });
    expect(await localFiles(server)).toHaveLength(before.length + 2);
    const video = await fetch(answer.body.data.videoFile);
    expect(sha256(Buffer.from(await video.arrayBuffer()))).toBe(sha256('clip.mp4'));
    const thumbnail = await fetch(answer.body.data.thumbnail);
    expect(sha256(Buffer.from(await thumbnail.arrayBuffer()))).toBe(sha256('picture.jpg'));
  });

  test.each([
    ['nobody is signed in', 401, undefined, undefined],
    ['the title is missing', 400, undefined, { description: 'x' }],
    ['a field is unknown', 400, undefined, { title: 'x', description: 'x', views: '1000000' }],
    [
      'the video is none',
      415,
      { videoFile: 'picture-named.mp4', thumbnail: 'picture.jpg' },
      undefined,
    ],
    [
      'the thumbnail is none',
      415,
      { videoFile: 'clip.mp4', thumbnail: 'html-named.png' },
      undefined,
    ],
    ['the thumbnail is missing', 400, { videoFile: 'clip.mp4' }, undefined],
  ])('when %s, answers %i and keeps nothing', async (reason, status, files, texts) => {
    const token = reason === 'nobody is signed in' ? undefined : account.accessToken;
    const videos = await publishedCount();

    const answer = await sendVideo(server, token, files, texts);

    expect(answer.status).toBe(status);
    expect(await localFiles(server)).toEqual(before);
    expect(await publishedCount()).toBe(videos);
  });

  test('when the disk is full, answers 507 and keeps what was there', async () => {
    const videos = await publishedCount();
    const facts = await fs.statfs(server.dataDir);
    jest.spyOn(fs, 'statfs').mockResolvedValue({ ...facts, bavail: 1 });

    const answer = await sendVideo(server, account.accessToken);

    jest.restoreAllMocks();
    expect([answer.status, answer.body.code]).toEqual([507, 'INSUFFICIENT_STORAGE']);
    expect(await localFiles(server)).toEqual(before);
    expect(await publishedCount()).toBe(videos);
  });

  test.each([0.01, 0.5, 0.99])(
    'when the client hangs up at %d of the video, keeps nothing',
    async (share) => {
      const videos = await publishedCount();

      await abandonVideo(server, account.accessToken, readFileSync(fixture('clip.mp4')), share);

      await expectNoTempFiles(server);
      expect(await localFiles(server)).toEqual(before);
      expect(await publishedCount()).toBe(videos);
    },
  );

  test('while an upload is on its way, its temporary file cannot be fetched', async () => {
    const seen: string[] = [];
    const statuses: number[] = [];
    const open = fs.open;
    jest.spyOn(fs, 'open').mockImplementation(async (...parameters) => {
      // The probe opens the file while it lies in the upload folder.
      const name = String(parameters[0]).split('/').at(-1) ?? '';
      if (name.startsWith('upload-') && seen.length === 0) {
        seen.push(name);
        for (const folder of ['', '/temp', '/public/temp', '/static/temp', '/media', '/uploads']) {
          statuses.push((await server.api().get(`${folder}/${name}`)).status);
        }
      }
      return open(...parameters);
    });

    await sendVideo(server, account.accessToken);

    expect(seen).toHaveLength(1);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404]);
  });
});
