import type { CommentFields } from '../../../models/comment.model';
import type { TweetFields } from '../../../models/tweet.model';
import { NEWS_FORMS, OPENERS, REMARKS, REPLIES, WRITTEN_POSTS } from '../content/texts';
import { DRAW } from '../draws';
import { modelChannel } from '../sample-names';
import { at } from '../seed-random';
import { daysAgo, idOf, publishedAt, timeAfter, VERSION, type RowTools } from './row-tools';
import { titleOf } from './videos';

const TWEET_DAYS = 90;

export function commentRow(tools: RowTools, comment: number): CommentFields {
  const { shape } = tools;
  const { owner: video, place } = shape.comments.find(comment);
  const createdAt = commentedAt(tools, comment);
  return {
    _id: idOf(tools, 'comment', comment),
    video: idOf(tools, 'video', video),
    parent: null,
    owner: idOf(tools, 'person', shape.random.below(shape.plan.people, DRAW.author, comment)),
    content: remarkOf(tools, video, place),
    likesCount: shape.commentLikes.sizeOf(comment),
    repliesCount: shape.replies.sizeOf(comment),
    createdAt,
    updatedAt: createdAt,
    ...VERSION,
  };
}

export function replyRow(tools: RowTools, reply: number): CommentFields {
  const { shape } = tools;
  const { random, plan } = shape;
  const { owner: comment, place } = shape.replies.find(reply);
  const video = shape.comments.find(comment).owner;
  const createdAt = timeAfter(commentedAt(tools, comment), tools, random.unit(DRAW.time, reply, 1));
  // The first to answer is, as often as not, whose video it is.
  const isChannel = place === 0 && random.unit(DRAW.author, reply, 2) < 0.5;
  const author = isChannel
    ? (shape.videos.owners[video] ?? 0)
    : random.below(plan.people, DRAW.author, reply, 1);
  return {
    _id: idOf(tools, 'reply', reply),
    video: idOf(tools, 'video', video),
    parent: idOf(tools, 'comment', comment),
    owner: idOf(tools, 'person', author),
    content: at(REPLIES, random.below(REPLIES.length, DRAW.text, comment, 3) + place),
    likesCount: shape.commentLikes.sizeOf(plan.comments + reply),
    repliesCount: 0,
    createdAt,
    updatedAt: createdAt,
    ...VERSION,
  };
}

export function tweetRow(tools: RowTools, tweet: number): TweetFields {
  const { shape } = tools;
  const channel = shape.tweetOwners[tweet] ?? 0;
  const createdAt = tweetedAt(tools, tweet);
  return {
    _id: idOf(tools, 'tweet', tweet),
    owner: idOf(tools, 'person', channel),
    content: postOf(tools, tweet),
    likesCount: shape.tweetLikes.sizeOf(tweet),
    createdAt,
    updatedAt: createdAt,
    ...VERSION,
  };
}

export function commentedAt(tools: RowTools, comment: number): Date {
  const { shape } = tools;
  const video = shape.comments.find(comment).owner;
  return timeAfter(publishedAt(tools, video), tools, shape.random.unit(DRAW.time, comment));
}

export function tweetedAt(tools: RowTools, tweet: number): Date {
  return daysAgo(tools, tools.shape.random.unit(DRAW.time, tweet, 2) ** 1.5 * TWEET_DAYS);
}

/** What the channel has to say, or that there is a new video. */
function postOf({ shape }: RowTools, tweet: number): string {
  const written = WRITTEN_POSTS[tweet];
  if (written) return written.post;
  const form = shape.random.pick(NEWS_FORMS, DRAW.text, tweet, 7);
  return form.replace('{}', titleOf(shape, shape.tweetVideos[tweet] ?? 0));
}

/** Under one video nobody says what another has said, until all is said. */
function remarkOf({ shape }: RowTools, video: number, place: number): string {
  const { random } = shape;
  const { remarks } = modelChannel(shape.videos.owners[video] ?? 0);
  // The second, and every third after it, is about the subject, as long as there are any.
  const own = Math.floor(place / 3);
  const isOwn = place % 3 === 1 && own < remarks.length;
  const ownBefore = Math.min(Math.floor((place + 1) / 3), remarks.length);
  const text = isOwn
    ? at(remarks, own + random.below(remarks.length, DRAW.text, video, 5))
    : at(REMARKS, random.below(REMARKS.length, DRAW.text, video, 4) + place - ownBefore);
  const round = Math.floor(place / (REMARKS.length + remarks.length));
  return `${at(OPENERS, round)}${text}`;
}
