import { z } from 'zod';
import { HLS_STATUSES, VIDEO_STATUSES } from '../../models/video.model';
import {
  address,
  count,
  EXAMPLE_ID,
  EXAMPLE_OWNER,
  EXAMPLE_TIME,
  id,
  owner,
  seconds,
  time,
} from './common.schema';

const videoFields = {
  _id: id,
  videoFile: address,
  thumbnail: address,
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  category: z.string(),
  duration: seconds,
  views: count,
  likesCount: count,
  commentsCount: count,
  isPublished: z.boolean(),
  /** For its owner and moderators alone. */
  takenDown: z.strictObject({ at: time, reason: z.string() }).optional(),
  status: z.enum(VIDEO_STATUSES),
  owner: owner.nullable(),
  createdAt: time,
  updatedAt: time,
};

export const video = z.strictObject(videoFields).meta({ id: 'Video' });

/** The video on its own page, with what it is to the caller. */
export const videoDetails = z
  .strictObject({
    ...videoFields,
    owner: owner.extend({ subscribersCount: count, isSubscribed: z.boolean() }).nullable(),
    isLiked: z.boolean(),
    progress: seconds,
    hlsStatus: z.enum(HLS_STATUSES),
    hlsUrl: z.url().optional(),
  })
  .meta({ id: 'VideoDetails' });

/** How far a video is on its way into the store. */
export const processing = z
  .strictObject({
    status: z.enum(VIDEO_STATUSES),
    hlsStatus: z.enum(HLS_STATUSES),
    attempts: count,
    nextAttemptAt: time.nullable(),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Processing' });

export const watchedVideo = z
  .strictObject({ ...videoFields, watchedAt: time, progress: seconds, completed: z.boolean() })
  .meta({ id: 'WatchedVideo' });

export const EXAMPLE_VIDEO = {
  _id: EXAMPLE_ID,
  videoFile: 'http://localhost:8000/media/9c/04/9c04d00d9c04d00d9c04d00d9c04d00d.mp4',
  thumbnail: 'http://localhost:8000/media/71/b2/71b2beef71b2beef71b2beef71b2beef.jpg',
  title: 'The analytical engine, explained',
  description: 'Wheels, cards and the first program.',
  tags: ['computing', 'history'],
  category: 'Education',
  duration: 312.4,
  views: 1815,
  likesCount: 42,
  commentsCount: 7,
  isPublished: true,
  status: 'ready',
  owner: EXAMPLE_OWNER,
  createdAt: EXAMPLE_TIME,
  updatedAt: EXAMPLE_TIME,
};
