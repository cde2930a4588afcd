import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import {
  adoptTempFiles,
  claimTempName,
  releaseClaimedFile,
  releaseTempFile,
  sweepTempDir,
} from '../../src/services/media/temp-files';
import { eventually } from '../helpers/eventually';
import { hostMark } from '../helpers/host-mark';

const logger = pino({ level: 'silent' });
const HOST = hostMark();
/** Containers have names of their own, and the same process numbers. */
const CONTAINER = hostMark('another-container');
const UUID = '3f2c1a90-0d5e-4b6f-8a7b-1c2d3e4f5a6b';
const SPOOL = '0123456789abcdef0123456789abcdef';
const OPTIONS = { spool: SPOOL, neededNames: async () => new Set<string>() };

describe('sweepTempDir', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-temp-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const sweep = () => sweepTempDir(folder, logger, OPTIONS);

  async function leave(name: string): Promise<string> {
    await writeFile(path.join(folder, name), 'bytes');
    return name;
  }

  /** The number of a process that has run and ended. */
  function deadProcess(): number {
    return spawnSync(process.execPath, ['-e', '']).pid;
  }

  test('when a dead process left a file, deletes it', async () => {
    await leave(`upload-${deadProcess()}-${HOST}-${UUID}`);

    expect(await sweep()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('when the dead process still awaits its parent, deletes its file', async () => {
    // `exec` replaces the shell by a program that never asks how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const stateOf = (pid: number | undefined) => readFile(`/proc/${pid}/stat`, 'utf8');
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const child = Number(printed.toString());
      await eventually(async () => expect(await stateOf(parent.pid)).toContain('(sleep)'));
      process.kill(child, 'SIGKILL');
      await eventually(async () => expect(await stateOf(child)).toContain(') Z '));
      await leave(`upload-${child}-${HOST}-${UUID}`);

      expect(await sweep()).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
  });

  test('when an earlier run had our process number, deletes its file', async () => {
    await leave(`upload-${process.pid}-${HOST}-${UUID}`);

    expect(await sweep()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('when this process is using a file, keeps it', async () => {
    const name = await leave(claimTempName(folder));

    expect(await sweep()).toBe(0);
    expect(await readdir(folder)).toEqual([name]);
    await releaseTempFile(path.join(folder, name), logger);
  });

  test('when another running process owns a fresh file, keeps it', async () => {
    const name = await leave(`upload-${process.ppid}-${HOST}-${UUID}`);

    expect(await sweep()).toBe(0);
    expect(await readdir(folder)).toEqual([name]);
  });

  test('when a running process seems to own a file that nobody wrote to for days, deletes it', async () => {
    const name = await leave(`upload-${process.ppid}-${HOST}-${UUID}`);
    const longAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    await utimes(path.join(folder, name), longAgo, longAgo);

    expect(await sweep()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('when a container with our process number shares the folder, keeps its fresh file', async () => {
    const name = await leave(`upload-${process.pid}-${CONTAINER}-${UUID}`);

    expect(await sweep()).toBe(0);
    expect(await readdir(folder)).toEqual([name]);
  });

  test('when a container has left a file that nobody wrote to for days, deletes it', async () => {
    const name = await leave(`upload-${process.pid}-${CONTAINER}-${UUID}`);
    const longAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    await utimes(path.join(folder, name), longAgo, longAgo);

    expect(await sweep()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('when another running process deletes its file meanwhile, goes on', async () => {
    const vanished = path.join(folder, `upload-${process.ppid}-${HOST}-${UUID}`);
    // Listed, and absent once looked at: what a file is that goes in between.
    await symlink(path.join(folder, 'gone'), vanished);
    await leave(`upload-${process.pid}-${HOST}-${UUID}`);

    expect(await sweep()).toBe(1);
  });

  test('when a file is not an upload of ours, keeps it', async () => {
    await leave('.gitkeep');
    await leave('upload-notes.txt');

    expect(await sweep()).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['.gitkeep', 'upload-notes.txt']);
  });

  test('when the folder does not exist, makes it', async () => {
    await sweepTempDir(path.join(folder, 'public', 'temp'), logger, OPTIONS);

    expect(await readdir(path.join(folder, 'public'))).toEqual(['temp']);
  });
});

describe('releaseTempFile', () => {
  test('when the file was never written, succeeds', async () => {
    const released = releaseTempFile(path.join(os.tmpdir(), `upload-1-${UUID}`), logger);

    await expect(released).resolves.toBeUndefined();
  });
});

describe('files of jobs', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-temp-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const dead = () => spawnSync(process.execPath, ['-e', '']).pid;
  async function upload(): Promise<string> {
    const file = path.join(folder, claimTempName(folder));
    await writeFile(file, 'bytes');
    return file;
  }

  test('adoptTempFiles, when a job takes a file over, leaves its request nothing to delete', async () => {
    const file = await upload();

    const [adopted] = await adoptTempFiles([{ path: file }], SPOOL);

    await releaseClaimedFile(file, logger);
    expect(await readFile(adopted!.path, 'utf8')).toBe('bytes');
    expect(await sweepTempDir(folder, logger, OPTIONS)).toBe(0);
    await releaseTempFile(adopted!.path, logger);
    expect(await readdir(folder)).toEqual([]);
  });

  test('adoptTempFiles, when the request has deleted a file, answers that it is aborted', async () => {
    const kept = await upload();
    const file = await upload();
    await releaseClaimedFile(file, logger);

    const adopted = adoptTempFiles([{ path: kept }, { path: file }], SPOOL);

    await expect(adopted).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('sweepTempDir, when a dead process left files of jobs, deletes what no job names', async () => {
    const needed = `job-${dead()}-${HOST}-${SPOOL}-${UUID}`;
    const orphan = `job-${dead()}-${HOST}-${SPOOL}-${UUID.replace('3', '4')}`;
    const foreign = `job-${dead()}-${HOST}-${'f'.repeat(32)}-${UUID}`;
    for (const name of [needed, orphan, foreign]) await writeFile(path.join(folder, name), 'x');
    const neededNames = async () => new Set([needed]);

    expect(await sweepTempDir(folder, logger, { spool: SPOOL, neededNames })).toBe(1);
    expect((await readdir(folder)).sort()).toEqual([needed, foreign].sort());
  });
});
