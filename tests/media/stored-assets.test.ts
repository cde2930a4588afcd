import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LocalStore } from '../../src/services/media/local-store';
import type { MediaFile } from '../../src/services/media/media-store';
import { storeUnder } from '../../src/services/media/stored-assets';
import { fixture } from '../helpers/fixtures';
import { stubStore } from '../helpers/stub-store';

const picture: MediaFile = {
  path: fixture('picture.png'),
  kind: 'image',
  mimeType: 'image/png',
  extension: 'png',
  bytes: 1145,
};

describe('storeUnder', () => {
  let folder: string;
  let store: LocalStore;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-assets-'));
    store = new LocalStore(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const named = (file: MediaFile) => ({ ...file, publicId: store.plan(file).publicId });

  test('when several files are given, stores each under its name, in order', async () => {
    const files = [named(picture), named({ ...picture, path: fixture('picture.png') })];

    const assets = await storeUnder(store, files);

    expect(assets.map(({ publicId }) => publicId)).toEqual(files.map(({ publicId }) => publicId));
  });

  test('when one file fails, rejects with its error and not with what that ended', async () => {
    const endsWithTheFirst = stubStore({
      store: (file, { signal } = {}) =>
        file.bytes === 0
          ? Promise.reject(new Error('no such file'))
          : new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => reject(new Error('aborted')));
            }),
    });

    const stored = storeUnder(endsWithTheFirst, [named(picture), named({ ...picture, bytes: 0 })]);

    await expect(stored).rejects.toThrow('no such file');
  });

  test('when the caller gives up, ends what is under way', async () => {
    const caller = new AbortController();
    const endless = stubStore({
      store: (_file, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    });

    const stored = storeUnder(endless, [named(picture)], caller.signal);
    caller.abort();

    await expect(stored).rejects.toThrow('aborted');
  });
});
