import { access, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import request from 'supertest';
import { accountFields, AVATAR } from '../helpers/accounts';
import { runScript } from '../helpers/run-script';
import { startServerProcess } from '../helpers/server-process';

let root: string;
let dataDir: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-role-'));
  dataDir = path.join(root, 'data');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const role = (environment: Record<string, string>, ...parameters: string[]) =>
  runScript('role', environment, ...parameters);

/** Starts the server on this data, acts beside it, and stops it again. */
async function withServer<Result>(
  act: (url: string, uri: string) => Promise<Result>,
): Promise<Result> {
  const server = startServerProcess({ DATA_DIR: dataDir });
  const url = await server.ready();
  const socket = encodeURIComponent(path.join(dataDir, 'db', 'socket', 'mongodb.sock'));
  try {
    return await act(url, `mongodb://${socket}/?directConnection=true`);
  } finally {
    server.child.kill('SIGTERM');
    await server.exited();
  }
}

async function register(url: string, username: string): Promise<void> {
  const registration = request(url).post('/api/v1/users/register').attach('avatar', AVATAR);
  const fields = accountFields({ username, email: `${username}@example.com` });
  for (const [name, text] of Object.entries(fields)) registration.field(name, text);
  await registration.expect(201);
}

async function signIn(url: string, username: string): Promise<string> {
  const { password } = accountFields();
  const { body } = await request(url).post('/api/v1/users/login').send({ username, password });
  return body.data.accessToken;
}

test('npm run role, from the first admin to their successor, gives roles that the server obeys', async () => {
  await withServer(async (url) => {
    await register(url, 'ada');
    await register(url, 'bob');
  });

  // Names are kept in small letters, as everywhere.
  expect(await role({ DATA_DIR: dataDir }, 'ADA', 'admin')).toEqual({
    code: 0,
    stdout: 'ada is an admin now\n',
    stderr: '',
  });
  expect(await role({ DATA_DIR: dataDir }, 'ada', 'user')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Cannot change the role: ada is the only admin; make another one first\n',
  });
  expect(await role({ DATA_DIR: dataDir }, 'nobody', 'admin')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Cannot change the role: nobody is called nobody\n',
  });

  await withServer(async (url, uri) => {
    const token = await signIn(url, 'ada');
    const list = () =>
      request(url).get('/api/v1/admin/users').set('Authorization', `Bearer ${token}`);
    const { body } = await list().expect(200);
    expect(body.data).toEqual([
      expect.objectContaining({ username: 'ada', role: 'admin' }),
      expect.objectContaining({ username: 'bob', role: 'user' }),
    ]);

    // Beside the running server, found by its folder or by its address; the token does not save a
    // lost role.
    const found = { DATA_DIR: dataDir };
    expect(await role(found, 'bob', 'admin')).toMatchObject({ code: 0, stderr: '' });
    const named = { DATA_DIR: dataDir, MONGODB_URI: uri };
    expect(await role(named, 'ada', 'user')).toMatchObject({ code: 0, stderr: '' });
    await list().expect(403);

    const client = await MongoClient.connect(uri);
    const acts = await client
      .db('videotube')
      .collection('moderationlogs')
      .find({}, { projection: { _id: 0, act: 1, fromRole: 1, toRole: 1, moderator: 1 } })
      .toArray();
    await client.close();
    expect(acts).toEqual([
      { act: 'role-changed', fromRole: 'user', toRole: 'admin' },
      { act: 'role-changed', fromRole: 'user', toRole: 'admin' },
      { act: 'role-changed', fromRole: 'admin', toRole: 'user' },
    ]);
  });
});

test.each([
  ['the role is none', ['ada', 'root']],
  ['there is too much', ['ada', 'bob', 'admin']],
])('npm run role, when %s, says how to use it', async (_what, parameters) => {
  const { code, stderr } = await role({ DATA_DIR: path.join(root, 'unused') }, ...parameters);

  expect(code).toBe(1);
  expect(stderr).toBe(
    'Cannot change the role: use it as npm run role -- <username> <user|moderator|admin>\n',
  );
});

test('npm run role, when asked for help, tells what it is for and opens no database', async () => {
  const unused = path.join(root, 'unused');
  const { code, stdout, stderr } = await role({ DATA_DIR: unused }, '--help');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    'npm run role -- <username> <user|moderator|admin>\n\n' +
      'Gives somebody a role: the only way to the first admin.\n',
  );
  await expect(access(unused)).rejects.toThrow('ENOENT');
});
