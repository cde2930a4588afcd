import fs, { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SpoolFile } from '../../src/services/media/spool-file';
import { setTimeout as delay } from 'node:timers/promises';
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

  test('SpoolFile, when the disk refuses what was written last, ends with its error', async () => {
    const open = fs.open.bind(fs);
    jest.spyOn(fs, 'open').mockImplementationOnce(async (...parameters) => {
      const handle = await open(...parameters);
      handle.datasync = async () => {
        await delay(20);
        throw new Error('EIO');
      };
      return handle;
    });
    // What goes past the page cache has no flush that could fail.
    jest.mocked(fs.open).mockRejectedValueOnce(Object.assign(new Error(), { code: 'EINVAL' }));
    const file = new SpoolFile(path.join(folder, 'spooled'), async () => undefined);

    await expect(pipeline([Buffer.alloc(8 * 1024 * 1024)], file)).rejects.toThrow('EIO');
    jest.restoreAllMocks();
  });
});
