import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { detectFileType } from '../../src/services/media/file-type';
import { probeMedia } from '../../src/services/media/probe';
import { fixture } from '../helpers/fixtures';

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

  test('of a file of two gigabytes, reads only its headers', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-probe-'));
    const large = path.join(folder, 'large.mp4');
    await copyFile(fixture('clip.mp4'), large);
    const file = await open(large, 'r+');
    // A free box of 2 GiB behind the movie (ISO 14496-12, 8.1.2), as a hole in the file.
    const box = Buffer.alloc(8);
    box.writeUInt32BE(2 ** 31, 0);
    box.write('free', 4);
    await file.write(box, 0, 8, 106253);
    await file.truncate(106253 + 2 ** 31);
    await file.close();

    const facts = await probeMedia(large, 'video').finally(() => rm(folder, { recursive: true }));

    expect(facts).toEqual({ width: 320, height: 180, durationSeconds: 5, codec: 'AVC' });
  });
});
