import { AsyncResource } from 'node:async_hooks';
import { Types, type ClientSession } from 'mongoose';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { driverCollection } from '../../db/driver-collection';
import {
  MEDIA_JOB_KINDS,
  MediaJob,
  type MediaJobFields,
  type MediaJobKind,
} from '../../models/media-job.model';
import { withPatience } from '../../utils/with-patience';
import type { MediaStore } from '../media/media-store';
import { claimDueJob, LostJobError, newLease, type HeldJob } from './job-lease';
import type { JobTools } from './job-handler';
import { createJobWorker, StoppedError, type JobOutcome } from './job-worker';

/** What a job begins with. */
export type NewJob = Pick<MediaJobFields, 'kind' | 'video' | 'owner'> &
  Partial<Pick<MediaJobFields, 'files' | 'asset'>>;

/** Does what accepted media still need, whatever breaks in between. */
export interface MediaJobs {
  /** Of the folder that accepted files lie in; for `adoptTempFiles`. */
  readonly spool: string;
  /**
   * Call it in the transaction that accepts the files; they are the job's from its commit on.
   * @param job is stored as it is: nothing is checked or left out
   * @returns the job, leased to the caller, who calls `run` after the commit
   */
  schedule(job: NewJob, session: ClientSession | undefined): Promise<HeldJob>;
  /** Makes the first attempt. Never rejects. */
  run(job: HeldJob): Promise<JobOutcome>;
  /**
   * Clears away the cancelled jobs of a video: before this resolves when that is quick, in the
   * background otherwise. Never rejects, as they are cancelled durably.
   */
  finishCancelled(video: Types.ObjectId): Promise<void>;
  /** Looks for due jobs now, e.g. after one was given another try. */
  wake(): void;
  /** Takes up due jobs, now and from now on. */
  start(): void;
  /** Resolves when nothing is under way in this process; what waits for its time goes on waiting. */
  idle(): Promise<void>;
  /** Ends what is under way and gives it back, for another instance or the next start. */
  stop(): Promise<void>;
}

/** In milliseconds; for tests, which cannot wait as long. */
export interface JobTimes {
  poll: number;
  lease: number;
  firstDelay: number;
}

export interface MediaJobsDependencies {
  config: Pick<Config, 'tempDir' | 'jobAttempts' | 'jobLeaseSeconds'>;
  mediaStore: MediaStore;
  removals: JobTools['removals'];
  logger: Logger;
  spool: string;
  times?: Partial<JobTimes> | undefined;
  /** What this process takes up beside what its own requests begin; default: all. */
  jobKinds?: readonly MediaJobKind[];
}

const POLL_MILLISECONDS = 5_000;
/** Taken up beside those that requests are waiting for; renditions fill a machine one at a time. */
const MOST_AT_ONCE = { publish: 2, renditions: 1 } as const;
/** How long a request waits for cancelled jobs to be cleared away. */
const PATIENCE_MILLISECONDS = 2_000;
/** How long a stopping instance waits for a store that does not notice. */
const STOP_MILLISECONDS = 2_000;

/** One worker per process; several processes share the work through leases. */
export function createMediaJobs(dependencies: MediaJobsDependencies): MediaJobs {
  const { logger, spool, times = {}, jobKinds = MEDIA_JOB_KINDS } = dependencies;
  const leaseMilliseconds = times.lease ?? dependencies.config.jobLeaseSeconds * 1000;
  const running = new Map<HeldJob, { abort: AbortController; outcome: Promise<JobOutcome> }>();
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let sweeping: Promise<void> | undefined;
  let sweepAgain = false;
  /** Whether there was no room for some kind when jobs were last looked for. */
  let turnedAway = false;

  const attempt = createJobWorker({
    ...dependencies,
    leaseMilliseconds,
    firstDelayMilliseconds: times.firstDelay,
    scheduleNext: async (job, session) => {
      // What is on this machine's disk can be worked on here alone.
      const isLocal = dependencies.mediaStore.kind === 'local';
      const fields = { ...job, ...(isLocal && { spool }), runAt: new Date() };
      await MediaJob.create([fields], { session });
    },
  });

  function run(job: HeldJob): Promise<JobOutcome> {
    const abort = new AbortController();
    if (stopping) abort.abort(new StoppedError());
    const outcome = attempt(job, abort).then((ended) => {
      running.delete(job);
      // It may have scheduled another, or made room for one. Most do neither: a look would be in vain.
      const mayHaveNext = ended.state !== 'done' || dependencies.mediaStore.renditions;
      if (mayHaveNext || turnedAway) wake();
      return ended;
    });
    running.set(job, { abort, outcome });
    return outcome;
  }

  /** Starts what is due, as far as there is room. */
  async function sweep(): Promise<void> {
    while (!stopping) {
      const kinds = jobKinds.filter((kind) => countRunning(kind) < MOST_AT_ONCE[kind]);
      turnedAway = kinds.length < jobKinds.length;
      if (kinds.length === 0) return;
      const job = await claimDueJob({ kind: { $in: kinds } }, spool, leaseMilliseconds);
      if (!job) return;
      void run(job);
    }
  }

  const countRunning = (kind: string): number =>
    [...running.keys()].filter((job) => job.kind === kind).length;

  // Belongs to no request, even when a request gives the occasion.
  const wake = AsyncResource.bind((): void => {
    if (stopping || !timer) return;
    if (sweeping) {
      sweepAgain = true;
      return;
    }
    sweeping = sweep()
      .catch((error: unknown) => {
        logger.error({ err: error }, 'could not look for due media jobs');
      })
      .finally(() => {
        sweeping = undefined;
        if (!sweepAgain) return;
        sweepAgain = false;
        wake();
      });
  });

  async function clearCancelled(video: Types.ObjectId): Promise<void> {
    // What is just being taken up is among the running ones then.
    await sweeping;
    const jobs = await MediaJob.find({ video, state: 'cancelled' }, { _id: 1 }).lean();
    for (const { _id } of jobs) {
      const held = [...running].find(([job]) => job._id.equals(_id))?.[1];
      if (held) {
        held.abort.abort(new LostJobError());
        await held.outcome;
        continue;
      }
      const job = await claimDueJob({ _id }, spool, leaseMilliseconds);
      if (job) await run(job);
    }
  }

  return {
    spool,
    run,
    wake,

    async schedule({ files = [], ...job }, session) {
      const fields = {
        _id: new Types.ObjectId(),
        ...job,
        files,
        ...(files.length > 0 && { spool }),
        state: 'waiting' as const,
        attempts: 1,
        createdAt: new Date(),
        ...newLease(leaseMilliseconds),
      };
      await driverCollection(MediaJob).insertOne(fields, { session, ignoreUndefined: true });
      return fields;
    },

    async finishCancelled(video) {
      const cleared = clearCancelled(video).catch((error: unknown) => {
        logger.error({ err: error, video }, 'could not clear away the jobs of a video');
      });
      await withPatience(cleared, PATIENCE_MILLISECONDS);
    },

    start() {
      timer = setInterval(wake, times.poll ?? POLL_MILLISECONDS);
      timer.unref();
      wake();
    },

    async idle() {
      while (sweeping || running.size > 0) {
        await sweeping;
        await Promise.all([...running.values()].map(({ outcome }) => outcome));
      }
    },

    async stop() {
      stopping = true;
      clearInterval(timer);
      await sweeping;
      const under = [...running.values()];
      for (const { abort } of under) abort.abort(new StoppedError());
      await withPatience(Promise.all(under.map(({ outcome }) => outcome)), STOP_MILLISECONDS);
    },
  };
}
