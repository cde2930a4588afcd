import { open } from 'node:fs/promises';

/** fsync of a file or a folder: after it, a power cut cannot take its content back. */
export async function syncPath(fileOrFolder: string): Promise<void> {
  const handle = await open(fileOrFolder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
