import type { Collection, Types } from 'mongoose';
import { Comment, type CommentFields } from '../../models/comment.model';
import { DayViews, type DayViewsFields } from '../../models/day-views.model';
import { Like, type LikeFields } from '../../models/like.model';
import { Playlist, type PlaylistFields } from '../../models/playlist.model';
import { Report, type ReportFields } from '../../models/report.model';
import { Session, type SessionFields } from '../../models/session.model';
import { Subscription, type SubscriptionFields } from '../../models/subscription.model';
import { Tweet, type TweetFields } from '../../models/tweet.model';
import { ViewMark, type ViewMarkFields } from '../../models/view-mark.model';
import { WatchHistory, type WatchHistoryFields } from '../../models/watch-history.model';

/** One list of an export: a file of JSON, in which every row is one line. */
export interface ExportPart {
  /** Without `.json`. */
  name: string;
  /** What it holds, for whoever opens the archive. */
  holds: string;
  /** The rows of one person, read as they are asked for. */
  rowsOf: (userId: Types.ObjectId) => AsyncIterable<object>;
}

const BATCH_SIZE = 500;

interface Selection<Row> {
  /** Whose rows: the field that holds the person's id. */
  of: keyof Row & string;
  /** Every field that leaves; one that is added to a model stays inside until it is named here. */
  fields: readonly (keyof Row & string)[];
  /** Only where an index has this order. */
  sort?: Readonly<Record<string, 1 | -1>>;
}

/** Other people and their things appear by their ids alone: what they say is theirs to export. */
export const EXPORT_PARTS: readonly ExportPart[] = [
  part<SessionFields>('sessions', 'Devices that you are signed in on', Session.collection, {
    of: 'user',
    fields: ['_id', 'ip', 'userAgent', 'createdAt', 'lastUsedAt', 'expiresAt', 'endsAt'],
  }),
  part<CommentFields>('comments', 'Comments and replies that you wrote', Comment.collection, {
    of: 'owner',
    fields: [
      '_id',
      'video',
      'parent',
      'content',
      'likesCount',
      'repliesCount',
      'createdAt',
      'updatedAt',
    ],
  }),
  part<TweetFields>('tweets', 'Tweets that you posted', Tweet.collection, {
    of: 'owner',
    fields: ['_id', 'content', 'likesCount', 'createdAt', 'updatedAt'],
    sort: { createdAt: -1, _id: -1 },
  }),
  part<PlaylistFields>(
    'playlists',
    'Your playlists, and your list to watch later',
    Playlist.collection,
    {
      of: 'owner',
      fields: [
        '_id',
        'kind',
        'name',
        'description',
        'isPublic',
        'videos',
        'createdAt',
        'updatedAt',
      ],
    },
  ),
  part<LikeFields>('likes', 'Videos, comments and tweets that you like', Like.collection, {
    of: 'likedBy',
    fields: ['_id', 'targetType', 'target', 'createdAt'],
  }),
  part<SubscriptionFields>('subscriptions', 'Channels that you follow', Subscription.collection, {
    of: 'subscriber',
    fields: ['_id', 'channel', 'createdAt'],
    sort: { createdAt: -1, _id: -1 },
  }),
  part<SubscriptionFields>('subscribers', 'People who follow you', Subscription.collection, {
    of: 'channel',
    fields: ['_id', 'subscriber', 'createdAt'],
    sort: { createdAt: -1, _id: -1 },
  }),
  part<WatchHistoryFields>('watch-history', 'Videos that you watched', WatchHistory.collection, {
    of: 'user',
    fields: ['_id', 'video', 'watchedAt', 'progress', 'completed'],
    sort: { watchedAt: -1, _id: -1 },
  }),
  part<DayViewsFields>('channel-views', 'Views of your channel, day by day', DayViews.collection, {
    of: 'owner',
    fields: ['day', 'views'],
    sort: { day: -1 },
  }),
  part<ReportFields>('reports', 'Reports that you made', Report.collection, {
    of: 'reporter',
    fields: [
      '_id',
      'targetType',
      'target',
      'reason',
      'details',
      'status',
      'createdAt',
      'resolvedAt',
    ],
    sort: { createdAt: -1, _id: -1 },
  }),
  {
    name: 'counted-views',
    holds: 'Videos whose views by you are counted already, and until when that is kept',
    rowsOf: (userId) => {
      const { fields } = VIEW_MARKS;
      return rows(ViewMark.collection, { viewer: userId.toString() }, { fields });
    },
  },
];

const VIEW_MARKS: Pick<Selection<ViewMarkFields>, 'fields'> = { fields: ['video', 'expiresAt'] };

function part<Row>(
  name: string,
  holds: string,
  collection: Collection,
  { of, ...selection }: Selection<Row>,
): ExportPart {
  return { name, holds, rowsOf: (userId) => rows(collection, { [of]: userId }, selection) };
}

function rows(
  collection: Collection,
  filter: Record<string, unknown>,
  { fields, sort = {} }: { fields: readonly string[]; sort?: Readonly<Record<string, 1 | -1>> },
): AsyncIterable<object> {
  const projection: Record<string, 0 | 1> = { _id: 0 };
  for (const field of fields) projection[field] = 1;
  return collection.find(filter, { projection, sort, batchSize: BATCH_SIZE });
}
