import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { CloudinaryStore } from './cloudinary-store';
import { findFfmpeg } from './ffmpeg/find-ffmpeg';
import { LocalStore } from './local-store';
import type { MediaStore } from './media-store';

/** Where the local store keeps its files. */
export function localMediaRoot(config: Pick<Config, 'dataDir'>): string {
  return path.join(config.dataDir, 'media');
}

/**
 * The store that the configuration asks for: Cloudinary when it is set, the local disk otherwise.
 * @throws BootError when FFMPEG_PATH names one that cannot be used
 */
export async function createMediaStore(
  config: Pick<Config, 'cloudinary' | 'dataDir' | 'ffmpeg' | 'minFreeBytes'>,
  logger: Logger,
): Promise<MediaStore> {
  if (config.cloudinary) return new CloudinaryStore({ config: config.cloudinary, logger });
  const { minFreeBytes } = config;
  const command = await findFfmpeg(config, logger);
  return new LocalStore(localMediaRoot(config), {
    minFreeBytes,
    ffmpeg: command && { command, logger },
  });
}
