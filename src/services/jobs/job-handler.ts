import type { ClientSession } from 'mongoose';
import type { Logger } from 'pino';
import type { MediaStore, PlannedAsset } from '../media/media-store';
import type { Removals } from '../removal/removal.service';
import type { HeldJob } from './job-lease';

export interface JobTools {
  /** Aborted when the job is lost or cancelled, and when this instance stops. */
  signal: AbortSignal;
  mediaStore: MediaStore;
  /** For stored files that nothing comes to refer to. */
  removals: Pick<Removals, 'schedule'>;
  logger: Logger;
  /** Where accepted files lie. */
  tempDir: string;
  /** Schedules a job that any instance may do; to be called in a transaction. */
  scheduleNext: (
    job: Pick<HeldJob, 'kind' | 'video' | 'owner' | 'asset'>,
    session: ClientSession | undefined,
  ) => Promise<void>;
}

/** One kind of job. Every part may be repeated, as a job may be cut short anywhere. */
export interface JobHandler {
  /**
   * Does the work and commits it in a transaction that ends with `closeJob`.
   * @throws NotYetError to be asked again; LostJobError; anything else is a failed attempt
   */
  work(job: HeldJob, tools: JobTools): Promise<void>;
  /** Says, in the transaction that buries the job, that it has failed. */
  giveUp(job: HeldJob, session: ClientSession | undefined): Promise<void>;
  /** What a worker may have put into the store. */
  assetsOf(job: HeldJob): PlannedAsset[];
  /** Whether the database refers to any of these. */
  isReferred(job: HeldJob): Promise<boolean>;
}
