import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import request from 'supertest';
import { accountFields, AVATAR } from '../helpers/accounts';
import { runScript } from '../helpers/run-script';
import { startServerProcess } from '../helpers/server-process';

let root: string;
let dataDir: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-reconcile-'));
  dataDir = path.join(root, 'data');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const reconcile = (environment: Record<string, string>, ...parameters: string[]) =>
  runScript('reconcile', environment, ...parameters);

/** Registers one person, spoils a counter of theirs, and passes on; the server still runs then. */
async function withSpoiltServer(act: (uri: string) => Promise<void>): Promise<string> {
  const server = startServerProcess({ DATA_DIR: dataDir });
  const registration = request(await server.ready())
    .post('/api/v1/users/register')
    .attach('avatar', AVATAR);
  for (const [name, text] of Object.entries(accountFields())) registration.field(name, text);
  const { body } = await registration.expect(201);
  const socket = encodeURIComponent(path.join(dataDir, 'db', 'socket', 'mongodb.sock'));
  const uri = `mongodb://${socket}/?directConnection=true`;
  const client = await MongoClient.connect(uri);
  await client
    .db('videotube')
    .collection('users')
    .updateOne({}, { $set: { videosCount: 4 } });
  await client.close();
  try {
    await act(uri);
  } finally {
    server.child.kill('SIGTERM');
    await server.exited();
  }
  return body.data._id;
}

const drift = (id: string) => `users.videosCount of ${id}: stored 4, counted 0\n`;
const checked =
  'Checked 1 users, 0 videos, 0 comments, 0 tweets, 0 videotallies, 0 channeltallies: ';

describe('npm run reconcile', () => {
  test('reconcile, when the server is stopped, reports, then corrects, then finds all right', async () => {
    const id = await withSpoiltServer(async () => undefined);

    expect(await reconcile({ DATA_DIR: dataDir })).toEqual({
      code: 1,
      stdout: `${drift(id)}${checked}1 had drifted; --fix corrects them\n`,
      stderr: '',
    });
    expect(await reconcile({ DATA_DIR: dataDir }, '--fix')).toEqual({
      code: 0,
      stdout: `${drift(id)}${checked}1 had drifted and are right again\n`,
      stderr: '',
    });
    expect(await reconcile({ DATA_DIR: dataDir })).toEqual({
      code: 0,
      stdout: `${checked}every counter is right\n`,
      stderr: '',
    });
  });

  test('reconcile, when the server runs on the embedded database, works beside it', async () => {
    await withSpoiltServer(async () => {
      const ran = await reconcile({ DATA_DIR: dataDir }, '--fix');

      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toContain('1 had drifted and are right again');
    });

    expect(await reconcile({ DATA_DIR: dataDir })).toMatchObject({ code: 0, stderr: '' });
  });

  test('reconcile, when MONGODB_URI is set, works beside the running server', async () => {
    const id = await withSpoiltServer(async (uri) => {
      const ran = await reconcile({ DATA_DIR: dataDir, MONGODB_URI: uri }, '--fix');

      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toContain('1 had drifted and are right again');
    });

    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(await reconcile({ DATA_DIR: dataDir })).toMatchObject({ code: 0 });
  });

  test('reconcile --media, when files are left over, lists them, then removes them, then finds none', async () => {
    await withSpoiltServer(async () => undefined);
    const stray = `ab/cd/${'ab'.repeat(16)}.mp4`;
    await mkdir(path.join(dataDir, 'media', 'ab', 'cd'), { recursive: true });
    await writeFile(path.join(dataDir, 'media', stray), 'stray');
    const media = (...options: string[]) =>
      reconcile({ DATA_DIR: dataDir }, '--media', '--older-than', '0', ...options);

    const listed = await media();
    const fixed = await media('--fix');
    const young = await reconcile({ DATA_DIR: dataDir }, '--media');

    expect(listed).toMatchObject({ code: 1, stderr: '' });
    expect(listed.stdout).toMatch(
      new RegExp(`^stored file ${stray}: nothing refers to it \\(5 bytes, of [\\dT:.Z-]+\\)\n`),
    );
    // Servers of other tests, killed on purpose, leave files in the same folder for uploads.
    const found = 'Checked 2 stored files and 1 references: \\d+ left over';
    expect(listed.stdout).toMatch(new RegExp(`${found}; --fix removes them\n$`));
    expect(fixed).toMatchObject({ code: 0, stderr: '' });
    expect(fixed.stdout).toContain(`stored file ${stray}`);
    expect(fixed.stdout).toMatch(new RegExp(`${found} and removed\n$`));
    expect(young).toEqual({
      code: 0,
      stdout:
        'Checked 1 stored files and 1 references: nothing is left over, and nothing is missing\n',
      stderr: '',
    });
  });

  test('reconcile --media, when the age is no number of minutes, says so', async () => {
    const { code, stderr } = await reconcile(
      { DATA_DIR: dataDir },
      '--media',
      '--older-than',
      '1h',
    );

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'Cannot reconcile: --older-than must be a number of minutes\n',
    });
  });

  test('reconcile, when an option is misspelt, says so before it touches anything', async () => {
    const { code, stderr } = await reconcile({ DATA_DIR: dataDir }, '--fxi');

    expect(code).toBe(2);
    expect(stderr).toMatch(/^Cannot reconcile: Unknown option '--fxi'/);
    expect(stderr).toMatch(/\nUse it as npm run reconcile -- \[--fix\] /);
  });
});
