import { unlink } from 'node:fs/promises';

/** Deletes a file; one that is already gone is a success. */
export async function unlinkIfPresent(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
