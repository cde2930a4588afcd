import type { LikeFields, LikeTarget } from '../../../models/like.model';
import type { SubscriptionFields } from '../../../models/subscription.model';
import type { WatchHistoryFields } from '../../../models/watch-history.model';
import { COMPLETED_SHARE } from '../../../constants';
import { DRAW } from '../draws';
import { clipAsset } from './videos';
import { daysAgo, idOf, publishedAt, timeAfter, VERSION, type RowTools } from './row-tools';
import { commentedAt, tweetedAt } from './talk';

const OLDEST_SUBSCRIPTION_DAYS = 400;
const HISTORY_DAYS = 60;
/** Differs for the likes of different kinds of things. */
const SALT = { video: 0, comment: 1_000_003, tweet: 2_000_003 } as const;

export function videoLikeRow(tools: RowTools, row: number): LikeFields {
  const { owner: video, place } = tools.shape.videoLikes.find(row);
  const since = publishedAt(tools, video);
  const target = { type: 'video', place: video, id: idOf(tools, 'video', video) } as const;
  return likeRow(tools, idOf(tools, 'video-like', row), target, place, since);
}

export function commentLikeRow(tools: RowTools, row: number): LikeFields {
  const { owner: remark, place } = tools.shape.commentLikes.find(row);
  const { comments } = tools.shape.plan;
  const isReply = remark >= comments;
  const id = isReply ? idOf(tools, 'reply', remark - comments) : idOf(tools, 'comment', remark);
  const comment = isReply ? tools.shape.replies.find(remark - comments).owner : remark;
  const target = { type: 'comment', place: remark, id } as const;
  return likeRow(
    tools,
    idOf(tools, 'comment-like', row),
    target,
    place,
    commentedAt(tools, comment),
  );
}

export function tweetLikeRow(tools: RowTools, row: number): LikeFields {
  const { owner: tweet, place } = tools.shape.tweetLikes.find(row);
  const target = { type: 'tweet', place: tweet, id: idOf(tools, 'tweet', tweet) } as const;
  return likeRow(tools, idOf(tools, 'tweet-like', row), target, place, tweetedAt(tools, tweet));
}

function likeRow(
  tools: RowTools,
  _id: LikeFields['_id'],
  target: { type: LikeTarget; place: number; id: LikeFields['target'] },
  place: number,
  since: Date,
): LikeFields {
  const { shape } = tools;
  const salted = target.place + SALT[target.type];
  return {
    _id,
    likedBy: idOf(tools, 'person', shape.likerOf(salted, place)),
    targetType: target.type,
    target: target.id,
    createdAt: timeAfter(since, tools, shape.random.unit(DRAW.liked, salted, place + 1)),
    ...VERSION,
  };
}

export function subscriptionRow(tools: RowTools, row: number): SubscriptionFields {
  const { subscriber, channel } = tools.shape.subscriberOf(row);
  return {
    _id: idOf(tools, 'subscription', row),
    subscriber: idOf(tools, 'person', subscriber),
    channel: idOf(tools, 'person', channel),
    createdAt: daysAgo(
      tools,
      tools.shape.random.unit(DRAW.time, row, 3) ** 1.5 * OLDEST_SUBSCRIPTION_DAYS,
    ),
    ...VERSION,
  };
}

/** Those that somebody has watched, the last one first; most to the end, many only in part. */
export function watchedRow(tools: RowTools, row: number): WatchHistoryFields {
  const { shape } = tools;
  const { owner: person, place } = shape.watched.find(row);
  const video = shape.watchedVideo(person, place);
  const duration = clipAsset(tools, video).durationSeconds ?? 0;
  const drawn = shape.random.unit(DRAW.progress, row);
  const share = drawn < 0.45 ? 1 : 0.1 + 0.8 * shape.random.unit(DRAW.progress, row, 1);
  const days = ((place + drawn) / shape.watched.sizeOf(person)) * HISTORY_DAYS;
  const seen = daysAgo(tools, days);
  const since = publishedAt(tools, video);
  return {
    _id: idOf(tools, 'watched', row),
    user: idOf(tools, 'person', person),
    video: idOf(tools, 'video', video),
    watchedAt: seen > since ? seen : timeAfter(since, tools, drawn),
    progress: Math.round(duration * share * 10) / 10,
    completed: share >= COMPLETED_SHARE,
    ...VERSION,
  };
}
