import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { startCourseDatabase, type RunningCourseDatabase } from '../helpers/course-database';
import { fillCourseDatabase } from '../helpers/course-documents';
import { runScript } from '../helpers/run-script';
import { startServerProcess } from '../helpers/server-process';

let root: string;
let course: RunningCourseDatabase;
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-import-script-'));
  course = await startCourseDatabase();
  await fillCourseDatabase(course.db);
});
afterAll(async () => {
  await course.stop();
  await rm(root, { recursive: true, force: true });
});

const runImport = (environment: Record<string, string>, ...parameters: string[]) =>
  runScript('import', environment, ...parameters);

/** Whether the channel is there for a server on this data. */
async function channelStatus(dataDir: string, username: string): Promise<number> {
  const server = startServerProcess({ DATA_DIR: dataDir });
  try {
    return (await request(await server.ready()).get(`/api/v1/users/c/${username}`)).status;
  } finally {
    server.child.kill('SIGTERM');
    await server.exited();
  }
}

describe('npm run import', () => {
  test('import, first as a rehearsal and then in earnest, says the same and keeps the second', async () => {
    const dataDir = path.join(root, 'data');

    const rehearsal = await runImport({ DATA_DIR: dataDir }, '--from', course.uri, '--dry-run');
    expect(rehearsal).toMatchObject({ code: 1, stderr: '' });
    expect(rehearsal.stdout).toMatch(
      /12 documents were left out; \d+ counters were set\. This was a rehearsal: nothing is kept\n$/,
    );
    expect(await readdir(dataDir)).not.toContain('db');

    const earnest = await runImport({ DATA_DIR: dataDir }, '--from', course.uri);
    expect(earnest).toMatchObject({ code: 1, stderr: '' });
    expect(earnest.stdout).toBe(
      rehearsal.stdout.replace('. This was a rehearsal: nothing is kept', '. Done'),
    );
    expect(await channelStatus(dataDir, 'ada')).toBe(200);
  });

  test.each([
    ['--from is missing', [], /^Cannot import: use it as npm run import -- --from /],
    [
      '--from is no address',
      ['--from', 'localhost/course'],
      /^Cannot import: Invalid scheme, expected connection string to start with /,
    ],
    [
      '--from has no users',
      ['--from', 'EMPTY'],
      /^Cannot import: The database other of --from has no collection users\n$/,
    ],
    [
      'Cloudinary is to be owned and not configured',
      ['--from', 'COURSE', '--own-cloudinary'],
      /^Cannot import: --own-cloudinary needs the CLOUDINARY_\* variables of the account\n$/,
    ],
  ])('import, when %s, says so and touches nothing', async (_what, parameters, message) => {
    const dataDir = path.join(root, 'untouched');
    const addresses: Record<string, string> = {
      COURSE: course.uri,
      EMPTY: course.uri.replace('/course?', '/other?'),
    };
    const given = parameters.map((parameter) => addresses[parameter] ?? parameter);

    const { code, stdout, stderr } = await runImport({ DATA_DIR: dataDir }, ...given);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await readdir(dataDir)).not.toContain('db');
  });

  test('import, when source and target are one database, says so and touches nothing', async () => {
    const environment = { DATA_DIR: path.join(root, 'same'), MONGODB_URI: course.uri };

    const { code, stderr } = await runImport(environment, '--from', course.uri);

    expect(code).toBe(2);
    expect(stderr).toBe(
      'Cannot import: --from is the very database to import into; give ours another name\n',
    );
    expect(await course.db.listCollections({ name: 'watchhistories' }).toArray()).toEqual([]);
  });
});
