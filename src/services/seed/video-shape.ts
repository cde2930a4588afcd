import { strideFor } from './apportion';
import { DRAW } from './draws';
import type { SeedPlan } from './seed-plan';
import type { SeedRandom } from './seed-random';
import { WRITTEN_VIDEOS } from './written-videos';

/** Views a day of a video of average fame. */
const USUAL_RATE = 9;
const OLDEST_VIDEO_DAYS = 400;
const DRAFT_SHARE = 0.03;
/** The video that newcomers are sent to: three weeks old, and much talked about. */
const SHOWN = { video: 0, fame: 7, age: 20.4 } as const;

/** Whose the videos are, since when, and how often they are watched; lists are by video. */
export class VideoShape {
  /** Channels. */
  readonly owners: Int32Array;
  /** 1 for those that only their owners see. */
  readonly isDraft: Uint8Array;
  /** Those that everybody sees. */
  readonly published: Int32Array;
  /** In days, with a fraction. */
  readonly ages: Float64Array;
  /** How much people have to do with it; 0 for drafts. */
  readonly fame: Float64Array;
  readonly views: Int32Array;
  /** Of channel after channel, the views of each day, the last one today's. */
  readonly dayViews: Int32Array;
  private readonly stride: number;

  constructor(
    private readonly plan: SeedPlan,
    private readonly random: SeedRandom,
  ) {
    const length = plan.videos;
    this.owners = Int32Array.from({ length }, (_, video) => this.ownerOf(video));
    this.isDraft = Uint8Array.from({ length }, (_, video) => this.draftOf(video));
    this.published = Int32Array.from({ length }, (_, video) => video).filter(
      (video) => this.isDraft[video] === 0,
    );
    this.stride = strideFor(this.published.length);
    this.ages = Float64Array.from({ length }, (_, video) => this.ageOf(video));
    this.fame = Float64Array.from({ length }, (_, video) => this.fameOf(video));
    this.views = new Int32Array(length);
    this.dayViews = new Int32Array(plan.channels * plan.days);
    for (const video of this.published) this.addViews(video);
  }

  /** Published videos from a first one on, up to all of them: none twice. */
  publishedFrom(first: number, place: number): number {
    const { length } = this.published;
    return this.published[(first + place * this.stride) % length] ?? 0;
  }

  private ownerOf(video: number): number {
    const { channels } = this.plan;
    const written = WRITTEN_VIDEOS[video];
    if (written && written.channel < channels) return written.channel;
    // The first draft belongs to the one that people sign in as.
    if (video === WRITTEN_VIDEOS.length) return 0;
    return Math.floor(this.random.unit(DRAW.owner, video) ** 1.6 * channels);
  }

  private draftOf(video: number): number {
    if (video < WRITTEN_VIDEOS.length) return 0;
    const isFirst = video === WRITTEN_VIDEOS.length;
    return isFirst || this.random.unit(DRAW.draft, video) < DRAFT_SHARE ? 1 : 0;
  }

  private ageOf(video: number): number {
    if (video === SHOWN.video) return SHOWN.age;
    return 0.2 + this.random.unit(DRAW.age, video) ** 1.8 * OLDEST_VIDEO_DAYS;
  }

  private fameOf(video: number): number {
    if (this.isDraft[video]) return 0;
    if (video === SHOWN.video) return SHOWN.fame;
    return (this.random.unit(DRAW.fame, video) + 0.03) ** -0.7;
  }

  /** Views begin high, settle, and rise and fall with the week; before the days they are one number. */
  private addViews(video: number): void {
    const { days } = this.plan;
    const rate = USUAL_RATE * (this.fame[video] ?? 0);
    const age = this.ages[video] ?? 0;
    const channel = this.owners[video] ?? 0;
    let views = Math.round(Math.max(0, age - days) * rate);
    for (let ago = Math.min(days - 1, Math.floor(age)); ago >= 0; ago -= 1) {
      const launch = 1 + 4 * Math.exp(-(age - ago) / 2);
      const week = 1 + 0.35 * Math.sin((ago / 7) * 2 * Math.PI);
      const luck = 0.5 + this.random.unit(DRAW.rate, video, ago);
      // Today is not over yet.
      const seen = Math.round(rate * launch * week * luck * (ago === 0 ? 0.4 : 1));
      const day = channel * days + (days - 1 - ago);
      this.dayViews[day] = (this.dayViews[day] ?? 0) + seen;
      views += seen;
    }
    this.views[video] = views;
  }
}
