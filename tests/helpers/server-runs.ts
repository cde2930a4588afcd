import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { accountFields, AVATAR, bearer, type AccountFields } from './accounts';
import { fixture } from './fixtures';
import { startServerProcess, type ServerProcess } from './server-process';

/** Starts the built server, again and again on the same data. */
export type StartServer = (
  environment?: Readonly<Record<string, string>>,
  options?: { shell?: boolean },
) => ServerProcess;

/**
 * Call it at the top of a test file: every test gets a data folder of its own, and no server
 * outlives its test.
 * @param defaults variables of every start
 */
export function serverRuns(defaults: Readonly<Record<string, string>> = {}): StartServer {
  let root: string;
  let running: ServerProcess[];
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'videotube-runs-'));
    running = [];
  });
  afterEach(async () => {
    for (const server of running) server.child.kill('SIGKILL');
    await Promise.all(running.map((server) => server.exited()));
    await rm(root, { recursive: true, force: true });
  });
  return (environment = {}, options = {}) => {
    const variables = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      BCRYPT_COST: '4',
      DATA_DIR: path.join(root, 'data'),
      ...defaults,
      ...environment,
    };
    const server = startServerProcess(variables, options);
    running.push(server);
    return server;
  };
}

/** @returns the status of the answer */
export async function registerAt(
  url: string,
  fields: Partial<AccountFields> = {},
): Promise<number> {
  const answer = await request(url)
    .post('/api/v1/users/register')
    .field({ ...accountFields(fields) })
    .attach('avatar', AVATAR);
  return answer.status;
}

/** @returns the access token */
export async function loginAt(
  url: string,
  { username, password }: Pick<AccountFields, 'username' | 'password'>,
): Promise<string> {
  const login = { username, password };
  const answer = await request(url).post('/api/v1/users/login').send(login).expect(200);
  return answer.body.data.accessToken;
}

/** @returns the id of the video */
export async function publishAt(url: string, accessToken: string, title: string): Promise<string> {
  const answer = await request(url)
    .post('/api/v1/videos')
    .set(bearer(accessToken))
    .field('title', title)
    .attach('videoFile', fixture('clip.mp4'))
    .attach('thumbnail', fixture('picture.jpg'))
    .expect(201);
  return answer.body.data._id;
}
