import type { Request } from 'express';
import type { Config } from '../../config';
import { requireFreeBytes } from '../../services/media/disk-space';
import { lingerThenHangUp } from './form-size';

/**
 * Refuses a form that the disk has no room for, before anything of it is read: what fills the disk
 * to the brim takes the database with it.
 * @throws ApiError 507
 */
export async function refuseWithoutRoom(
  request: Request,
  { tempDir, dataDir, cloudinary, minFreeBytes }: Config,
): Promise<void> {
  const stated = Number(request.headers['content-length'] ?? 0);
  try {
    await requireFreeBytes(tempDir, stated, minFreeBytes);
    // Where both are one disk, storing takes no room of its own; and a provider takes none of ours.
    await requireFreeBytes(dataDir, cloudinary ? 0 : stated, minFreeBytes);
  } catch (error) {
    lingerThenHangUp(request);
    throw error;
  }
}
