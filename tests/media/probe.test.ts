import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { detectFileType } from '../../src/services/media/file-type';
import { probeMedia } from '../../src/services/media/probe';
import { fixture } from '../helpers/fixtures';

const CLIP_BYTES = 106253;

describe('detectFileType', () => {
  test.each([
    ['clip.mp4', { kind: 'video', mimeType: 'video/mp4', extension: 'mp4' }],
    ['clip.webm', { kind: 'video', mimeType: 'video/webm', extension: 'webm' }],
    ['clip.mov', { kind: 'video', mimeType: 'video/quicktime', extension: 'mov' }],
    ['picture.png', { kind: 'image', mimeType: 'image/png', extension: 'png' }],
    ['picture.jpg', { kind: 'image', mimeType: 'image/jpeg', extension: 'jpg' }],
    ['picture.webp', { kind: 'image', mimeType: 'image/webp', extension: 'webp' }],
    ['picture.gif', { kind: 'image', mimeType: 'image/gif', extension: 'gif' }],
    ['picture-named.mp4', { kind: 'image', mimeType: 'image/png', extension: 'png' }],
    ['html-named.png', undefined],
    ['script.svg', undefined],
    ['empty.png', undefined],
  ])('of %s, answers by content', async (name, expected) => {
    expect(await detectFileType(fixture(name))).toEqual(expected);
  });
});

describe('probeMedia', () => {
  test.each([
    ['clip.mp4', { width: 320, height: 180, durationSeconds: 5, codec: 'AVC' }],
    ['clip.webm', { width: 320, height: 180, durationSeconds: 5.003, codec: 'VP8' }],
    ['clip.mov', { width: 320, height: 180, durationSeconds: 2, codec: 'AVC' }],
    // Recorded as a browser does: streamed, so the header states no duration.
    ['recorded.webm', { width: 320, height: 180, durationSeconds: 2.958, codec: 'VP8' }],
  ])('of the video %s, answers its facts', async (name, expected) => {
    expect(await probeMedia(fixture(name), 'video')).toEqual(expected);
  });

  test.each([
    ['picture.png', { width: 96, height: 64, durationSeconds: 0, codec: 'PNG' }],
    ['picture.jpg', { width: 96, height: 64, durationSeconds: 0, codec: 'JPEG' }],
    ['picture.webp', { width: 96, height: 64, durationSeconds: 0, codec: 'VP8' }],
    ['picture.gif', { width: 48, height: 32, durationSeconds: 0, codec: 'GIF' }],
    ['pixel-flood.png', { width: 60000, height: 60000, durationSeconds: 0, codec: 'PNG' }],
  ])('of the picture %s, answers its facts', async (name, expected) => {
    expect(await probeMedia(fixture(name), 'image')).toEqual(expected);
  });

  test.each([
    ['truncated.mp4', 'The video was cut off'],
    ['indexless.mp4', 'The file has no playable picture'],
    ['sound-only.mp4', 'The file has no playable picture'],
  ])('of %s, rejects because: %s', async (name, message) => {
    await expect(probeMedia(fixture(name), 'video')).rejects.toMatchObject({
      name: 'UnreadableMediaError',
      message,
    });
  });

  test('of files at once and after broken ones, answers each its own facts', async () => {
    for (let round = 0; round < 2; round += 1) {
      await expect(probeMedia(fixture('truncated.mp4'), 'video')).rejects.toThrow('cut off');

      const found = await Promise.all([
        probeMedia(fixture('clip.webm'), 'video'),
        probeMedia(fixture('picture.jpg'), 'image'),
        probeMedia(fixture('clip.mov'), 'video'),
      ]);

      expect(found.map(({ codec, durationSeconds }) => [codec, durationSeconds])).toEqual([
        ['VP8', 5.003],
        ['JPEG', 0],
        ['AVC', 2],
      ]);
    }
  });

  describe('with boxes that players skip behind the movie', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-probe-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    /** The clip and free boxes (ISO 14496-12, 8.1.2) behind it, as holes in the file. */
    async function clipWithFreeBoxes(count: number, bytes: number): Promise<string> {
      const target = path.join(folder, 'large.mp4');
      await copyFile(fixture('clip.mp4'), target);
      const file = await open(target, 'r+');
      const box = Buffer.alloc(8);
      box.writeUInt32BE(bytes, 0);
      box.write('free', 4);
      for (let index = 0; index < count; index += 1) {
        await file.write(box, 0, 8, CLIP_BYTES + index * bytes);
      }
      await file.truncate(CLIP_BYTES + count * bytes);
      await file.close();
      return target;
    }

    test.each([
      ['one of two gigabytes', 1, 2 ** 31],
      // As in a recording of hours that is cut into fragments.
      ['three hundred of a quarter megabyte', 300, 2 ** 18],
    ])('%s, answers the facts of the movie', async (_name, count, bytes) => {
      const large = await clipWithFreeBoxes(count, bytes);

      expect(await probeMedia(large, 'video')).toEqual({
        width: 320,
        height: 180,
        durationSeconds: 5,
        codec: 'AVC',
      });
    });

    test('thousands of tiny ones, reads about the file and no more', async () => {
      const large = await clipWithFreeBoxes(2000, 64);

      await expect(probeMedia(large, 'video')).resolves.toMatchObject({ durationSeconds: 5 });
    });
  });
});
