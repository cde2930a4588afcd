import { Types } from 'mongoose';
import { COMPLETED_SHARE } from '../constants';
import { retryUpsert } from '../db/duplicate-key';
import { User } from '../models/user.model';
import type { VideoFields } from '../models/video.model';
import { WatchHistory, type WatchHistoryFields } from '../models/watch-history.model';
import {
  watchHistoryPipeline,
  type HistoryPosition,
  type HistoryRow,
} from '../models/watch-history.pipeline';
import {
  decodeCursor,
  encodeCursor,
  rowsBefore,
  splitPage,
  type ListPagination,
} from '../utils/pagination';

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
 * One page of a person's history, newest first.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listHistory(
  user: Types.ObjectId,
  { page, limit, cursor }: { page: number; limit: number; cursor?: string | undefined },
): Promise<{ rows: HistoryRow[]; pagination: ListPagination }> {
  const position: HistoryPosition =
    cursor === undefined ? { skip: rowsBefore(page, limit) } : { after: decodePosition(cursor) };
  const found = await WatchHistory.aggregate<HistoryRow>(
    watchHistoryPipeline(user, limit, position),
  );
  const { rows, hasNextPage } = splitPage(found, limit);
  const last = rows.at(-1);
  const nextCursor =
    hasNextPage && last ? encodeCursor([last.watchedAt.toISOString(), last._id.toString()]) : null;
  return { rows, pagination: { limit, hasNextPage, nextCursor } };
}

function decodePosition(cursor: string): HistoryPosition['after'] {
  const [watchedAt, id] = decodeCursor(cursor, ['date', 'id']) as [string, string];
  return { watchedAt: new Date(watchedAt), id: new Types.ObjectId(id) };
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
