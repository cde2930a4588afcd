import { randomBytes } from 'node:crypto';
import { link, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { MediaJob } from '../../models/media-job.model';
import { BootError } from '../../utils/boot-error';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import { releaseTempFile } from '../media/temp-files';

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

/**
 * Deletes files that were taken over for a job which could not be made. Whether it was made is not
 * always known: when the database breaks off as it commits, the job may be there all the same. Then
 * the files stay, and so they do while it cannot be asked; the next start sweeps what no job names.
 */
export async function releaseUnneeded(files: readonly string[], logger: Logger): Promise<void> {
  try {
    const needed = await namesNeededByJobs(files.map((file) => path.basename(file)));
    for (const file of files) {
      if (!needed.has(path.basename(file))) await releaseTempFile(file, logger);
    }
  } catch (error) {
    logger.error({ err: error }, 'could not tell whether a job needs files; they stay');
  }
}
