import { link } from 'node:fs/promises';

/** Another disk, or a file system without second names. */
const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Gives a file a second name, which costs nothing however large it is.
 * @returns false where that cannot be; then copy it
 */
export async function linkIfPossible(file: string, secondName: string): Promise<boolean> {
  try {
    await link(file, secondName);
    return true;
  } catch (error) {
    if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}
