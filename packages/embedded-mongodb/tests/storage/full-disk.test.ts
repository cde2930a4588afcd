import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openEngine } from '../../src/engine';
import { validateCollection, type Validation } from '../../src/storage/validate';

interface Told {
  acknowledged: number;
  /** Of the first write that was refused. */
  code: number;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-full-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the writer with a data file that cannot grow above the limit. */
async function writeUntilFull(limitKiB: number, mode: string): Promise<Told & { stderr: string }> {
  const node = `"${process.execPath}" --require "${join(__dirname, 'register-swc.js')}"`;
  const script = `"${join(__dirname, 'full-disk-writer.ts')}" "${folder}" ${mode}`;
  const { stdout, stderr } = await promisify(execFile)('bash', [
    '-c',
    `ulimit -c 0; ulimit -f ${limitKiB}; exec ${node} ${script}`,
  ]);
  return { ...(JSON.parse(stdout) as Told), stderr };
}

async function validate(): Promise<Validation | undefined> {
  const engine = await openEngine({ dataDir: folder });
  const operation = engine.createOperation();
  const collection = engine.getCollection(operation, { database: 'full', collection: 'items' });
  const validation = collection && validateCollection(operation.reader(), collection);
  operation.release();
  await engine.close();
  return validation;
}

test('insert, when the file can grow no more, is refused with 14031 and what was acknowledged is intact', async () => {
  const told = await writeUntilFull(4_000, 'one');
  expect(told.code).toBe(14031);
  expect(told.acknowledged).toBeGreaterThan(100);
  expect(await validate()).toMatchObject({ records: told.acknowledged, errors: [] });
});

test.each([1_500, 3_500])(
  'many writers, when the file can grow no more than %i KiB, are refused before the store writes',
  async (limit) => {
    const told = await writeUntilFull(limit, 'crowd');
    expect(told.code).toBe(14031);
    expect(told.stderr).toBe('');
    expect(await validate()).toMatchObject({ records: told.acknowledged, errors: [] });
  },
  30_000,
);

test('open, when the disk has no room for the lock, is refused and leaves no file behind', async () => {
  await expect(writeUntilFull(0, 'one')).rejects.toThrow(/EFBIG/);
  expect(await readdir(folder)).toEqual([]);
});
