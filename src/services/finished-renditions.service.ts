import type { ClientSession } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { MediaJob } from '../models/media-job.model';
import { Video } from '../models/video.model';
import type { FinishedRenditions } from './media/cloudinary-notification';

/**
 * Takes over what the provider has finished, and ends the job that waits for it. Doing it again
 * changes nothing; nor does an asset that no video has, or has no more. One whose video is only
 * about to have it is found later, by the job that looks for it.
 * @returns whether a video has the asset
 */
export function settleRenditions({ publicId, hlsUrl }: FinishedRenditions): Promise<boolean> {
  return runInTransaction((session) =>
    hlsUrl === undefined
      ? recordFailure(publicId, session)
      : recordPlaylist(publicId, hlsUrl, session),
  );
}

async function recordPlaylist(
  publicId: string,
  hlsUrl: string,
  session: ClientSession | undefined,
): Promise<boolean> {
  const video = await Video.findOneAndUpdate(
    { 'videoFile.publicId': publicId },
    { $set: { 'videoFile.hlsUrl': hlsUrl, hlsStatus: 'ready' } },
    { session, timestamps: false, projection: { _id: 1 } },
  ).lean();
  if (!video) return false;
  await MediaJob.deleteMany(
    { video: video._id, kind: 'renditions', state: { $ne: 'cancelled' } },
    { session },
  );
  return true;
}

/** What is ready stays ready: a notification may come late. */
async function recordFailure(
  publicId: string,
  session: ClientSession | undefined,
): Promise<boolean> {
  const video = await Video.findOneAndUpdate(
    { 'videoFile.publicId': publicId, hlsStatus: { $ne: 'ready' } },
    { $set: { hlsStatus: 'failed' } },
    { session, timestamps: false, projection: { _id: 1 } },
  ).lean();
  if (!video) return false;
  const message = 'The media provider could not make the streaming renditions';
  await MediaJob.updateMany(
    { video: video._id, kind: 'renditions', state: 'waiting' },
    {
      $set: { state: 'dead', lastError: { code: 'PROVIDER_ERROR', message, at: new Date() } },
      $unset: { runAt: true, lease: true },
    },
    { session },
  );
  return true;
}
