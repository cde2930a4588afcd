import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestInstance, type TestInstance } from '../support/instance';
import { makeFolder, type Folder } from './support';

const LOADER = join(__dirname, '../storage/register-swc.js');
const CLI = join(__dirname, '../../src/cli.ts');

interface Run {
  readonly child: ChildProcess;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

let folder: Folder;
const instances: TestInstance[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await Promise.all(instances.splice(0).map((instance) => instance.close()));
  await folder.remove();
});

async function startIn(name: string, port?: number): Promise<TestInstance> {
  const instance = await startTestInstance({
    dataDir: join(folder.path, name),
    ...(port !== undefined && { listen: { port } }),
  });
  instances.push(instance);
  return instance;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, ['--require', LOADER, CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
  }));
  return { child, ended };
}

const path = (name: string): string => join(folder.path, name);

test('dump and restore, when no server has the directories open, serve them themselves', async () => {
  const source = await startIn('source');
  await source.database.collection('items').insertMany([{ n: 1 }, { n: 2 }]);
  await source.client.close();
  await source.instance.stop();

  const dumped = await start('dump', '--data', path('source'), '--out', path('out')).ended;
  expect(dumped).toMatchObject({ code: 0, stdout: '' });
  expect(dumped.stderr).toMatch(/test\.items: dumped 2 documents, 58 bytes\n/);
  expect(dumped.stderr).toMatch(/dumped 1 collection, 2 documents, 58 bytes in [\d.]+ s\n$/);
  expect(dumped.stderr).not.toMatch(/not one point in time/);
  expect((await readdir(path('out'))).sort()).toEqual(['embedded-mongodb-dump.json', 'test']);

  const restored = await start('restore', '--data', path('target'), '--from', path('out')).ended;
  expect(restored).toMatchObject({ code: 0, stdout: '' });
  expect(restored.stderr).toMatch(/restored 1 collection, 2 documents, 58 bytes in [\d.]+ s\n$/);
  const target = await startIn('target');
  expect(await target.database.collection('items').distinct('n')).toEqual([1, 2]);
});

test('dump and restore, when a server has the directory open, go through its socket', async () => {
  const { database } = await startIn('served');
  await database.collection('items').insertOne({ n: 1 });
  expect(await start('dump', '--data', path('served'), '--out', path('out')).ended).toMatchObject({
    code: 0,
  });
  await database.collection('items').insertOne({ n: 2 });
  const refused = await start('restore', '--data', path('served'), '--from', path('out')).ended;
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/restore failed: not empty: test\.items; nothing was changed/);
  const args = ['--data', path('served'), '--from', path('out'), '--drop'];
  expect(await start('restore', ...args).ended).toMatchObject({ code: 0 });
  expect(await database.collection('items').distinct('n')).toEqual([1]);
});

test('dump, when a server listens on TCP, says to use --uri, and works with it', async () => {
  const { database, instance } = await startIn('served', 0);
  await database.collection('items').insertOne({ n: 1 });
  const refused = await start('dump', '--data', path('served'), '--out', path('out')).ended;
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /dump failed: .*in use by another engine \(process \d+\).*or reach it by --uri/,
  );
  const { code, stderr } = await start('dump', '--uri', instance.uri, '--out', path('out')).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toMatch(/dumped 1 collection, 1 document, /);
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'dump, when %s ends it, leaves no folder of its name and nothing that restore takes',
  async (signal) => {
    const { database } = await startIn('served');
    await database.command({ insert: 'apes', documents: [{ _id: 1 }] });
    await database.command({ insert: 'zebras', documents: [{ _id: 1 }] });
    // It stops at its second collection and waits there.
    await database.admin().command({
      configureFailPoint: 'failCommand',
      mode: { skip: 1 },
      data: { failCommands: ['getMore'], blockConnection: true, blockTimeMS: 3_000 },
    });
    const run = start('dump', '--data', path('served'), '--out', path('out'));
    await once(run.child.stderr as NodeJS.ReadableStream, 'data');
    run.child.kill(signal);
    const { code, stderr } = await run.ended;
    const left = (await readdir(folder.path)).filter((name) => name !== 'served');
    if (signal === 'SIGTERM') {
      expect({ code, left }).toEqual({ code: 1, left: [] });
      expect(stderr).toMatch(/dump failed: interrupted\n$/);
      return;
    }
    expect(left).toEqual([expect.stringMatching(/^out\.incomplete-/)]);
    const [unfinished = ''] = left;
    const args = ['--data', path('served'), '--from', path(unfinished), '--drop'];
    const refused = await start('restore', ...args).ended;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/is a dump that was not finished/);
    expect(await database.collection('zebras').countDocuments()).toBe(1);
  },
  60_000,
);

test.each([
  [['dump', '--out', 'x'], 2, /exactly one of --data DIR and --uri URI is required/],
  [['dump', '--data', 'x', '--uri', 'y', '--out', 'z'], 2, /exactly one of --data DIR/],
  [['dump', '--data', 'x'], 2, /--out FOLDER is required/],
  [['restore', '--data', 'x'], 2, /--from FOLDER is required/],
  [['dump', '--data', 'x', '--out', 'y', '--drop'], 2, /Unknown option '--drop'/],
  [['dump', '--data', 'missing', '--out', 'y'], 1, /missing is no data directory/],
  [
    ['dump', '--uri', 'mongodb://%2Fnowhere.sock', '--out', 'y'],
    1,
    /cannot connect to \/nowhere\.sock: .*ENOENT/,
  ],
])('the command, when called with %j, exits %i and says why', async (args, code, message) => {
  const failed = await start(...args).ended;
  expect(failed.stderr).toMatch(message);
  expect(failed.code).toBe(code);
});

test('restore, when there is no dump, does not make the data directory', async () => {
  const args = ['--data', path('target'), '--from', path('nothing')];
  expect(await start('restore', ...args).ended).toMatchObject({ code: 1 });
  expect(await readdir(folder.path)).toEqual([]);
});

test('restore --help, when given, prints the usage and exits 0', async () => {
  expect(await start('restore', '--help').ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Usage: embedded-mongodb dump/),
    stderr: '',
  });
});
