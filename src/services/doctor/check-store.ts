import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { reasonOf } from '../../utils/boot-error';
import { createMediaStore, localMediaRoot } from '../media/create-media-store';
import { findFfmpeg } from '../media/ffmpeg/find-ffmpeg';
import { failed, ok, warning, type Finding } from './finding';

/** The media store and, where it needs one, ffmpeg. */
export async function checkStore(config: Config, logger: Logger): Promise<Finding[]> {
  if (config.cloudinary) {
    const ffmpeg = ok('ffmpeg', 'not needed: Cloudinary makes streams and thumbnails');
    return [await checkCloudinary(config, config.cloudinary.cloudName, logger), ffmpeg];
  }
  return [await checkLocalStore(config, logger), await checkFfmpeg(config, logger)];
}

async function checkCloudinary(
  config: Config,
  cloudName: string,
  logger: Logger,
): Promise<Finding> {
  try {
    await (await createMediaStore(config, logger)).check();
  } catch (error) {
    const advice =
      'compare CLOUDINARY_* with the console of the account, and see whether it is reached';
    return failed('media store', `Cloudinary (${cloudName}): ${reasonOf(error)}`, advice);
  }
  if (config.publicUrl !== undefined) return ok('media store', `Cloudinary (${cloudName}) answers`);
  const says = `Cloudinary (${cloudName}) answers, and cannot tell when a stream is ready`;
  return warning(
    'media store',
    says,
    'set PUBLIC_URL; until then the server asks from time to time',
  );
}

async function checkLocalStore(config: Config, logger: Logger): Promise<Finding> {
  const root = localMediaRoot(config);
  try {
    await (await createMediaStore({ ...config, ffmpeg: undefined }, logger)).check();
    const [media, uploads] = await Promise.all([stat(root), stat(config.tempDir)]);
    if (media.dev === uploads.dev) return ok('media store', `${root} takes files`);
    const says = `${root} takes files, from another disk (${config.tempDir}): each is copied`;
    return ok('media store', says);
  } catch (error) {
    const advice = 'make room, or let the user that runs the server write there';
    return failed('media store', `${root}: ${reasonOf(error)}`, advice);
  }
}

async function checkFfmpeg(config: Config, logger: Logger): Promise<Finding> {
  try {
    const found = await findFfmpeg(config, logger);
    if (found) return ok('ffmpeg', `${found.command} makes streams and thumbnails`);
  } catch (error) {
    return failed('ffmpeg', reasonOf(error), 'name one that can be run, or FFMPEG_PATH=off');
  }
  const says = 'none: videos play as they were uploaded, and need a thumbnail from their owner';
  return warning('ffmpeg', says, 'install ffmpeg with libx264, or name it in FFMPEG_PATH');
}
