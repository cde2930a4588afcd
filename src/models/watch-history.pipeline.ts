import type { PipelineStage, Types } from 'mongoose';
import { User } from './user.model';
import { Video, type VideoFields } from './video.model';
import { visibleTo, type OwnerFields } from './video.pipeline';
import type { WatchHistoryFields } from './watch-history.model';

/** One row of the history; `video` is absent when it is gone or hidden from this viewer. */
export type HistoryRow = Pick<
  WatchHistoryFields,
  '_id' | 'watchedAt' | 'progress' | 'completed'
> & {
  video?: Omit<VideoFields, 'owner' | 'keys'>;
  owner?: OwnerFields;
};

export interface HistoryPosition {
  /** Rows to pass over, for numbered pages. */
  skip?: number;
  /** The last row already shown, for cursors. */
  after?: { watchedAt: Date; id: Types.ObjectId };
}

/**
 * One page of a person's history, newest first, and one row more to know whether another follows.
 * Walks the (user, watchedAt, _id) index from the position on; videos and owners are joined to this
 * page alone, so the cost is the same at a hundred thousand entries.
 */
export function watchHistoryPipeline(
  user: Types.ObjectId,
  limit: number,
  { skip = 0, after }: HistoryPosition,
): PipelineStage[] {
  return [
    { $match: { user, ...(after ? olderThan(after) : {}) } },
    { $sort: { watchedAt: -1, _id: -1 } },
    ...(skip > 0 ? [{ $skip: skip }] : []),
    { $limit: limit + 1 },
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: 'video',
        foreignField: '_id',
        pipeline: [{ $match: visibleTo(user) }, { $unset: 'keys' }],
        as: 'video',
      },
    },
    { $set: { video: { $first: '$video' } } },
    {
      $lookup: {
        from: User.collection.collectionName,
        localField: 'video.owner',
        foreignField: '_id',
        pipeline: [{ $project: { username: 1, fullName: 1, avatar: 1 } }],
        as: 'owner',
      },
    },
    { $set: { owner: { $first: '$owner' } } },
  ];
}

function olderThan({ watchedAt, id }: NonNullable<HistoryPosition['after']>) {
  return { $or: [{ watchedAt: { $lt: watchedAt } }, { watchedAt, _id: { $lt: id } }] };
}
