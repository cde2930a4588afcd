import type { Collection } from 'mongoose';
import { Comment } from '../../models/comment.model';
import { DayViews } from '../../models/day-views.model';
import { Like } from '../../models/like.model';
import { Playlist } from '../../models/playlist.model';
import { Subscription } from '../../models/subscription.model';
import { Tweet } from '../../models/tweet.model';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';
import { WatchHistory } from '../../models/watch-history.model';
import { dayViewsCount, dayViewsRow, listRow, watchLaterCount, watchLaterRow } from './rows/lists';
import { personRow } from './rows/people';
import {
  commentLikeRow,
  subscriptionRow,
  tweetLikeRow,
  videoLikeRow,
  watchedRow,
} from './rows/relations';
import type { RowTools } from './rows/row-tools';
import { commentRow, replyRow, tweetRow } from './rows/talk';
import { videoRow } from './rows/videos';
import type { RowKind } from './seed-ids';
import type { SeedPlan } from './seed-plan';

/** How the rows of one kind come to be; each follows from its place alone. */
export interface SeedStep {
  kind: RowKind;
  /** What the progress calls them. */
  name: string;
  collection: Collection;
  count: (plan: SeedPlan) => number;
  row: (tools: RowTools, place: number) => object;
}

/** In this order: nothing refers to what is not there yet. */
export const SEED_STEPS: readonly SeedStep[] = [
  step('person', 'people', User.collection, (plan) => plan.people, personRow),
  step('video', 'videos', Video.collection, (plan) => plan.videos, videoRow),
  step('tweet', 'tweets', Tweet.collection, (plan) => plan.tweets, tweetRow),
  step('comment', 'comments', Comment.collection, (plan) => plan.comments, commentRow),
  step('reply', 'replies', Comment.collection, (plan) => plan.replies, replyRow),
  step(
    'subscription',
    'subscriptions',
    Subscription.collection,
    (plan) => plan.subscriptions,
    subscriptionRow,
  ),
  step('video-like', 'likes of videos', Like.collection, (plan) => plan.videoLikes, videoLikeRow),
  step(
    'comment-like',
    'likes of comments',
    Like.collection,
    (plan) => plan.commentLikes,
    commentLikeRow,
  ),
  step('tweet-like', 'likes of tweets', Like.collection, (plan) => plan.tweetLikes, tweetLikeRow),
  step('watched', 'watch histories', WatchHistory.collection, (plan) => plan.watched, watchedRow),
  step('playlist', 'playlists', Playlist.collection, (plan) => plan.playlists, listRow),
  step('watch-later', 'lists for later', Playlist.collection, watchLaterCount, watchLaterRow),
  step('day-views', 'views by day', DayViews.collection, dayViewsCount, dayViewsRow),
];

function step(
  kind: RowKind,
  name: string,
  collection: Collection,
  count: SeedStep['count'],
  row: SeedStep['row'],
): SeedStep {
  return { kind, name, collection, count, row };
}
