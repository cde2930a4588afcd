import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { accountFields, AVATAR, bearer } from '../helpers/accounts';
import { fixture } from '../helpers/fixtures';
import { startServerProcess, type ServerProcess } from '../helpers/server-process';

let root: string;
let running: ServerProcess[];
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-views-'));
  running = [];
});
afterEach(async () => {
  for (const server of running) server.child.kill('SIGKILL');
  await Promise.all(running.map((server) => server.exited()));
  await rm(root, { recursive: true, force: true });
});

/** Writes views so seldom that after the first one only a stop does. */
function start(): ServerProcess {
  const server = startServerProcess({
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    BCRYPT_COST: '4',
    DATA_DIR: path.join(root, 'data'),
    VIEW_FLUSH_SECONDS: '3600',
  });
  running.push(server);
  return server;
}

async function signUp(url: string): Promise<string> {
  const fields = accountFields();
  const { username, password } = fields;
  await request(url)
    .post('/api/v1/users/register')
    .field({ ...fields })
    .attach('avatar', AVATAR)
    .expect(201);
  const answer = await request(url).post('/api/v1/users/login').send({ username, password });
  return answer.body.data.accessToken;
}

async function publish(url: string, accessToken: string): Promise<string> {
  const answer = await request(url)
    .post('/api/v1/videos')
    .set(bearer(accessToken))
    .field('title', 'Watched')
    .attach('videoFile', fixture('clip.mp4'))
    .attach('thumbnail', fixture('picture.jpg'))
    .expect(201);
  return answer.body.data._id;
}

test('views, when the server is stopped by SIGTERM before they are written, are all there afterwards', async () => {
  const first = start();
  const firstUrl = await first.ready();
  const accessToken = await signUp(firstUrl);
  const videoIds = [await publish(firstUrl, accessToken), await publish(firstUrl, accessToken)];
  const watchers = Array.from({ length: 40 }, (_value, index) => `browser ${index}`);

  await Promise.all(
    watchers.map((browser, index) =>
      request(firstUrl)
        .get(`/api/v1/videos/${videoIds[index % 4 === 0 ? 1 : 0]}`)
        .set('User-Agent', browser)
        .expect(200),
    ),
  );
  first.child.kill('SIGTERM');
  expect(await first.exited()).toEqual({ code: 0, signal: null });
  const url = await start().ready();

  const dashboard = (address: string) =>
    request(url).get(`/api/v1/dashboard/${address}`).set(bearer(accessToken)).expect(200);
  const { body: videos } = await dashboard('videos');
  const { body: stats } = await dashboard('stats');
  const { body: days } = await dashboard('views?days=2');
  const viewsById = Object.fromEntries(
    videos.data.map(({ _id, views }: { _id: string; views: number }) => [_id, views]),
  );
  expect(viewsById).toEqual({ [videoIds[0]!]: 30, [videoIds[1]!]: 10 });
  expect(stats.data.totalViews).toBe(40);
  const daily = days.data.map(({ views }: { views: number }) => views);
  expect(daily[0] + daily[1]).toBe(40);
});
