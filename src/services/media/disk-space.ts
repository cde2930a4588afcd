import { mkdir, statfs } from 'node:fs/promises';
import { ApiError } from '../../utils/api-error';

/**
 * Makes sure that a folder's disk takes so many bytes and still has `minFreeBytes` left.
 * @param folder made when absent
 * @throws ApiError 507
 */
export async function requireFreeBytes(
  folder: string,
  bytes: number,
  minFreeBytes: number,
): Promise<void> {
  const { bavail, bsize } = await statfs(folder).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true });
    return statfs(folder);
  });
  if (bavail * bsize < bytes + minFreeBytes) throw diskFull();
}

/** The answer for what the system says when a disk or a quota is used up; other errors as they are. */
export function diskError<Failure>(error: Failure): Failure | ApiError {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(error) : error;
}

/** 507 */
export function diskFull(cause?: unknown): ApiError {
  return ApiError.insufficientStorage('There is no room for this file right now', { cause });
}
