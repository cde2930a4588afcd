import { randomUUID } from 'node:crypto';
import type { ClientSession, Types } from 'mongoose';
import { driverCollection } from '../../db/driver-collection';
import {
  MediaJob,
  type JobFailure,
  type MediaJobFields,
  type MediaJobKind,
} from '../../models/media-job.model';

/** A job that this process holds the lease of. */
export type HeldJob = MediaJobFields & { lease: string };

/** The lease ran out or the job was cancelled: whoever has it now decides. */
export class LostJobError extends Error {
  constructor() {
    super('another worker has this job, or it was cancelled');
    this.name = 'LostJobError';
  }
}

/** The token of a new lease, and when it ends. */
export function newLease(leaseMilliseconds: number): { lease: string; runAt: Date } {
  return { lease: randomUUID(), runAt: leaseEnd(leaseMilliseconds) };
}

function leaseEnd(leaseMilliseconds: number): Date {
  return new Date(Date.now() + leaseMilliseconds);
}

/**
 * Takes up the job that is due for longest, if any: one that waits for its next attempt, or whose
 * worker has shown no life. No two callers get the same one.
 * @param spool jobs with files are taken only where the files are
 */
export async function claimDueJob(
  which: { kind: { $in: MediaJobKind[] } } | { _id: Types.ObjectId },
  spool: string,
  leaseMilliseconds: number,
): Promise<HeldJob | null> {
  // A dead job has no time, so it is never due.
  return MediaJob.findOneAndUpdate(
    { ...which, runAt: { $lte: new Date() }, spool: { $in: [spool, null] } },
    { $set: newLease(leaseMilliseconds), $inc: { attempts: 1 } },
    { sort: { runAt: 1 }, returnDocument: 'after' },
  ).lean<HeldJob | null>();
}

/** Says that the work goes on. @returns whether the job is still ours, and not cancelled meanwhile */
export async function renewLease(job: HeldJob, leaseMilliseconds: number): Promise<boolean> {
  const { matchedCount } = await MediaJob.updateOne(stillOurs(job), {
    $set: { runAt: leaseEnd(leaseMilliseconds) },
  });
  return matchedCount === 1;
}

export interface Release {
  /** When the next attempt may begin. */
  runAt: Date;
  failure?: JobFailure | undefined;
  /** Whether this was no failed attempt. */
  uncounted?: boolean;
}

/** Gives the lease back for a later attempt. @returns whether it was still ours */
export async function releaseJob(
  job: HeldJob,
  { runAt, failure, uncounted = false }: Release,
): Promise<boolean> {
  const { matchedCount } = await MediaJob.updateOne(stillOurs(job), {
    $set: { runAt, ...(failure && { lastError: failure }) },
    $unset: { lease: true },
    ...(uncounted && { $inc: { attempts: -1 } }),
  });
  return matchedCount === 1;
}

/**
 * Leaves a job to its owner: nobody takes it up any more. Call it in the transaction that says so.
 * @throws LostJobError
 */
export async function buryJob(
  job: HeldJob,
  failure: JobFailure,
  session: ClientSession | undefined,
): Promise<void> {
  const { matchedCount } = await MediaJob.updateOne(
    stillOurs(job),
    { $set: { state: 'dead', lastError: failure }, $unset: { lease: true, runAt: true } },
    { session },
  );
  if (matchedCount === 0) throw new LostJobError();
}

/**
 * Ends a job that is done. Call it last in the transaction that commits its result: the lease is the
 * fence that lets one worker alone commit.
 * @throws LostJobError
 */
export async function closeJob(job: HeldJob, session: ClientSession | undefined): Promise<void> {
  const { deletedCount } = await driverCollection(MediaJob).deleteOne(stillOurs(job), {
    session,
  });
  if (deletedCount === 0) throw new LostJobError();
}

function stillOurs({ _id, lease, state }: HeldJob) {
  return { _id, lease, state };
}
