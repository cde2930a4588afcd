import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startServerProcess } from '../helpers/server-process';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-boot-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const dataDir = () => path.join(root, 'data');

/** Starts the server, which must fail, and answers what it wrote to standard error. */
async function failedBoot(environment: Record<string, string>): Promise<string> {
  const server = startServerProcess({ DATA_DIR: dataDir(), ...environment });
  expect(await server.exited()).toEqual({ code: 1, signal: null });
  return server.output().stderr;
}

describe('a boot that cannot succeed', () => {
  test('boot, when production has no secrets, names both in one line and writes nothing', async () => {
    const stderr = await failedBoot({ NODE_ENV: 'production' });

    expect(stderr).toBe(
      'VideoTube cannot start: Invalid configuration: ACCESS_TOKEN_SECRET is required in ' +
        'production; REFRESH_TOKEN_SECRET is required in production\n',
    );
    expect(await readdir(root)).toEqual([]);
  });

  test('boot, when a production secret is weak, names it and never shows it', async () => {
    const stderr = await failedBoot({
      NODE_ENV: 'production',
      ACCESS_TOKEN_SECRET: 'hunter2',
      REFRESH_TOKEN_SECRET: 'Zq8Xv5Nc2Lr7Wt4Yb9Pm6Kh3Jd1Gs0Fa',
    });

    expect(stderr).toBe(
      'VideoTube cannot start: Invalid configuration: ACCESS_TOKEN_SECRET must be at least ' +
        '32 bytes long\n',
    );
  });

  test('boot, when the port is taken, says so in one line', async () => {
    const squatter = net.createServer().listen(0);
    const { port } = squatter.address() as AddressInfo;

    const stderr = await failedBoot({ PORT: String(port) });
    squatter.close();

    expect(stderr).toBe(
      `VideoTube cannot start: Port ${port} is already in use; set PORT to another\n`,
    );
  });

  test('boot, when the data folder cannot be written, says so in one line', async () => {
    const file = path.join(root, 'a-file');
    await writeFile(file, '');

    const stderr = await failedBoot({ DATA_DIR: path.join(file, 'data') });

    expect(stderr).toMatch(/^VideoTube cannot start: .*DATA_DIR cannot be written: .*\n$/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('boot, when the database cannot be reached, says where in one line, without the password', async () => {
    // A port that no other test can be given meanwhile.
    const stderr = await failedBoot({ MONGODB_URI: 'mongodb://me:hunter2@127.0.0.1:1/videos' });

    expect(stderr).toMatch(
      /^VideoTube cannot start: Cannot reach the database at 127\.0\.0\.1:1: .*\n$/,
    );
    expect(stderr).not.toContain('hunter2');
  });

  test('boot, when another server uses the data folder, says so and leaves that one alone', async () => {
    const first = startServerProcess({ DATA_DIR: dataDir() });
    const url = await first.ready();

    const stderr = await failedBoot({});

    expect(stderr).toMatch(/^VideoTube cannot start: Cannot open the embedded database in .*\n$/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.exited()).toEqual({ code: 0, signal: null });
  });
});
