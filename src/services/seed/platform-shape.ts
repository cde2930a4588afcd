import { apportion, Groups, strideFor } from './apportion';
import { SAMPLE_CHANNELS, WRITTEN_POSTS } from './content/texts';
import { DRAW } from './draws';
import type { SeedPlan } from './seed-plan';
import { SeedRandom, type Purpose } from './seed-random';
import { VideoShape } from './video-shape';

/** Of the two that newcomers sign in as; most others have less than one. */
const SHOWN_KEENNESS = 30;

/**
 * Who has how much of what: everything that the counters of the rows say, before any row is made. All
 * else about a row follows from its place.
 */
export class PlatformShape {
  readonly random: SeedRandom;
  readonly videos: VideoShape;
  /** By tweet: its channel, and the video that it tells of, -1 for none. */
  readonly tweetOwners: Int32Array;
  readonly tweetVideos: Int32Array;
  /** By video. */
  readonly comments: Groups;
  readonly videoLikes: Groups;
  /** By comment. */
  readonly replies: Groups;
  /** By comment, and then by reply. */
  readonly commentLikes: Groups;
  /** By tweet. */
  readonly tweetLikes: Groups;
  /** By channel. */
  readonly subscriptions: Groups;
  /** By person. */
  readonly watched: Groups;
  readonly counts: ShapeCounts;
  private readonly peopleStride: number;
  private readonly subscriberStride: number;

  /** @throws RangeError for a plan that does not fit together */
  constructor(
    readonly plan: SeedPlan,
    seed: number,
  ) {
    const { people, channels } = plan;
    if (channels < 1 || people <= channels)
      throw new RangeError('more people than channels, please');
    this.random = new SeedRandom(seed);
    this.videos = new VideoShape(plan, this.random);
    this.peopleStride = strideFor(people);
    this.subscriberStride = strideFor(people - 1);
    this.tweetVideos = Int32Array.from({ length: plan.tweets }, (_, tweet) =>
      this.toldVideo(tweet),
    );
    this.tweetOwners = this.tweetVideos.map((video, tweet) => this.tweeterOf(video, tweet));

    const { fame, published } = this.videos;
    const remarks = plan.comments + plan.replies;
    this.comments = new Groups(apportion(plan.comments, fame));
    this.videoLikes = new Groups(apportion(plan.videoLikes, fame, people));
    this.replies = new Groups(
      apportion(plan.replies, this.drawn(plan.comments, DRAW.replied, 0.6)),
    );
    this.commentLikes = new Groups(
      apportion(plan.commentLikes, this.drawn(remarks, DRAW.liked, 0.4), people),
    );
    this.tweetLikes = new Groups(
      apportion(plan.tweetLikes, this.drawn(plan.tweets, DRAW.liked, 0), people),
    );
    this.subscriptions = new Groups(apportion(plan.subscriptions, this.loyalty(), people - 1));
    this.watched = new Groups(apportion(plan.watched, this.keenness(), published.length));
    this.counts = this.count();
  }

  /** Who likes, of the likes of one thing; nobody twice. */
  likerOf(target: number, place: number): number {
    const first = this.random.below(this.plan.people, DRAW.first, target);
    return (first + place * this.peopleStride) % this.plan.people;
  }

  /** Whose a subscription is, and to which channel; nobody's to their own, nor twice to one. */
  subscriberOf(row: number): { subscriber: number; channel: number } {
    const { owner: channel, place } = this.subscriptions.find(row);
    const others = this.plan.people - 1;
    const first = this.random.below(others, DRAW.first, channel, 1);
    const other = (first + place * this.subscriberStride) % others;
    return { subscriber: other < channel ? other : other + 1, channel };
  }

  /** What somebody has watched, the last first; nothing twice. */
  watchedVideo(person: number, place: number): number {
    const first = this.random.below(this.videos.published.length, DRAW.first, person, 2);
    return this.videos.publishedFrom(first, place);
  }

  private toldVideo(tweet: number): number {
    if (tweet < WRITTEN_POSTS.length) return -1;
    const { published } = this.videos;
    return published[this.random.below(published.length, DRAW.text, tweet, 6)] ?? 0;
  }

  private tweeterOf(video: number, tweet: number): number {
    if (video >= 0) return this.videos.owners[video] ?? 0;
    return (WRITTEN_POSTS[tweet]?.channel ?? 0) % this.plan.channels;
  }

  private loyalty(): Float64Array {
    return Float64Array.from({ length: this.plan.channels }, (_, channel) => {
      const isWritten = channel < SAMPLE_CHANNELS.length;
      return (this.random.unit(DRAW.loyalty, channel) + 0.05) ** -0.6 * (isWritten ? 2 : 1);
    });
  }

  private keenness(): Float64Array {
    const { people, channels } = this.plan;
    return Float64Array.from({ length: people }, (_, person) => {
      const isShown = person === 0 || person === channels;
      return isShown ? SHOWN_KEENNESS : this.random.unit(DRAW.keenness, person) ** 2 + 0.01;
    });
  }

  /** @param none the share of those that have nothing */
  private drawn(length: number, purpose: Purpose, none: number): Float64Array {
    return Float64Array.from({ length }, (_, place) => {
      const drawn = this.random.unit(purpose, place);
      return drawn < none ? 0 : drawn ** 2 + 0.001;
    });
  }

  private count(): ShapeCounts {
    const { people, channels, videos } = this.plan;
    const { owners, published } = this.videos;
    const channelOf = (video: number): number => owners[video] ?? 0;
    const subscribers = Int32Array.from(
      { length: this.subscriptions.total },
      (_, row) => this.subscriberOf(row).subscriber,
    );
    const answered = Int32Array.from(
      { length: this.replies.total },
      (_, reply) => this.comments.find(this.replies.find(reply).owner).owner,
    );
    return {
      subscribedTo: countBy(people, subscribers),
      allVideos: countBy(channels, owners),
      videos: countBy(channels, published.map(channelOf)),
      tweets: countBy(channels, this.tweetOwners),
      replies: countBy(videos, answered),
    };
  }
}

/** What rows of several owners add up to. */
export interface ShapeCounts {
  /** By person: channels. */
  subscribedTo: Int32Array;
  /** By channel. */
  allVideos: Int32Array;
  videos: Int32Array;
  tweets: Int32Array;
  /** By video, of the replies to all its comments. */
  replies: Int32Array;
}

function countBy(groups: number, owners: Int32Array): Int32Array {
  const counts = new Int32Array(groups);
  for (const owner of owners) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}
