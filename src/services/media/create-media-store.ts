import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { CloudinaryStore } from './cloudinary-store';
import { LocalStore } from './local-store';
import type { MediaStore } from './media-store';

/** Where the local store keeps its files. */
export function localMediaRoot(config: Pick<Config, 'dataDir'>): string {
  return path.join(config.dataDir, 'media');
}

/** The store that the configuration asks for: Cloudinary when it is set, the local disk otherwise. */
export function createMediaStore(
  config: Pick<Config, 'cloudinary' | 'dataDir'>,
  logger: Logger,
): MediaStore {
  return config.cloudinary
    ? new CloudinaryStore({ config: config.cloudinary, logger })
    : new LocalStore(localMediaRoot(config));
}
