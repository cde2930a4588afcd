import { requireFreeBytes } from './disk-space';

/** So much may be written before the disk is asked again. */
const ASK_EVERY_BYTES = 16 * 1024 * 1024;

/**
 * Watches the room that is left on a disk while several files are written to it.
 * @returns to be called before every write: rejects with ApiError 507 for all of them once less
 *   than `minFreeBytes` are left, until there is room again
 */
export function createRoomWatch(
  folder: string,
  minFreeBytes: number,
): (bytes: number) => Promise<void> {
  let unasked = 0;
  let isShort = false;
  return async (bytes) => {
    unasked += bytes;
    if (unasked < ASK_EVERY_BYTES && !isShort) return;
    unasked = 0;
    isShort = true;
    await requireFreeBytes(folder, 0, minFreeBytes);
    isShort = false;
  };
}
