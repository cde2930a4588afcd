import { mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { accountFields, AVATAR } from '../helpers/accounts';
import { startCloudinaryStub } from '../helpers/cloudinary-stub';
import { eventually } from '../helpers/eventually';
import { fixture, sha256 } from '../helpers/fixtures';
import { runScript } from '../helpers/run-script';
import { loginAt, publishAt, registerAt } from '../helpers/server-runs';
import { startServerProcess, type ServerProcess } from '../helpers/server-process';

const TEMP_DIR = path.join(__dirname, '..', '..', 'public', 'temp');

describe('uploads of a server process', () => {
  let dataDir: string;
  const started: ServerProcess[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-boot-'));
  });
  afterEach(async () => {
    for (const server of started.splice(0)) {
      server.child.kill('SIGKILL');
      await server.exited();
    }
    await rm(dataDir, { recursive: true });
  });

  function start(environment: Record<string, string> = {}): ServerProcess {
    const server = startServerProcess({ DATA_DIR: dataDir, ...environment });
    started.push(server);
    return server;
  }

  function sendRegistration(url: string) {
    const registration = request(url).post('/api/v1/users/register').attach('avatar', AVATAR);
    for (const [name, text] of Object.entries(accountFields())) registration.field(name, text);
    return registration;
  }

  test('when it is killed in the middle of an upload, the next start deletes the rest', async () => {
    const first = start();
    const url = await first.ready();
    const prefix = `upload-${first.child.pid}-`;
    const leftOvers = async (): Promise<string[]> =>
      (await readdir(TEMP_DIR)).filter((name) => name.startsWith(prefix));
    const form = http.request(`${url}/api/v1/users/register`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=frontier' },
    });
    // The server dies under it: that is the point.
    form.on('error', () => undefined);
    form.write(
      '--frontier\r\nContent-Disposition: form-data; name="avatar"; filename="a.png"\r\n\r\nhalf',
    );
    await eventually(async () => expect(await leftOvers()).toHaveLength(1));

    first.child.kill('SIGKILL');
    await first.exited();
    expect(await leftOvers()).toHaveLength(1);
    await start().ready();

    expect(await leftOvers()).toEqual([]);
  });

  test('when it is killed as soon as a video is answered, the next start has the video and no rest', async () => {
    const environment = { NODE_ENV: 'test', LOG_LEVEL: 'info', BCRYPT_COST: '4' };
    const first = start(environment);
    const url = await first.ready();
    const fields = accountFields();
    await registerAt(url, fields);
    const videoId = await publishAt(url, await loginAt(url, fields), 'Answered');

    first.child.kill('SIGKILL');
    await first.exited();
    const second = start(environment);
    const again = await second.ready();

    const video = await request(again).get(`/api/v1/videos/${videoId}`).expect(200);
    const { pathname } = new URL(video.body.data.videoFile);
    const file = await fetch(`${again}${pathname}`);
    expect(sha256(Buffer.from(await file.arrayBuffer()))).toBe(sha256('clip.mp4'));
    await eventually(async () =>
      expect(
        (await readdir(TEMP_DIR)).filter((name) => name.includes(`-${first.child.pid}-`)),
      ).toEqual([]),
    );
    second.child.kill('SIGTERM');
    await second.exited();
    const media = ['--media', '--older-than', '0'];
    expect(await runScript('reconcile', { ...environment, DATA_DIR: dataDir }, ...media)).toEqual({
      code: 0,
      // The avatar, the video and its thumbnail.
      stdout:
        'Checked 3 stored files and 3 references: nothing is left over, and nothing is missing\n',
      stderr: '',
    });
  });

  test('when CLOUDINARY_* is set, a registration stores its picture there', async () => {
    const stub = await startCloudinaryStub();
    const { cloudName, apiKey, apiSecret, uploadPrefix } = stub.account;
    const url = await start({
      CLOUDINARY_CLOUD_NAME: cloudName,
      CLOUDINARY_API_KEY: apiKey,
      CLOUDINARY_API_SECRET: apiSecret,
      CLOUDINARY_UPLOAD_PREFIX: uploadPrefix,
      NODE_EXTRA_CA_CERTS: fixture('localhost-cert.pem'),
    }).ready();

    const answer = await sendRegistration(url);

    expect(answer.status).toBe(201);
    expect(answer.body.data.avatar).toMatch(/^https:\/\/res\.cloudinary\.com\/demo\/image\//);
    expect(stub.assets.map(({ content }) => sha256(content))).toEqual([sha256('picture.png')]);
    await stub.stop();
  });
});
