import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { runInTransaction } from '../../db/run-in-transaction';
import { MediaJob, type MediaJobKind } from '../../models/media-job.model';
import type { MediaStore } from '../media/media-store';
import { releaseTempFile } from '../media/temp-files';
import { backOffMilliseconds } from './back-off';
import { describeFailure, isHopeless } from './job-failure';
import type { JobHandler, JobTools } from './job-handler';
import { buryJob, LostJobError, releaseJob, renewLease, type HeldJob } from './job-lease';
import { NotYetError } from './not-yet';
import { publishJob } from './publish-job';
import { renditionsJob } from './renditions-job';

const JOB_HANDLERS: Readonly<Record<MediaJobKind, JobHandler>> = {
  publish: publishJob,
  renditions: renditionsJob,
};

/** How an attempt ended. */
export type JobOutcome =
  | { state: 'done' }
  /** To be tried again; without an error when it was only stopped, or asked too early. */
  | { state: 'waiting'; error?: unknown }
  /** Given up. */
  | { state: 'dead'; error: unknown }
  /** Cancelled, or another worker has it. */
  | { state: 'lost' };

export interface WorkerDependencies {
  config: Pick<Config, 'tempDir' | 'jobAttempts'>;
  mediaStore: MediaStore;
  removals: JobTools['removals'];
  logger: Logger;
  leaseMilliseconds: number;
  firstDelayMilliseconds: number | undefined;
  scheduleNext: JobTools['scheduleNext'];
}

/** The reason with which work is aborted when this instance stops. */
export class StoppedError extends Error {}

/**
 * Works on jobs whose lease this process holds.
 * @returns makes one attempt. It never rejects: whatever fails is noted in the job, or, when even
 * that fails, the lease runs out
 */
export function createJobWorker(dependencies: WorkerDependencies) {
  const { mediaStore, removals, logger, leaseMilliseconds } = dependencies;
  const { tempDir, jobAttempts } = dependencies.config;

  async function attempt(job: HeldJob, abort: AbortController): Promise<JobOutcome> {
    const timer = setInterval(() => void keepAlive(job, abort), leaseMilliseconds / 3);
    timer.unref();
    try {
      return await workOn(job, abort.signal);
    } catch (error) {
      logger.error({ err: error, job: job._id }, 'could not note how a job went');
      return { state: 'waiting', error };
    } finally {
      clearInterval(timer);
    }
  }

  async function keepAlive(job: HeldJob, abort: AbortController): Promise<void> {
    try {
      if (!(await renewLease(job, leaseMilliseconds))) abort.abort(new LostJobError());
    } catch (error) {
      // The lease runs on for a while; without it, the closing transaction fails.
      logger.warn({ err: error, job: job._id }, 'could not renew the lease of a job');
    }
  }

  async function workOn(job: HeldJob, signal: AbortSignal): Promise<JobOutcome> {
    if (job.state === 'cancelled') return clearAway(job, job);
    const handler = JOB_HANDLERS[job.kind];
    try {
      // Whoever takes it up once too often came after workers that crashed over it.
      if (job.attempts > jobAttempts) throw new Error('every worker crashed over this job');
      await handler.work(job, { ...dependencies, tempDir, signal });
    } catch (error) {
      return noteFailure(job, signal.aborted ? signal.reason : error);
    }
    await deleteFiles(job);
    return { state: 'done' };
  }

  async function noteFailure(job: HeldJob, error: unknown): Promise<JobOutcome> {
    if (error instanceof LostJobError) return settleLost(job);
    const now = Date.now();
    if (error instanceof StoppedError || error instanceof NotYetError) {
      const seconds = error instanceof NotYetError ? error.seconds : 0;
      const runAt = new Date(now + seconds * 1000);
      const isOurs = await releaseJob(job, { runAt, uncounted: true });
      return isOurs ? { state: 'waiting' } : settleLost(job);
    }
    logger.warn({ err: error, job: job._id, attempts: job.attempts }, 'a media job failed');
    if (isHopeless(error) || job.attempts >= jobAttempts) return giveUp(job, error);
    const runAt = new Date(now + delayAfter(job, error));
    const isOurs = await releaseJob(job, { runAt, failure: describeFailure(error) });
    return isOurs ? { state: 'waiting', error } : settleLost(job);
  }

  function delayAfter({ attempts }: HeldJob, error: unknown): number {
    const { retryAfterSeconds = 0 } = error as { retryAfterSeconds?: number };
    const backOff = backOffMilliseconds(attempts, dependencies.firstDelayMilliseconds);
    return Math.max(backOff, retryAfterSeconds * 1000);
  }

  async function giveUp(job: HeldJob, error: unknown): Promise<JobOutcome> {
    try {
      await runInTransaction(async (session) => {
        await JOB_HANDLERS[job.kind].giveUp(job, session);
        await buryJob(job, describeFailure(error), session);
      });
      return { state: 'dead', error };
    } catch (reason) {
      if (reason instanceof LostJobError) return settleLost(job);
      throw reason;
    }
  }

  /** Somebody else has the job: it is theirs. Nobody has it: what it left is ours to clear away. */
  async function settleLost(job: HeldJob): Promise<JobOutcome> {
    const present = await MediaJob.findById(job._id).lean();
    if (present && present.lease !== job.lease) return { state: 'lost' };
    return clearAway(job, present ? { ...present, lease: job.lease } : undefined);
  }

  /**
   * Removes what nothing refers to, and the job with it.
   * @param present the job as it is now; absent when it is gone
   */
  async function clearAway(job: HeldJob, present: HeldJob | undefined): Promise<JobOutcome> {
    const handler = JOB_HANDLERS[job.kind];
    try {
      if (!(await handler.isReferred(job))) await removeAssets(job, present);
      await deleteFiles(job);
      if (present) await MediaJob.deleteOne({ _id: job._id, lease: present.lease });
    } catch (error) {
      if (!present) throw error;
      logger.warn({ err: error, job: job._id }, 'could not clear away a cancelled job');
      const runAt = new Date(Date.now() + delayAfter(present, error));
      await releaseJob(present, { runAt, failure: describeFailure(error) });
    }
    return { state: 'lost' };
  }

  /** Without the job, nothing would remember what the store does not let go of now. */
  async function removeAssets(job: HeldJob, present: HeldJob | undefined): Promise<void> {
    const assets = JOB_HANDLERS[job.kind].assetsOf(job);
    try {
      for (const asset of assets) await mediaStore.remove(asset);
    } catch (error) {
      if (present) throw error;
      logger.warn({ err: error, job: job._id }, 'could not remove what was stored too late');
      await removals.schedule({ kind: 'asset', target: job.video, assets }, undefined);
    }
  }

  async function deleteFiles({ files }: HeldJob): Promise<void> {
    for (const { name } of files) await releaseTempFile(path.join(tempDir, name), logger);
  }

  return attempt;
}
