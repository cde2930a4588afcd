import type { ClientSession } from 'mongoose';
import { MediaJob } from '../../models/media-job.model';
import type { VideoFields } from '../../models/video.model';

/**
 * Cancels what is still to be done for a video that goes. Call it in the transaction that deletes
 * the video; whoever is at one of its jobs, or takes it up, clears away files and assets.
 * @returns whether there may be such a job
 */
export async function cancelJobsOf(
  { _id, status, hlsStatus }: Pick<VideoFields, '_id' | 'status' | 'hlsStatus'>,
  session: ClientSession | undefined,
): Promise<boolean> {
  const isSettled = hlsStatus === undefined || hlsStatus === 'ready' || hlsStatus === 'unavailable';
  if (status === 'ready' && isSettled) return false;
  // Nobody is at those without a lease: they are due at once.
  const at = { session };
  const open = { video: _id, state: { $ne: 'cancelled' } } as const;
  const idle = { ...open, lease: { $exists: false } };
  await MediaJob.updateMany(idle, { $set: { state: 'cancelled', runAt: new Date() } }, at);
  await MediaJob.updateMany(open, { $set: { state: 'cancelled' } }, at);
  return true;
}
