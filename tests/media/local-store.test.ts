import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LocalStore } from '../../src/services/media/local-store';
import type { MediaFile } from '../../src/services/media/media-store';
import { fixture, sha256 } from '../helpers/fixtures';

const clip: MediaFile = {
  path: fixture('clip.mp4'),
  kind: 'video',
  mimeType: 'video/mp4',
  extension: 'mp4',
  bytes: 106253,
  width: 320,
  height: 180,
  durationSeconds: 5,
};

describe('LocalStore', () => {
  let folder: string;
  let store: LocalStore;

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'videotube-local-'));
    store = new LocalStore(path.join(folder, 'media'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await fs.rm(folder, { recursive: true });
  });

  async function storedIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { publicId } of store.list()) ids.push(publicId);
    return ids;
  }

  function failWith(code: string): Error {
    return Object.assign(new Error(code), { code, syscall: 'test' });
  }

  test('store, when there is room, answers the asset and keeps the same bytes', async () => {
    const asset = await store.store(clip);

    expect(asset).toEqual({
      url: `/media/${asset.publicId}`,
      publicId: expect.stringMatching(/^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{32}\.mp4$/),
      resourceType: 'video',
      bytes: 106253,
      format: 'mp4',
      width: 320,
      height: 180,
      durationSeconds: 5,
    });
    const kept = await fs.readFile(path.join(folder, 'media', asset.publicId));
    expect(sha256(kept)).toBe(sha256('clip.mp4'));
  });

  test('store, when the temporary file is deleted afterwards, keeps its own', async () => {
    const temporary = path.join(folder, 'temporary');
    await fs.copyFile(clip.path, temporary);
    const asset = await store.store({ ...clip, path: temporary });

    await fs.unlink(temporary);

    const kept = await fs.readFile(path.join(folder, 'media', asset.publicId));
    expect(sha256(kept)).toBe(sha256('clip.mp4'));
  });

  test('store, when nobody has probed the file, finds size and seconds itself', async () => {
    const { path: file, kind, mimeType, extension, bytes } = clip;

    const asset = await store.store({ path: file, kind, mimeType, extension, bytes });

    expect(asset).toMatchObject({ width: 320, height: 180, durationSeconds: 5 });
  });

  test('store, when the folders lie on different disks, copies and leaves no draft', async () => {
    jest.spyOn(fs, 'link').mockRejectedValue(failWith('EXDEV'));

    const asset = await store.store(clip);

    expect(await storedIds()).toEqual([asset.publicId]);
    const kept = await fs.readFile(path.join(folder, 'media', asset.publicId));
    expect(sha256(kept)).toBe(sha256('clip.mp4'));
  });

  test('store, when the disk fills up while copying, rejects with 507 and leaves nothing', async () => {
    jest.spyOn(fs, 'link').mockRejectedValue(failWith('EXDEV'));
    jest.spyOn(fs, 'copyFile').mockImplementation(async (_source, draft) => {
      await fs.writeFile(draft, 'half');
      throw failWith('ENOSPC');
    });

    await expect(store.store(clip)).rejects.toMatchObject({
      statusCode: 507,
      code: 'INSUFFICIENT_STORAGE',
    });
    expect(await storedIds()).toEqual([]);
  });

  test('store, when less room is left than the file needs, rejects with 507 and harms nothing', async () => {
    const earlier = await store.store(clip);
    const facts = await fs.statfs(folder);
    jest.spyOn(fs, 'statfs').mockResolvedValue({ ...facts, bavail: 1 });

    await expect(store.store(clip)).rejects.toMatchObject({ statusCode: 507 });
    await expect(store.check()).rejects.toMatchObject({ statusCode: 507 });
    expect(await storedIds()).toEqual([earlier.publicId]);
  });

  test('store, when it is done again under a name, leaves the same file and no draft', async () => {
    const { publicId } = await store.store({ ...clip, path: fixture('clip.webm') });
    const file = path.join(folder, 'media', publicId);
    await fs.writeFile(`${file}.part-0123456789abcdef`, 'half of it');

    await store.store(clip, { publicId });

    expect(await fs.readdir(path.dirname(file))).toEqual([path.basename(publicId)]);
    expect(sha256(await fs.readFile(file))).toBe(sha256('clip.mp4'));
  });

  test('store, when another has made the folders just now, waits until the disk has them too', async () => {
    const { publicId } = store.plan(clip);
    const [media, third] = [path.join(folder, 'media'), path.join(folder, 'media', publicId, '..')];
    await fs.mkdir(third, { recursive: true });
    const open = jest.spyOn(fs, 'open');

    await store.store(clip, { publicId });

    const synced = open.mock.calls.map(([file]) => file);
    expect(synced).toEqual([clip.path, third, path.dirname(third), media, folder]);
  });

  test('store, when another has stored the file by now and deleted its source, harms nothing', async () => {
    const { publicId } = await store.store(clip);
    jest.spyOn(fs, 'link').mockRejectedValue(failWith('ENOENT'));

    await expect(store.store(clip, { publicId })).rejects.toMatchObject({ code: 'ENOENT' });

    expect(await storedIds()).toEqual([publicId]);
  });

  test('store, when the caller has gone, rejects and leaves nothing', async () => {
    await store.check();

    const stored = store.store(clip, { signal: AbortSignal.abort() });

    await expect(stored).rejects.toMatchObject({ name: 'AbortError' });
    expect(await storedIds()).toEqual([]);
  });

  test('remove, when the asset exists, deletes this one alone; a second time changes nothing', async () => {
    const first = await store.store(clip);
    const second = await store.store(clip);

    await store.remove(first);
    await store.remove(first);

    expect(await storedIds()).toEqual([second.publicId]);
  });

  test('remove, when the id leads out of the store, deletes nothing', async () => {
    const outside = path.join(folder, 'outside.mp4');
    await fs.writeFile(outside, 'kept');

    await store.remove({ publicId: '../outside.mp4' });

    expect(await fs.readFile(outside, 'utf8')).toBe('kept');
  });

  test('check, when the folder does not exist yet, makes it', async () => {
    await store.check();

    expect(await fs.readdir(path.join(folder, 'media'))).toEqual([]);
  });
});
