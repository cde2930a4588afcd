import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { LocalStore } from '../../src/services/media/local-store';
import type { MediaFile } from '../../src/services/media/media-store';
import { removeQuietly, storeAll } from '../../src/services/media/stored-assets';
import { fixture } from '../helpers/fixtures';

const logger = pino({ level: 'silent' });

const picture: MediaFile = {
  path: fixture('picture.png'),
  kind: 'image',
  mimeType: 'image/png',
  extension: 'png',
  bytes: 1145,
};

describe('storeAll', () => {
  let folder: string;
  let store: LocalStore;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-assets-'));
    store = new LocalStore(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function storedIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const id of store.list()) ids.push(id);
    return ids;
  }

  test('when an optional file is absent, stores the others and leaves it absent', async () => {
    const assets = await storeAll(store, logger, { avatar: picture, coverImage: undefined });

    expect(assets).toEqual({ avatar: expect.objectContaining({ format: 'png', bytes: 1145 }) });
    expect(await storedIds()).toEqual([assets.avatar.publicId]);
  });

  test('when one file fails, rejects with its error and leaves none', async () => {
    const missing = { ...picture, path: fixture('absent.png') };

    const stored = storeAll(store, logger, { avatar: picture, coverImage: missing });

    await expect(stored).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await storedIds()).toEqual([]);
  });

  test('removeQuietly, when the store fails, goes on with the next asset', async () => {
    const { first, second } = await storeAll(store, logger, { first: picture, second: picture });
    const remove = jest.spyOn(store, 'remove').mockRejectedValueOnce(new Error('away'));

    await removeQuietly(store, logger, first, undefined, second);

    expect(remove).toHaveBeenCalledTimes(2);
    expect(await storedIds()).toEqual([first.publicId]);
  });
});
