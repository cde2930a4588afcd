import { randomBytes } from 'node:crypto';
import { link, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MediaJob } from '../../models/media-job.model';
import { BootError } from '../../utils/boot-error';
import { unlinkIfPresent } from '../../utils/unlink-if-present';

const FILE = 'spool-id';
const ID = /^[0-9a-f]{32}$/;

/**
 * The id of this data folder, made on the first start. It tells which instances have the accepted
 * files of a job on their disk: those that share the folder.
 * @throws BootError when the file holds something else
 */
export async function readSpoolId(dataDir: string): Promise<string> {
  const file = path.join(dataDir, FILE);
  const id = (await readIfPresent(file)) ?? (await makeSpoolId(file));
  if (!ID.test(id)) throw new BootError(`${file} does not hold 32 hexadecimal digits; delete it`);
  return id;
}

/** It appears whole or not at all, and never replaces the one that another process has just made. */
async function makeSpoolId(file: string): Promise<string> {
  const id = randomBytes(16).toString('hex');
  const draft = `${file}.${id}`;
  try {
    await writeFile(draft, id, { mode: 0o600, flush: true });
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlinkIfPresent(draft);
  }
  return readFile(file, 'utf8');
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Which of these files in the upload folder belong to a job. */
export async function namesNeededByJobs(names: readonly string[]): Promise<ReadonlySet<string>> {
  const jobs = await MediaJob.find({ 'files.name': { $in: names } })
    .select('files')
    .lean();
  return new Set(jobs.flatMap(({ files }) => files.map(({ name }) => name)));
}
