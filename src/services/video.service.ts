import { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { Video, type VideoFields } from '../models/video.model';
import { videoDetailsPipeline, visibleTo, type VideoDetails } from '../models/video.pipeline';
import { ApiError } from '../utils/api-error';
import { invalidToken } from '../utils/authentication-errors';
import type { MediaFile } from './media/media-store';
import { removeQuietly, storeAll } from './media/stored-assets';
import { moveVideoTotals } from './video-totals.service';

export type VideoText = Pick<
  VideoFields,
  'title' | 'description' | 'tags' | 'category' | 'isPublished'
>;
export interface VideoFiles {
  videoFile: MediaFile;
  /** Needed unless the store cuts a still picture by itself. */
  thumbnail: MediaFile | undefined;
}

/**
 * Stores the files and then the video, with the totals that it counts in, in one transaction.
 * @returns the new video's id
 * @throws whatever the store or the database throws, after the stored files are removed again
 */
export async function publishVideo(
  { mediaStore, logger }: Pick<AppDependencies, 'mediaStore' | 'logger'>,
  owner: Types.ObjectId,
  text: VideoText,
  files: VideoFiles,
): Promise<Types.ObjectId> {
  const assets = await storeAll(mediaStore, logger, { ...files });
  const _id = new Types.ObjectId();
  try {
    await runInTransaction(async (session) => {
      const duration = assets.videoFile.durationSeconds ?? 0;
      await Video.create([{ _id, owner, ...text, ...assets, duration }], { session });
      const steps = { all: 1, published: text.isPublished ? 1 : 0 } as const;
      // An upload takes long enough for its owner to delete the account meanwhile.
      if (!(await moveVideoTotals(owner, steps, session))) throw invalidToken();
    });
  } catch (error) {
    await removeQuietly(mediaStore, logger, assets.videoFile, assets.thumbnail);
    throw error;
  }
  return _id;
}

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
