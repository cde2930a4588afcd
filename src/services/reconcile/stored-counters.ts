import type { Collection } from 'mongoose';
import { Comment } from '../../models/comment.model';
import { Like, type LikeTarget } from '../../models/like.model';
import { Subscription } from '../../models/subscription.model';
import { Tweet } from '../../models/tweet.model';
import { UserFile } from '../../models/user-file.model';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';

/** A number that is stored in a document and that rows which refer to it add up to. */
export interface StoredCounter {
  field: string;
  /** Most numbers count the rows of one collection. */
  sources: readonly CountedRows[];
}

export interface CountedRows {
  rows: Collection;
  /** The rows' field that holds the document's id; the first of an index, as counting reads by it. */
  by: string;
  /** Which of these rows count; all, when absent. */
  matching?: Readonly<Record<string, unknown>>;
  /** An expression for what each of them adds; one, when absent. */
  measure?: unknown;
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
      counter('subscribersCount', { rows: Subscription.collection, by: 'channel' }),
      counter('subscribedToCount', { rows: Subscription.collection, by: 'subscriber' }),
      counter('videosCount', {
        rows: Video.collection,
        by: 'owner',
        matching: { isPublished: true },
      }),
      counter('allVideosCount', { rows: Video.collection, by: 'owner' }),
      counter('tweetsCount', { rows: Tweet.collection, by: 'owner' }),
      counter(
        'storedBytes',
        { rows: User.collection, by: '_id', measure: sumOf('avatar.bytes', 'coverImage.bytes') },
        {
          rows: Video.collection,
          by: 'owner',
          measure: sumOf('videoFile.bytes', 'thumbnail.bytes', 'acceptedBytes'),
        },
        { rows: UserFile.collection, by: 'owner', measure: sumOf('asset.bytes') },
      ),
    ],
  },
  {
    collection: Video.collection,
    counters: [
      likesOf('video'),
      counter('commentsCount', { rows: Comment.collection, by: 'video' }),
      counter('topCommentsCount', {
        rows: Comment.collection,
        by: 'video',
        matching: { parent: null },
      }),
    ],
  },
  {
    collection: Comment.collection,
    counters: [
      likesOf('comment'),
      counter('repliesCount', { rows: Comment.collection, by: 'parent' }),
    ],
  },
  { collection: Tweet.collection, counters: [likesOf('tweet')] },
];

function likesOf(targetType: LikeTarget): StoredCounter {
  return counter('likesCount', { rows: Like.collection, by: 'target', matching: { targetType } });
}

function counter(field: string, ...sources: CountedRows[]): StoredCounter {
  return { field, sources };
}

/** Absent fields add nothing. */
function sumOf(...fields: string[]) {
  return { $add: fields.map((field) => ({ $ifNull: [`$${field}`, 0] })) };
}
