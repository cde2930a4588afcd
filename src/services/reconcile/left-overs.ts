import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import { namesNeededByJobs, readSpoolId } from '../jobs/spool';
import { findLeftOvers } from '../media/temp-files';
import { createUploadFiles } from '../uploads/upload-files';
import { filesWithoutRecord } from '../uploads/upload-sweeper';

/** A file on this machine's disk on its way to nowhere. */
export interface LeftOver {
  what: 'temporary file' | 'resumable upload';
  /** In its folder. */
  name: string;
  remove(): Promise<void>;
}

type Folders = Pick<Config, 'dataDir' | 'tempDir' | 'uploadsDir'>;

/**
 * Files in the upload folder that no job and no running process owns, and bytes of resumable uploads
 * without a record. The servers delete both by themselves; what they did not was left by one that
 * does not run here any more.
 * @param olderThan younger ones may belong to a process that cannot be seen from here
 */
export async function findLeftOverUploads(folders: Folders, olderThan: Date): Promise<LeftOver[]> {
  const found = [...(await temporaryFiles(folders)), ...(await uploadsWithoutRecord(folders))];
  const old: LeftOver[] = [];
  for (const { folder, ...leftOver } of found) {
    const file = path.join(folder, leftOver.name);
    if (!(await wasWrittenBefore(file, olderThan))) continue;
    old.push({ ...leftOver, remove: () => unlinkIfPresent(file) });
  }
  return old;
}

/** What may be left over, and where it lies. */
type Found = Pick<LeftOver, 'what' | 'name'> & { folder: string };

async function temporaryFiles({ dataDir, tempDir }: Folders): Promise<Found[]> {
  const spool = await readSpoolId(dataDir);
  const names = await findLeftOvers(tempDir, { spool, neededNames: namesNeededByJobs });
  return names.map((name) => ({ what: 'temporary file' as const, name, folder: tempDir }));
}

async function uploadsWithoutRecord({ uploadsDir }: Folders): Promise<Found[]> {
  const ids = await filesWithoutRecord(createUploadFiles(uploadsDir));
  return ids.map((id) => ({
    what: 'resumable upload' as const,
    name: id.toString(),
    folder: uploadsDir,
  }));
}

/** False for a file that has been deleted since it was listed. */
async function wasWrittenBefore(file: string, time: Date): Promise<boolean> {
  try {
    return (await stat(file)).mtime < time;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
