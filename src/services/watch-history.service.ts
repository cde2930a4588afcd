import type { Types } from 'mongoose';
import { COMPLETED_SHARE } from '../constants';
import { retryUpsert } from '../db/duplicate-key';
import { User } from '../models/user.model';
import type { VideoFields } from '../models/video.model';
import { listedVideoStages, type VideoWithOwner } from '../models/video.pipeline';
import { WatchHistory, type WatchHistoryFields } from '../models/watch-history.model';
import type { ArrayPage, PageQuery } from './paging/array-page';
import type { KeysetOrder } from './paging/keyset-order';
import {
  joinVideoStages,
  pageOfVideoReferences,
  type VideoReferenceList,
} from './paging/video-reference-page';

/** One entry of a history, with its video. */
export type WatchedRow = Pick<WatchHistoryFields, 'watchedAt' | 'progress' | 'completed'> & {
  video: VideoWithOwner;
};

const LAST_WATCHED_FIRST: KeysetOrder = { field: 'watchedAt', kind: 'date', direction: -1 };

export type WatchState = Pick<WatchHistoryFields, 'progress' | 'watchedAt' | 'completed'>;

/**
 * Puts a video on top of a person's history; one that is there already moves up. Does nothing while
 * the history is paused.
 * @param progress seconds from the start; absent: the resume position stays
 * @returns the row as it is now, or as it would be
 */
export async function recordWatching(
  user: Types.ObjectId,
  video: Pick<VideoFields, '_id' | 'duration'>,
  progress?: number,
): Promise<WatchState> {
  const state = { watchedAt: new Date(), ...watchedTo(progress, video.duration) };
  if (await isPaused(user)) return { progress: 0, completed: false, ...state };
  return retryUpsert(() =>
    WatchHistory.findOneAndUpdate(
      { user, video: video._id },
      { $set: state },
      { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
    )
      .select('progress watchedAt completed')
      .orFail()
      .lean(),
  );
}

function watchedTo(progress: number | undefined, duration: number) {
  if (progress === undefined) return {};
  return {
    progress: Math.min(progress, duration),
    completed: progress >= duration * COMPLETED_SHARE,
  };
}

/**
 * One page of the videos in a person's history, last watched first.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listHistory(
  user: Types.ObjectId,
  query: PageQuery,
): Promise<ArrayPage<WatchedRow>> {
  return pageOfVideoReferences<Partial<WatchedRow> & Omit<WatchedRow, 'video'>>(
    WatchHistory,
    historyList(user),
    query,
  );
}

export function historyList(user: Types.ObjectId): VideoReferenceList {
  return {
    filter: { user },
    order: LAST_WATCHED_FIRST,
    videoField: 'video',
    viewer: user,
    joins: joinVideoStages('video', user, listedVideoStages()),
  };
}

/** Takes one video out of the history; one that is not in it is fine. */
export async function forgetVideo(user: Types.ObjectId, videoId: Types.ObjectId): Promise<void> {
  await WatchHistory.deleteOne({ user, video: videoId });
}

/** Empties the history, and with it every resume position. */
export async function clearHistory(user: Types.ObjectId): Promise<void> {
  await WatchHistory.deleteMany({ user });
}

/** While paused, watching leaves no trace. */
export async function setHistoryPaused(user: Types.ObjectId, paused: boolean): Promise<void> {
  await User.updateOne({ _id: user }, { $set: { historyPaused: paused } });
}

async function isPaused(user: Types.ObjectId): Promise<boolean> {
  return (await User.exists({ _id: user, historyPaused: true })) !== null;
}
