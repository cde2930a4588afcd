import type { Logger } from 'pino';
import type { Config, FfmpegConfig } from '../../../config';
import { BootError, reasonOf } from '../../../utils/boot-error';
import { runFfmpeg } from './ffmpeg';

const NEEDED_ENCODERS = ['libx264', 'aac', 'mjpeg'];
const ANSWER_SECONDS = 20;

/**
 * The ffmpeg to use, when there is one that can do what we need. One log line says what follows.
 * @throws BootError when FFMPEG_PATH names one that cannot be used
 */
export async function findFfmpeg(
  { ffmpeg }: Pick<Config, 'ffmpeg'>,
  logger: Logger,
): Promise<FfmpegConfig | undefined> {
  const fault = ffmpeg ? await faultOf(ffmpeg) : 'FFMPEG_PATH is off';
  if (fault === undefined) {
    logger.info({ ffmpeg: ffmpeg?.command }, 'videos get HLS renditions and thumbnails by ffmpeg');
    return ffmpeg;
  }
  if (ffmpeg?.isRequired) throw new BootError(`FFMPEG_PATH (${ffmpeg.command}): ${fault}`);
  logger.info(
    { reason: fault },
    'no ffmpeg: videos play as they were uploaded, and need a thumbnail from their owner',
  );
  return undefined;
}

async function faultOf(ffmpeg: FfmpegConfig): Promise<string | undefined> {
  try {
    const encoders = await runFfmpeg(ffmpeg, ['-encoders'], { timeLimitSeconds: ANSWER_SECONDS });
    const missing = NEEDED_ENCODERS.filter((name) => !encoders.includes(` ${name} `));
    return missing.length > 0 ? `it has no encoder ${missing.join(', ')}` : undefined;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isAbsent ? 'it was not found' : reasonOf(error);
  }
}
