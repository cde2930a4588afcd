import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findFfmpeg } from '../../src/services/media/ffmpeg/find-ffmpeg';
import { runFfmpeg } from '../../src/services/media/ffmpeg/ffmpeg';
import { ladderFor } from '../../src/services/media/ffmpeg/ladder';
import { recordingLogger } from '../helpers/recording-logger';
import { scriptedFfmpeg } from '../helpers/ffmpeg';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-ffmpeg-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('runFfmpeg', () => {
  test('runFfmpeg, when it runs, hands over parameters as they are and nothing of our environment', async () => {
    process.env.VIDEOTUBE_SECRET = 'of ours';
    const ffmpeg = await scriptedFfmpeg(folder, 'printf "%s|" "$@"; env | grep -c VIDEOTUBE');

    const output = runFfmpeg(ffmpeg, ['a b; echo $(id)'], { timeLimitSeconds: 60 });

    // `grep -c` finds nothing and so ends with 1.
    await expect(output).rejects.toMatchObject({ name: 'FfmpegError', exitCode: 1, report: '' });
    delete process.env.VIDEOTUBE_SECRET;
    const said = await scriptedFfmpeg(folder, 'printf "%s|" "$@"');
    expect(await runFfmpeg(said, ['a b; echo $(id)'], { timeLimitSeconds: 60 })).toBe(
      '-nostdin|-hide_banner|a b; echo $(id)|',
    );
  });

  test('runFfmpeg, when ffmpeg fails, rejects with its last words', async () => {
    const ffmpeg = await scriptedFfmpeg(
      folder,
      'yes first | head -c 9000 >&2; echo last >&2; exit 3',
    );

    const failed = await runFfmpeg(ffmpeg, [], { timeLimitSeconds: 60 }).catch(
      (error: unknown) => error,
    );

    expect(failed).toMatchObject({ name: 'FfmpegError', exitCode: 3 });
    expect((failed as { report: string }).report).toMatch(/first\nlast$/);
    expect((failed as { report: string }).report.length).toBeLessThanOrEqual(4096);
  });

  test.each([
    ['its time is over', { timeLimitSeconds: 0.05 }, { name: 'TimeoutError' }],
    [
      'the caller has gone',
      { timeLimitSeconds: 60, signal: AbortSignal.timeout(50) },
      { name: 'TimeoutError' },
    ],
  ])('runFfmpeg, when %s, ends the process and rejects', async (_when, options, expected) => {
    const ffmpeg = await scriptedFfmpeg(folder, 'echo progress=continue; exec sleep 600');

    // It settles only once the process has ended: otherwise this would wait for ten minutes.
    await expect(runFfmpeg(ffmpeg, [], options)).rejects.toMatchObject(expected);
  });

  test.each([
    ['falls between two milliseconds', 10.008 * 60],
    ['is that of ten hours of video', 36_000 * 60],
    ['is that of a clock gone wrong', 1e12],
  ])('runFfmpeg, when its time limit %s, runs to its end', async (_which, timeLimitSeconds) => {
    const ffmpeg = await scriptedFfmpeg(folder, 'sleep 0.2; echo done');

    expect(await runFfmpeg(ffmpeg, [], { timeLimitSeconds })).toBe('done\n');
  });
});

describe('findFfmpeg', () => {
  const encoders = 'printf " V..... libx264  x\\n A..... aac  x\\n V..... mjpeg  x\\n"';

  test('findFfmpeg, when it has what we need, answers it and says so in one line', async () => {
    const { logger, lines } = recordingLogger();
    const ffmpeg = await scriptedFfmpeg(folder, encoders);

    expect(await findFfmpeg({ ffmpeg }, logger)).toEqual(ffmpeg);
    expect(lines().map(({ msg }) => msg)).toEqual([
      'videos get HLS renditions and thumbnails by ffmpeg',
    ]);
  });

  test.each([
    ['is off', undefined, 'FFMPEG_PATH is off'],
    [
      'is not on the PATH',
      { command: 'ffmpeg', searchPath: '/nowhere', isRequired: false },
      'it was not found',
    ],
  ])('findFfmpeg, when it %s, says that files play as they are', async (_when, ffmpeg, reason) => {
    const { logger, lines } = recordingLogger();

    expect(await findFfmpeg({ ffmpeg }, logger)).toBeUndefined();
    expect(lines()).toEqual([
      expect.objectContaining({
        reason,
        msg: 'no ffmpeg: videos play as they were uploaded, and need a thumbnail from their owner',
      }),
    ]);
  });

  test('findFfmpeg, when it was asked for and lacks an encoder, stops the start', async () => {
    const { logger } = recordingLogger();
    const ffmpeg = await scriptedFfmpeg(folder, 'printf " A..... aac  x\\n V..... mjpeg  x\\n"');

    await expect(findFfmpeg({ ffmpeg }, logger)).rejects.toMatchObject({
      name: 'BootError',
      message: `FFMPEG_PATH (${ffmpeg.command}): it has no encoder libx264`,
    });
  });
});

describe('ladderFor', () => {
  test.each([
    [3840, 2160, [1080, 720, 480, 240]],
    [1920, 1080, [1080, 720, 480, 240]],
    [1080, 1920, [1080, 720, 480, 240]],
    [1280, 720, [720, 480, 240]],
    // 480 lines would be too near to its own 500.
    [888, 500, [500, 240]],
    [320, 180, [180]],
    [101, 75, [74]],
  ])('of %i × %i, answers the sides %j', (width, height, sides) => {
    expect(ladderFor({ width, height }).map(({ side }) => side)).toEqual(sides);
  });

  test('of any video, gives a larger side more bits', () => {
    const bits = ladderFor({ width: 1920, height: 1080 }).map((rung) => rung.maxBitsPerSecond);

    expect(bits).toEqual([5_000_000, 2_721_655, 1_481_481, 523_783]);
  });
});
