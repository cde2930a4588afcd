import type { Types } from 'mongoose';
import { aggregateRows } from '../db/driver-collection';
import { Video, type VideoFields } from '../models/video.model';
import {
  listedVideoStages,
  videoDetailsPipeline,
  visibleTo,
  type VideoDetails,
  type VideoWithOwner,
} from '../models/video.pipeline';
import { ApiError } from '../utils/api-error';

/**
 * A video as this viewer may see it.
 * @throws ApiError 404 when it is absent or hidden: whoever may not see it learns nothing of it
 */
export async function findVideo(
  videoId: Types.ObjectId,
  viewer: Types.ObjectId | undefined,
): Promise<VideoDetails> {
  const [video] = await Video.aggregate<VideoDetails>(videoDetailsPipeline(videoId, viewer));
  if (!video) throw videoNotFound();
  return video;
}

/**
 * A video as its owner sees it, without what only the watch page shows.
 * @throws ApiError 404 when it is absent, or another's
 */
export async function findOwnVideo(
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<VideoWithOwner> {
  const own = [{ $match: { _id: videoId, owner } }, ...listedVideoStages()];
  const [video] = await aggregateRows<VideoWithOwner>(Video, own);
  if (!video) throw videoNotFound();
  return video;
}

/**
 * What a viewer's action on a video needs to know of it.
 * @throws ApiError 404 when it is absent or hidden
 */
export async function requireVisibleVideo(
  videoId: Types.ObjectId,
  viewer: Types.ObjectId,
): Promise<Pick<VideoFields, '_id' | 'owner' | 'duration'>> {
  const video = await Video.findOne({ _id: videoId, ...visibleTo(viewer) })
    .select('owner duration')
    .lean();
  if (!video) throw videoNotFound();
  return video;
}

/** 404 for a video that is absent or hidden from this viewer. */
export function videoNotFound(): ApiError {
  return ApiError.notFound('Video not found', { code: 'VIDEO_NOT_FOUND' });
}
