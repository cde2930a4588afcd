import { apportion, Groups, strideFor } from './apportion';
import { SAMPLE_CHANNELS } from './content/texts';
import type { SeedPlan } from './seed-plan';
import { SeedRandom, type Purpose } from './seed-random';

/** What numbers are drawn for. */
export const DRAW = {
  owner: 1,
  draft: 2,
  fame: 3,
  age: 4,
  rate: 5,
  replied: 6,
  liked: 7,
  first: 8,
  loyalty: 9,
  keenness: 10,
  time: 11,
  text: 12,
  author: 13,
  progress: 14,
  list: 15,
  name: 16,
} as const satisfies Record<string, Purpose>;

/** Views a day of a video of average fame. */
const USUAL_RATE = 9;
/** Where the first person after the channels is somebody who watches a lot. */
const VIEWER_KEENNESS = 30;
const OLDEST_VIDEO_DAYS = 400;

/** Videos that are written out word by word, of channel after channel. */
export const WRITTEN_VIDEOS = SAMPLE_CHANNELS.flatMap(({ videos }, channel) =>
  videos.map((video) => ({ ...video, channel })),
);

/**
 * Who has how much of what: everything that the counters of the rows say, before any row is made. All
 * else about a row follows from its place.
 */
export class PlatformShape {
  readonly random: SeedRandom;
  /** Of each video, its channel. */
  readonly videoOwners: Int32Array;
  /** Videos that everybody sees. */
  readonly published: Int32Array;
  readonly isDraft: Uint8Array;
  /** Whole days ago, with a fraction. */
  readonly videoAges: Float64Array;
  readonly videoViews: Int32Array;
  /** Of channel after channel, the views of each day, the last one today's. */
  readonly dayViews: Int32Array;
  readonly tweetOwners: Int32Array;
  /** By video. */
  readonly comments: Groups;
  /** By comment. */
  readonly replies: Groups;
  readonly videoLikes: Groups;
  /** By comment, and then by reply. */
  readonly commentLikes: Groups;
  readonly tweetLikes: Groups;
  /** By channel. */
  readonly subscriptions: Groups;
  /** By person. */
  readonly watched: Groups;
  readonly subscribedTo: Int32Array;
  /** By channel. */
  readonly allVideosCounts: Int32Array;
  readonly videosCounts: Int32Array;
  readonly tweetsCounts: Int32Array;
  /** By video, of the replies to all its comments. */
  readonly repliesCounts: Int32Array;
  readonly videoStride: number;
  private readonly peopleStride: number;
  private readonly subscriberStride: number;

