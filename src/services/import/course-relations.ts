import { Types } from 'mongoose';
import { Comment } from '../../models/comment.model';
import { Like, LIKE_TARGETS, type LikeFields, type LikeTarget } from '../../models/like.model';
import { Subscription, type SubscriptionFields } from '../../models/subscription.model';
import { Tweet } from '../../models/tweet.model';
import { Video } from '../../models/video.model';
import { WatchHistory, type WatchHistoryFields } from '../../models/watch-history.model';
import { idOf, idsOf, timesOf, type CourseDocument } from './course-document';
import { person, requireId, requireThere, video } from './course-references';
import { LeftOut, type ImportStep, type Reference } from './import-step';

const LIKEABLES = {
  video: Video.collection,
  comment: Comment.collection,
  tweet: Tweet.collection,
} as const;

/** `likes`: the course keeps the id in the field that is named like the thing. */
export const LIKES_STEP: ImportStep<LikeFields> = {
  name: 'likes',
  from: 'likes',
  into: Like,
  refersTo: (source) => [
    person(source.likedBy),
    ...LIKE_TARGETS.map((type) => liked(source, type)),
  ],
  convert: (source, tools) => {
    const targetType = LIKE_TARGETS.find((type) => idOf(source[type]) !== undefined);
    if (!targetType) throw new LeftOut('it is a like of nothing');
    return [
      {
        _id: requireId(source),
        likedBy: requireThere(person(source.likedBy), 'who likes', tools),
        targetType,
        target: requireThere(liked(source, targetType), `the ${targetType}`, tools),
        createdAt: timesOf(source).createdAt,
      },
    ];
  },
  duplicate: () => 'the same person likes the same thing already',
};

function liked(source: CourseDocument, type: LikeTarget): Reference {
  return { in: LIKEABLES[type], id: idOf(source[type]) };
}

/** `subscriptions` */
export const SUBSCRIPTIONS_STEP: ImportStep<SubscriptionFields> = {
  name: 'subscriptions',
  from: 'subscriptions',
  into: Subscription,
  refersTo: (source) => [person(source.subscriber), person(source.channel)],
  convert: (source, tools) => {
    const subscriber = requireThere(person(source.subscriber), 'its subscriber', tools);
    const channel = requireThere(person(source.channel), 'its channel', tools);
    if (subscriber.equals(channel)) throw new LeftOut('nobody subscribes to their own channel');
    const { createdAt } = timesOf(source);
    return [{ _id: requireId(source), subscriber, channel, createdAt }];
  },
  duplicate: () => 'the same person subscribes to the same channel already',
};

/**
 * `watchHistory` of each user: ids, the last watched at the end, and no times. So the last is as old as
 * the last change of the user, and each before it a second older, which keeps their order.
 */
export const HISTORY_STEP: ImportStep<WatchHistoryFields> = {
  name: 'watch histories',
  from: 'users',
  into: WatchHistory,
  refersTo: (source) => [person(source._id), ...idsOf(source.watchHistory).map(video)],
  convert: (source, tools) => {
    const watched = lastOfEach(idsOf(source.watchHistory));
    if (watched.length === 0 || !tools.isThere(person(source._id))) return [];
    const user = requireId(source);
    const { updatedAt } = timesOf(source);
    const known = watched.filter((id) => tools.isThere(video(id)));
    if (known.length < watched.length) tools.changed('videos that are not there were taken out');
    return known.map((id, place) => ({
      _id: new Types.ObjectId(),
      user,
      video: id,
      watchedAt: new Date(updatedAt.getTime() - (known.length - 1 - place) * 1000),
    }));
  },
};

/** Each id once, where it is last. */
function lastOfEach(ids: readonly Types.ObjectId[]): Types.ObjectId[] {
  const byText = new Map<string, Types.ObjectId>();
  for (const id of ids) {
    const text = id.toString();
    // A map keeps the place of a key that it has.
    byText.delete(text);
    byText.set(text, id);
  }
  return [...byText.values()];
}
