import type { Logger } from 'pino';
import { Types } from 'mongoose';
import { Upload } from '../../models/upload.model';
import type { UploadFiles } from './upload-files';
import { isFree } from './upload-lease';

const SWEEP_MILLISECONDS = 60_000;
/** Ids in one query. */
const BATCH_SIZE = 500;

export interface UploadSweeper {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Deletes the records of uploads that are over, and every file without a record: of an upload that
 * is over, published or withdrawn, or whose account is gone. Each machine clears its own disk.
 * @returns how many files were deleted
 */
export async function sweepUploads(files: UploadFiles): Promise<number> {
  const now = new Date();
  await Upload.deleteMany({ expiresAt: { $lte: now }, ...isFree(now) });
  const orphans = await filesWithoutRecord(files);
  for (const orphan of orphans) await files.remove(orphan);
  return orphans.length;
}

/**
 * The bytes of uploads that are no more. A record is made before its file, so whatever is listed had
 * one before it is looked up.
 */
export async function filesWithoutRecord(
  files: Pick<UploadFiles, 'list'>,
): Promise<Types.ObjectId[]> {
  const names = await files.list();
  const orphans: Types.ObjectId[] = [];
  for (let start = 0; start < names.length; start += BATCH_SIZE) {
    const ids = names.slice(start, start + BATCH_SIZE).map((name) => new Types.ObjectId(name));
    const living = await Upload.find({ _id: { $in: ids } }, { _id: 1 }).lean();
    const known = new Set(living.map(({ _id }) => _id.toString()));
    orphans.push(...ids.filter((id) => !known.has(id.toString())));
  }
  return orphans;
}

/** Sweeps at the start and every minute. */
export function createUploadSweeper({
  files,
  logger,
}: {
  files: UploadFiles;
  logger: Logger;
}): UploadSweeper {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const sweep = (): void => {
    running = running
      .then(() => sweepUploads(files))
      .then(
        (swept) => {
          if (swept > 0) logger.info({ swept }, 'deleted uploads that were over');
        },
        (error: unknown) => logger.error({ err: error }, 'could not sweep uploads'),
      );
  };

  return {
    start() {
      sweep();
      timer = setInterval(sweep, SWEEP_MILLISECONDS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
