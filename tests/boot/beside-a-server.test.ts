import { readFile, stat, writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { accountFields } from '../helpers/accounts';
import { runScript } from '../helpers/run-script';
import { registerAt, serverRuns } from '../helpers/server-runs';

const start = serverRuns();

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-beside-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const addressFile = () => path.join(dataDir, 'db-address.json');
const promote = (username: string) => runScript('role', { DATA_DIR: dataDir }, username, 'admin');

describe('a script, when the server of its data folder', () => {
  test('runs, works on its database; only its owner may read the address, and a stop removes it', async () => {
    const server = start({ DATA_DIR: dataDir });
    const account = accountFields();
    expect(await registerAt(await server.ready(), account)).toBe(201);

    const ran = await promote(account.username);
    const address = JSON.parse(await readFile(addressFile(), 'utf8'));
    const { mode } = await stat(addressFile());
    server.child.kill('SIGTERM');
    await server.exited();

    expect(ran).toEqual({ code: 0, stdout: `${account.username} is an admin now\n`, stderr: '' });
    expect(address).toEqual({
      uri: expect.stringMatching(/^mongodb:/),
      pid: server.child.pid,
    });
    expect(mode & 0o777).toBe(0o600);
    await expect(stat(addressFile())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('was killed, passes over the address that it left, and opens the folder itself', async () => {
    const server = start({ DATA_DIR: dataDir });
    const account = accountFields();
    expect(await registerAt(await server.ready(), account)).toBe(201);
    server.child.kill('SIGKILL');
    await server.exited();

    expect(JSON.parse(await readFile(addressFile(), 'utf8'))).toMatchObject({
      pid: server.child.pid,
    });
    expect(await promote(account.username)).toMatchObject({ code: 0, stderr: '' });
  });

  test('left an address that is no address, passes over it', async () => {
    await writeFile(addressFile(), '{"uri":');

    expect(await promote('nobody')).toMatchObject({
      code: 1,
      stderr: 'Cannot change the role: nobody is called nobody\n',
    });
  });
});
