import type { Types } from 'mongoose';
import { Subscription } from './subscription.model';
import { User, type UserFields } from './user.model';
import { Video } from './video.model';
import { joinOne, type OwnerFields, type RowStage, type VideoWithOwner } from './video.pipeline';

/** A person in a list of subscriptions; `latestVideo` has no owner, as that is the person. */
export type ListedChannel = OwnerFields &
  Pick<UserFields, 'subscribersCount'> & {
    isSubscribed: boolean;
    latestVideo?: Omit<VideoWithOwner, 'owner'>;
  };

/** A subscription with the person at its other end; absent when the account is gone. */
export interface ListedSubscription {
  _id: Types.ObjectId;
  person?: ListedChannel;
  createdAt: Date;
}

/**
 * Joins the person at one end of each subscription. Put it after paging.
 * @param viewer decides `isSubscribed`
 */
export function joinPersonStages(
  end: 'subscriber' | 'channel',
  viewer: Types.ObjectId,
): RowStage[] {
  return [
    {
      $lookup: {
        from: User.collection.collectionName,
        localField: end,
        foreignField: '_id',
        pipeline: [
          { $project: { username: 1, fullName: 1, avatar: 1, subscribersCount: 1 } },
          joinOne('isSubscribed', Subscription.collection.collectionName, '_id', 'channel', {
            subscriber: viewer,
          }),
          { $set: { isSubscribed: { $gt: [{ $size: '$isSubscribed' }, 0] } } },
          ...(end === 'channel' ? joinLatestVideoStages() : []),
        ],
        as: 'person',
      },
    },
    { $set: { person: { $first: '$person' } } },
  ];
}

function joinLatestVideoStages(): RowStage[] {
  return [
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: '_id',
        foreignField: 'owner',
        pipeline: [
          { $match: { isPublished: true } },
          { $sort: { createdAt: -1, _id: -1 } },
          { $limit: 1 },
          { $unset: ['keys', 'owner'] },
        ],
        as: 'latestVideo',
      },
    },
    { $set: { latestVideo: { $first: '$latestVideo' } } },
  ];
}
