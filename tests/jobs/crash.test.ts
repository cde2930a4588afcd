import { readdir } from 'node:fs/promises';
import path from 'node:path';
import request from 'supertest';
import { accountFields, bearer } from '../helpers/accounts';
import { startCloudinaryStub, type CloudinaryStub } from '../helpers/cloudinary-stub';
import { eventually } from '../helpers/eventually';
import { fixture, sha256 } from '../helpers/fixtures';
import { loginAt, registerAt, serverRuns } from '../helpers/server-runs';

const TEMP_DIR = path.join(__dirname, '..', '..', 'public', 'temp');

let stub: CloudinaryStub;
beforeAll(async () => {
  stub = await startCloudinaryStub();
});
afterAll(() => stub.stop());

const start = serverRuns({
  PUBLISH_PATIENCE_SECONDS: '1',
  JOB_LEASE_SECONDS: '1',
});

test('a server that is killed while it stores a video, when started again, stores it once', async () => {
  const first = start(stub.environment);
  const firstUrl = await first.ready();
  const fields = accountFields();
  expect(await registerAt(firstUrl, fields)).toBe(201);
  const filesOf = async (pid: number | undefined) =>
    (await readdir(TEMP_DIR)).filter((name) => name.includes(`-${pid}-`));
  stub.setOutage({ stall: true });
  const accepted = await request(firstUrl)
    .post('/api/v1/videos')
    .set(bearer(await loginAt(firstUrl, fields)))
    .field('title', 'Outlives its server')
    .attach('videoFile', fixture('clip.mp4'))
    .expect(202);
  expect(await filesOf(first.child.pid)).toEqual([expect.stringMatching(/^job-/)]);

  first.child.kill('SIGKILL');
  await first.exited();
  stub.setOutage();
  const url = await start(stub.environment).ready();

  const { _id } = accepted.body.data;
  await eventually(async () => {
    const video = await request(url).get(`/api/v1/videos/${_id}`).expect(200);
    expect(video.body.data).toMatchObject({ status: 'ready', title: 'Outlives its server' });
  });
  const stored = stub.assets.filter(({ resourceType }) => resourceType === 'video');
  expect(stored.map(({ content }) => sha256(content))).toEqual([sha256('clip.mp4')]);
  await eventually(async () => expect(await filesOf(first.child.pid)).toEqual([]));
});
