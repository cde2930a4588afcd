import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';

const CLI = join(__dirname, '../../dist/cli.js');

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
}

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emdb-cli-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true, force: true });
});

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function exitCode({ child }: Run): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

async function readyUri(started: Run): Promise<string> {
  for (;;) {
    const uri = /ready at (\S+)/.exec(started.output())?.[1];
    if (uri) return uri;
    if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output()}`);
    await once(started.child.stdout as NodeJS.ReadableStream, 'data');
  }
}

test('--help, when given, prints the usage and exits 0', async () => {
  const help = run('--help');
  expect(await exitCode(help)).toBe(0);
  expect(help.output()).toMatch(/^Usage: embedded-mongodb --data DIR/);
});

test.each([
  [[], /--data DIR is required/],
  [['--data', 'x', '--port', 'http'], /--port must be a number/],
  [['--data', 'x', '--port', '70000'], /--port must be a number/],
  [['--nope'], /Unknown option '--nope'/],
])('the command, when called with %j, exits 2 and says why', async (args, message) => {
  const failed = run(...args);
  expect(await exitCode(failed)).toBe(2);
  expect(failed.output()).toMatch(message);
});

test('a process, when two clients write and SIGTERM comes, exits 0 and keeps the data', async () => {
  const first = run('--data', folder, '--port', '0');
  const uri = await readyUri(first);
  expect(uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=embedded$/);
  for (const _id of [1, 2]) {
    const client = await new MongoClient(uri).connect();
    await client.db('test').collection<{ _id: number }>('items').insertOne({ _id });
    await client.close();
  }
  first.child.kill('SIGTERM');
  expect(await exitCode(first)).toBe(0);

  const second = run('--data', folder, '--port', '0');
  const client = await new MongoClient(await readyUri(second)).connect();
  const items = client.db('test').collection<{ _id: number }>('items');
  expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 1 }, { _id: 2 }]);
  await client.close();
});

test('a process, when its data directory is in use, exits 1 with one clear line', async () => {
  await readyUri(run('--data', folder));
  const second = run('--data', folder);
  expect(await exitCode(second)).toBe(1);
  expect(second.output()).toMatch(/could not start: .*(in use|locked|another process)/i);
  expect(second.output().trim().split('\n')).toHaveLength(1);
});

test('a process, when its port is taken, exits 1 and names the address', async () => {
  const port = new URL(
    (await readyUri(run('--data', folder, '--port', '0'))).replace('mongodb', 'http'),
  ).port;
  const second = run('--data', join(folder, 'other'), '--port', port);
  expect(await exitCode(second)).toBe(1);
  expect(second.output()).toMatch(new RegExp(`EADDRINUSE.*${port}`));
});

test('a process, when it listens on a socket, keeps its folder closed to others', async () => {
  const uri = await readyUri(run('--data', folder));
  const path = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(uri)?.[1] ?? '');
  const { mode } = await stat(join(path, '..'));
  expect(mode & 0o777).toBe(0o700);
});