  constructor(
    readonly plan: SeedPlan,
    seed: number,
  ) {
    this.random = new SeedRandom(seed);
    const { random } = this;
    const { people, channels, videos, tweets } = plan;
    if (channels < 1 || people <= channels) throw new RangeError('more people than channels');
    this.peopleStride = strideFor(people);
    this.subscriberStride = strideFor(people - 1);

    this.videoOwners = Int32Array.from({ length: videos }, (_video, place) => this.ownerOf(place));
    this.isDraft = Uint8Array.from({ length: videos }, (_video, place) =>
      this.drafts(place) ? 1 : 0,
    );
    this.published = Int32Array.from(
      Array.from(this.isDraft.keys()).filter((place) => !this.isDraft[place]),
    );
    this.videoStride = strideFor(this.published.length);
    this.videoAges = Float64Array.from({ length: videos }, (_video, place) => this.ageOf(place));
    const fame = Float64Array.from({ length: videos }, (_video, place) =>
      this.isDraft[place] ? 0 : (random.unit(DRAW.fame, place) + 0.03) ** -0.7,
    );
    this.videoViews = new Int32Array(videos);
    this.dayViews = new Int32Array(channels * plan.days);
    this.addViews(fame);

    this.tweetOwners = Int32Array.from({ length: tweets }, (_tweet, place) => place % channels);
    this.comments = new Groups(apportion(plan.comments, fame));
    this.replies = new Groups(
      apportion(plan.replies, this.drawn(plan.comments, DRAW.replied, 0.6)),
    );
    this.videoLikes = new Groups(apportion(plan.videoLikes, fame, people));
    const remarks = plan.comments + plan.replies;
    this.commentLikes = new Groups(
      apportion(plan.commentLikes, this.drawn(remarks, DRAW.liked, 0.5), people),
    );
    this.tweetLikes = new Groups(
      apportion(plan.tweetLikes, this.drawn(tweets, DRAW.liked, 0), people),
    );
    const loyalty = Float64Array.from(
      { length: channels },
      (_channel, place) =>
        (random.unit(DRAW.loyalty, place) + 0.05) ** -0.6 *
        (place < SAMPLE_CHANNELS.length ? 2 : 1),
    );
    this.subscriptions = new Groups(apportion(plan.subscriptions, loyalty, people - 1));
    const keenness = Float64Array.from({ length: people }, (_person, place) =>
      place === 0 || place === channels
        ? VIEWER_KEENNESS
        : random.unit(DRAW.keenness, place) ** 2 + 0.01,
    );
    this.watched = new Groups(apportion(plan.watched, keenness, this.published.length));
    this.allVideosCounts = countBy(channels, this.videoOwners);
    this.videosCounts = countBy(
      channels,
      this.published.map((video) => this.videoOwners[video] ?? 0),
    );
    this.tweetsCounts = countBy(channels, this.tweetOwners);
    this.subscribedTo = countBy(
      people,
      Int32Array.from(
        { length: this.subscriptions.total },
        (_row, row) => this.subscriberOf(row).subscriber,
      ),
    );
    this.repliesCounts = countBy(
      videos,
      Int32Array.from({ length: this.replies.total }, (_row, row) => this.repliedVideo(row)),
    );
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
    const first = this.random.below(this.published.length, DRAW.first, person, 2);
    const index = (first + place * this.videoStride) % this.published.length;
    return this.published[index] ?? 0;
  }

  private repliedVideo(reply: number): number {
    return this.comments.find(this.replies.find(reply).owner).owner;
  }

  private ownerOf(video: number): number {
    const written = WRITTEN_VIDEOS[video];
    if (written && written.channel < this.plan.channels) return written.channel;
    // The first draft belongs to the one that people sign in as.
    if (video === WRITTEN_VIDEOS.length) return 0;
    return Math.floor(this.random.unit(DRAW.owner, video) ** 1.6 * this.plan.channels);
  }

  private drafts(video: number): boolean {
    if (video < WRITTEN_VIDEOS.length) return false;
    return video === WRITTEN_VIDEOS.length || this.random.unit(DRAW.draft, video) < 0.03;
  }

  private ageOf(video: number): number {
    const spread = this.random.unit(DRAW.age, video);
    return 0.2 + spread ** 1.8 * OLDEST_VIDEO_DAYS;
  }

  private drawn(count: number, purpose: Purpose, none: number): Float64Array {
    return Float64Array.from({ length: count }, (_row, place) => {
      const drawn = this.random.unit(purpose, place);
      return drawn < none ? 0 : drawn ** 2 + 0.001;
    });
  }

  /** Views begin high, settle, and rise at weekends; what is older than the days is one number. */
  private addViews(fame: Float64Array): void {
    const { days } = this.plan;
    for (const video of this.published) {
      const rate = USUAL_RATE * (fame[video] ?? 0);
      const age = this.videoAges[video] ?? 0;
      const channel = this.videoOwners[video] ?? 0;
      let views = Math.round(Math.max(0, age - days) * rate);
      for (let ago = Math.min(days - 1, Math.floor(age)); ago >= 0; ago -= 1) {
        const launch = 1 + 4 * Math.exp(-(age - ago) / 2);
        const wave = 1 + 0.35 * Math.sin((ago / 7) * 2 * Math.PI);
        const luck = 0.5 + this.random.unit(DRAW.rate, video, ago);
        const seen = Math.round(rate * launch * wave * luck * (ago === 0 ? 0.4 : 1));
        const day = channel * days + (days - 1 - ago);
        this.dayViews[day] = (this.dayViews[day] ?? 0) + seen;
        views += seen;
      }
      this.videoViews[video] = views;
    }
  }
}

function countBy(groups: number, owners: Int32Array): Int32Array {
  const counts = new Int32Array(groups);
  for (const owner of owners) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}
