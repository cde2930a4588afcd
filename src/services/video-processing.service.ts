import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { MediaJob, type JobFailure } from '../models/media-job.model';
import { Video, type VideoFields } from '../models/video.model';
import { ApiError } from '../utils/api-error';
import { requireOwnVideo } from './video-change.service';
import { videoNotFound } from './video.service';

/** How far a video of one's own is on its way into the store. */
export interface Processing {
  status: VideoFields['status'];
  hlsStatus: NonNullable<VideoFields['hlsStatus']>;
  /** Of the work that is open. */
  attempts: number;
  /** Null while an attempt is under way, and when there will be none. */
  nextAttemptAt: Date | null;
  /** Why the last attempt failed. */
  error: Pick<JobFailure, 'code' | 'message'> | null;
}

/** @throws ApiError 404 or 403 */
export async function processingOf(
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<Processing> {
  await requireOwnVideo(videoId, owner);
  // The job first: once it is gone, the video tells how it ended.
  const job = await MediaJob.findOne({ video: videoId, state: { $ne: 'cancelled' } }).lean();
  const video = await Video.findById(videoId).select('status hlsStatus').lean();
  if (!video) throw videoNotFound();
  const { status, hlsStatus = 'unavailable' } = video;
  const { attempts = 0, lease, runAt = null, lastError } = job ?? {};
  return {
    status,
    hlsStatus,
    attempts,
    nextAttemptAt: lease === undefined ? runAt : null,
    error: lastError ? { code: lastError.code, message: lastError.message } : null,
  };
}

/**
 * Gives a job that had been given up as many attempts as a new one, from now on.
 * @throws ApiError 404 or 403; 409 NOTHING_FAILED
 */
export async function retryProcessing(
  { jobs }: Pick<AppDependencies, 'jobs'>,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  await requireOwnVideo(videoId, owner);
  await runInTransaction(async (session) => {
    const job = await MediaJob.findOneAndUpdate(
      { video: videoId, state: 'dead' },
      { $set: { state: 'waiting', runAt: new Date(), attempts: 0 } },
      { session },
    ).lean();
    if (!job) throw nothingFailed();
    const what = job.kind === 'publish' ? 'status' : 'hlsStatus';
    await Video.updateOne(
      { _id: videoId, [what]: 'failed' },
      { $set: { [what]: 'processing' } },
      { session, timestamps: false },
    );
  });
  jobs.wake();
}

function nothingFailed(): ApiError {
  return ApiError.conflict('Nothing about this video has failed', { code: 'NOTHING_FAILED' });
}
