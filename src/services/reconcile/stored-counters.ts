import type { Collection } from 'mongoose';
import { Comment } from '../../models/comment.model';
import { Like, type LikeTarget } from '../../models/like.model';
import { Subscription } from '../../models/subscription.model';
import { Tweet } from '../../models/tweet.model';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';

/** A number that is stored in a document and says how many rows of another collection refer to it. */
export interface StoredCounter {
  field: string;
  rows: Collection;
  /** The rows' field that holds the document's id; the first of an index, as counting reads by it. */
  by: string;
  /** Which of these rows count; all, when absent. */
  matching?: Readonly<Record<string, unknown>>;
}

export interface CountedCollection {
  collection: Collection;
  counters: readonly StoredCounter[];
}

/**
 * Every counter that rows can recompute. A video's `views` is not among them: the marks behind it
 * expire, so the counter is all that is known.
 */
export const COUNTED_COLLECTIONS: readonly CountedCollection[] = [
  {
    collection: User.collection,
    counters: [
      { field: 'subscribersCount', rows: Subscription.collection, by: 'channel' },
      { field: 'subscribedToCount', rows: Subscription.collection, by: 'subscriber' },
      {
        field: 'videosCount',
        rows: Video.collection,
        by: 'owner',
        matching: { isPublished: true },
      },
      { field: 'allVideosCount', rows: Video.collection, by: 'owner' },
      { field: 'tweetsCount', rows: Tweet.collection, by: 'owner' },
    ],
  },
  {
    collection: Video.collection,
    counters: [
      likesOf('video'),
      { field: 'commentsCount', rows: Comment.collection, by: 'video' },
      {
        field: 'topCommentsCount',
        rows: Comment.collection,
        by: 'video',
        matching: { parent: null },
      },
    ],
  },
  {
    collection: Comment.collection,
    counters: [
      likesOf('comment'),
      { field: 'repliesCount', rows: Comment.collection, by: 'parent' },
    ],
  },
  { collection: Tweet.collection, counters: [likesOf('tweet')] },
];

function likesOf(targetType: LikeTarget): StoredCounter {
  return {
    field: 'likesCount',
    rows: Like.collection,
    by: 'target',
    matching: { targetType },
  };
}
