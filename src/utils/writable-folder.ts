import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { BootError, reasonOf } from './boot-error';

/**
 * Makes sure that a folder exists and takes files, by writing one: permission bits say nothing
 * about read-only mounts and full disks.
 * @param name what the person who starts the server calls it
 * @throws BootError naming the folder and the system's reason
 */
export async function requireWritableFolder(name: string, folder: string): Promise<void> {
  const probe = path.join(folder, `.write-test-${randomUUID()}`);
  try {
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(probe, '');
    await fs.unlink(probe);
  } catch (error) {
    throw new BootError(`Cannot write to ${name} (${folder}): ${reasonOf(error)}`, error);
  }
}
