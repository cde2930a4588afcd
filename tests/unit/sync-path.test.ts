import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { syncPath } from '../../src/utils/sync-path';

describe('syncPath', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sync-path-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('syncPath, when two ask before it begins, serves both at once, and later ones anew', async () => {
    const first = syncPath(folder);
    expect(syncPath(folder)).toBe(first);
    expect(syncPath(path.join(folder, '..'))).not.toBe(first);
    await first;
    const later = syncPath(folder);
    expect(later).not.toBe(first);
    await later;
  });

  test('syncPath, when the file is missing, tells all who asked, and works once it is there', async () => {
    const file = path.join(folder, 'file');
    const outcomes = await Promise.allSettled([syncPath(file), syncPath(file)]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'ENOENT' } },
      { status: 'rejected', reason: { code: 'ENOENT' } },
    ]);
    await writeFile(file, 'there');
    await expect(syncPath(file)).resolves.toBeUndefined();
  });
});
