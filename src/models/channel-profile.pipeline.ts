import type { PipelineStage, Types } from 'mongoose';
import { Subscription } from './subscription.model';
import type { UserFields } from './user.model';

/** One row of `channelProfilePipeline`. */
export type ChannelProfile = Pick<
  UserFields,
  | '_id'
  | 'username'
  | 'email'
  | 'fullName'
  | 'description'
  | 'avatar'
  | 'coverImage'
  | 'subscribersCount'
  | 'subscribedToCount'
  | 'videosCount'
  | 'createdAt'
> & { isSubscribed: boolean };

/**
 * The channel page of one user as a pipeline on `users`. It reads two index keys however many
 * subscribers there are: the counts are stored, and the join is bound to the one viewer.
 * @param username lower-cased
 * @param viewer the signed-in user; a guest is subscribed to nothing
 * @returns stages that yield at most one `ChannelProfile`
 */
export function channelProfilePipeline(username: string, viewer?: Types.ObjectId): PipelineStage[] {
  return [
    { $match: { username } },
    ...(viewer ? viewerSubscriptionStages(viewer) : [{ $addFields: { isSubscribed: false } }]),
    {
      $project: {
        username: 1,
        email: 1,
        fullName: 1,
        description: 1,
        avatar: 1,
        coverImage: 1,
        subscribersCount: 1,
        subscribedToCount: 1,
        videosCount: 1,
        createdAt: 1,
        isSubscribed: 1,
      },
    },
  ];
}

function viewerSubscriptionStages(viewer: Types.ObjectId): PipelineStage[] {
  return [
    {
      $lookup: {
        from: Subscription.collection.collectionName,
        localField: '_id',
        foreignField: 'channel',
        pipeline: [{ $match: { subscriber: viewer } }, { $limit: 1 }, { $project: { _id: 1 } }],
        as: 'viewerSubscription',
      },
    },
    { $addFields: { isSubscribed: { $gt: [{ $size: '$viewerSubscription' }, 0] } } },
  ];
}
