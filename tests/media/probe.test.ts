import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { detectFileTypes } from '../../src/services/media/file-type';
import { probeMedia } from '../../src/services/media/probe';
import { fixture } from '../helpers/fixtures';

const CLIP_BYTES = 106253;

describe('detectFileTypes', () => {
  test.each([
    ['clip.mp4', ['video video/mp4 mp4', 'audio audio/mp4 m4a']],
    ['clip.webm', ['video video/webm webm', 'audio audio/webm weba']],
    ['clip.mov', ['video video/quicktime mov']],
    ['picture.png', ['image image/png png']],
    ['picture.jpg', ['image image/jpeg jpg']],
    ['picture.webp', ['image image/webp webp']],
    ['picture.gif', ['image image/gif gif']],
    ['picture-named.mp4', ['image image/png png']],
    ['sound.mp3', ['audio audio/mpeg mp3']],
    ['sound.m4a', ['audio audio/mp4 m4a']],
    ['sound.aac', ['audio audio/aac aac']],
    ['sound.ogg', ['audio audio/ogg ogg']],
    ['sound.opus', ['audio audio/ogg ogg']],
    ['sound.wav', ['audio audio/wav wav']],
    ['sound.flac', ['audio audio/flac flac']],
    ['document.pdf', ['document application/pdf pdf']],
    ['subtitles.vtt', ['document text/vtt vtt']],
    ['html-named.png', []],
    ['script.svg', []],
    ['empty.png', []],
  ])('of %s, answers by content', async (name, expected) => {
    const types = await detectFileTypes(fixture(name));

    expect(types.map((type) => `${type.kind} ${type.mimeType} ${type.extension}`)).toEqual(
      expected,
    );
  });
});

describe('probeMedia', () => {
  test.each([
    ['clip.mp4', { width: 320, height: 180, durationSeconds: 5, codec: 'AVC', hasSound: true }],
    [
      'clip.webm',
      { width: 320, height: 180, durationSeconds: 5.003, codec: 'VP8', hasSound: true },
    ],
    ['clip.mov', { width: 320, height: 180, durationSeconds: 2, codec: 'AVC', hasSound: false }],
    // Recorded as a browser does: streamed, so the header states no duration.
    [
      'recorded.webm',
      { width: 320, height: 180, durationSeconds: 2.958, codec: 'VP8', hasSound: false },
    ],
  ])('of the video %s, answers its facts', async (name, expected) => {
    expect(await probeMedia(fixture(name), 'video')).toEqual(expected);
  });

  test.each([
    ['picture.png', { width: 96, height: 64, durationSeconds: 0, codec: 'PNG', hasSound: false }],
    ['picture.jpg', { width: 96, height: 64, durationSeconds: 0, codec: 'JPEG', hasSound: false }],
    ['picture.webp', { width: 96, height: 64, durationSeconds: 0, codec: 'VP8', hasSound: false }],
    ['picture.gif', { width: 48, height: 32, durationSeconds: 0, codec: 'GIF', hasSound: false }],
    [
      'pixel-flood.png',
      { width: 60000, height: 60000, durationSeconds: 0, codec: 'PNG', hasSound: false },
    ],
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

  test.each([
    ['sound.mp3', 1.15, 'MPEG Audio'],
    ['sound.m4a', 1, 'AAC'],
    // Bare frames: their number is the only word on how long they play.
    ['sound.aac', 1.152, 'AAC'],
    ['sound.ogg', 1, 'Vorbis'],
    ['sound.opus', 1, 'Opus'],
    ['sound.wav', 1, 'PCM'],
    ['sound.flac', 1, 'FLAC'],
    ['sound.webm', 1, 'Opus'],
    ['sound-only.mp4', 1, 'AAC'],
  ])('of the sound %s, answers its facts', async (name, durationSeconds, codec) => {
    const facts = await probeMedia(fixture(name), 'audio');

    expect(facts).toMatchObject({ width: 0, height: 0, codec, hasSound: true });
    expect(facts.durationSeconds).toBeCloseTo(durationSeconds, 1);
  });

  test.each([
    ['clip.mp4', 'The file has a moving picture'],
    ['picture.png', 'The file has no sound'],
  ])('of %s as sound, rejects because: %s', async (name, message) => {
    await expect(probeMedia(fixture(name), 'audio')).rejects.toMatchObject({
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
        hasSound: true,
        codec: 'AVC',
      });
    });

    test('thousands of tiny ones, reads about the file and no more', async () => {
      const large = await clipWithFreeBoxes(2000, 64);

      await expect(probeMedia(large, 'video')).resolves.toMatchObject({ durationSeconds: 5 });
    });
  });
});
