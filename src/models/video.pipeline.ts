import type { PipelineStage, Types } from 'mongoose';
import { Like } from './like.model';
import { Subscription } from './subscription.model';
import { User, type UserFields } from './user.model';
import { WatchHistory } from './watch-history.model';
import { Video, type VideoFields } from './video.model';

/** A video with its owner joined in; the owner is absent when the account is gone. */
export type VideoWithOwner = Omit<VideoFields, 'owner' | 'keys'> & { owner?: OwnerFields };

export type OwnerFields = Pick<UserFields, '_id' | 'username' | 'fullName' | 'avatar'>;

/** What the watch page shows: the video, its channel, and what it is to this viewer. */
export type VideoDetails = Omit<VideoWithOwner, 'owner'> & {
  owner?: OwnerFields & Pick<UserFields, 'subscribersCount'>;
  isSubscribed: boolean;
  isLiked: boolean;
  progress: number;
};

/** A stage that may also stand in the pipeline of a join. */
export type RowStage = Exclude<PipelineStage, PipelineStage.Merge | PipelineStage.Out>;

/** Replaces the owner's id by the owner. Put it after paging: it reads one key per row. */
export function joinOwnerStages(extraFields: (keyof UserFields)[] = []): RowStage[] {
  return joinPersonAs('owner', extraFields);
}

/** Replaces the id of a person in `field` by what is shown of the person, absent when it is gone. */
export function joinPersonAs(field: string, extraFields: (keyof UserFields)[] = []): RowStage[] {
  const shown = ['username', 'fullName', 'avatar', ...extraFields];
  return [
    {
      $lookup: {
        from: User.collection.collectionName,
        localField: field,
        foreignField: '_id',
        pipeline: [{ $project: Object.fromEntries(shown.map((name) => [name, 1])) }],
        as: field,
      },
    },
    { $set: { [field]: { $first: `$${field}` } } },
  ];
}

/** A ranked row of a page; without a title, its video was hidden or deleted while it was being ranked. */
export type RankedVideo = VideoWithOwner | { _id: Types.ObjectId; title?: never };

/** True for a row with a video. */
export function isThere(row: RankedVideo): row is VideoWithOwner {
  return row.title !== undefined;
}

/**
 * Makes videos, ready to be shown, of rows that were ranked by their ids alone: whole videos would be
 * a lot to read and to sort for the few that are shown. Rows without a video stay, as places of a page.
 * @param filter what the videos must still match
 */
export function rankedVideoStages(filter: Record<string, unknown>): RowStage[] {
  return [
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: '_id',
        foreignField: '_id',
        pipeline: [{ $match: filter }],
        as: 'video',
      },
    },
    {
      $replaceWith: {
        $mergeObjects: [{ _id: '$_id', sortValue: '$sortValue' }, { $first: '$video' }],
      },
    },
    ...listedVideoStages(),
  ];
}

/** What makes rows of `videos` ready to be shown, once they are a page. */
export function listedVideoStages(): RowStage[] {
  return [{ $unset: 'keys' }, ...joinOwnerStages()];
}

/**
 * One video with everything that the watch page shows. Every join is bound to one key, so the cost
 * does not grow with likes, subscribers or history.
 * @returns stages that yield at most one `VideoDetails`, for those who may see it: its owner, and
 * everybody once it is published
 */
export function videoDetailsPipeline(
  videoId: Types.ObjectId,
  viewer: Types.ObjectId | undefined,
): PipelineStage[] {
  return [
    { $match: { _id: videoId, ...visibleTo(viewer) } },
    ...(viewer ? viewerStages(viewer) : guestStages()),
    ...joinOwnerStages(['subscribersCount']),
    { $unset: 'keys' },
  ];
}

/** A filter for what this person may see: everything published, and all of their own. */
export function visibleTo(viewer: Types.ObjectId | undefined): Record<string, unknown> {
  return viewer ? { $or: [{ isPublished: true }, { owner: viewer }] } : { isPublished: true };
}

function guestStages(): PipelineStage[] {
  return [{ $set: { isSubscribed: false, isLiked: false, progress: 0 } }];
}

function viewerStages(viewer: Types.ObjectId): PipelineStage[] {
  return [
    joinOne('isSubscribed', Subscription.collection.collectionName, 'owner', 'channel', {
      subscriber: viewer,
    }),
    joinOne('isLiked', Like.collection.collectionName, '_id', 'target', {
      likedBy: viewer,
      targetType: 'video',
    }),
    joinOne('watched', WatchHistory.collection.collectionName, '_id', 'video', { user: viewer }),
    {
      $set: {
        isSubscribed: { $gt: [{ $size: '$isSubscribed' }, 0] },
        isLiked: { $gt: [{ $size: '$isLiked' }, 0] },
        progress: { $ifNull: [{ $first: '$watched.progress' }, 0] },
      },
    },
    { $unset: 'watched' },
  ];
}

/** Joins the one row that a unique index holds for this viewer and this thing. */
export function joinOne(
  as: string,
  from: string,
  localField: string,
  foreignField: string,
  viewerMatch: Record<string, unknown>,
): RowStage {
  return {
    $lookup: {
      from,
      localField,
      foreignField,
      pipeline: [{ $match: viewerMatch }, { $limit: 1 }],
      as,
    },
  };
}
