import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { CLOUDINARY_WEBHOOK_PATH } from './cloudinary-notification';
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
  config: Pick<Config, 'cloudinary' | 'dataDir' | 'ffmpeg' | 'minFreeBytes' | 'publicUrl'>,
  logger: Logger,
): Promise<MediaStore> {
  const { cloudinary, minFreeBytes, publicUrl } = config;
  if (cloudinary) {
    // Cloudinary cannot reach a server without a public address.
    const notificationUrl = publicUrl && `${publicUrl}${CLOUDINARY_WEBHOOK_PATH}`;
    return new CloudinaryStore({ config: cloudinary, logger, notificationUrl });
  }
  const command = await findFfmpeg(config, logger);
  return new LocalStore(localMediaRoot(config), {
    minFreeBytes,
    ffmpeg: command && { command, logger },
  });
}
