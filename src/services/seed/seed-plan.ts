/** How much of everything a sample platform has. */
export interface SeedPlan {
  people: number;
  /** Of the people, those who have videos. */
  channels: number;
  videos: number;
  tweets: number;
  /** On videos themselves. */
  comments: number;
  replies: number;
  videoLikes: number;
  commentLikes: number;
  tweetLikes: number;
  subscriptions: number;
  /** Entries of watch histories. */
  watched: number;
  playlists: number;
  /** Back from today, of a channel's views. */
  days: number;
  /**
   * Whether the written-out channels and videos have files of their own in the media store. All others
   * show the samples that every server has, which costs nothing, and so may be millions.
   */
  storesFiles: boolean;
}

export const SEED_SIZES = {
  small: {
    people: 120,
    channels: 12,
    videos: 40,
    tweets: 45,
    comments: 320,
    replies: 180,
    videoLikes: 900,
    commentLikes: 500,
    tweetLikes: 400,
    subscriptions: 520,
    watched: 900,
    playlists: 40,
    days: 60,
    storesFiles: true,
  },
  medium: {
    people: 2000,
    channels: 150,
    videos: 1500,
    tweets: 1500,
    comments: 6500,
    replies: 2500,
    videoLikes: 14_000,
    commentLikes: 5000,
    tweetLikes: 3000,
    subscriptions: 9000,
    watched: 10_000,
    playlists: 600,
    days: 60,
    storesFiles: true,
  },
  large: {
    people: 20_000,
    channels: 1500,
    videos: 20_000,
    tweets: 20_000,
    comments: 150_000,
    replies: 50_000,
    videoLikes: 350_000,
    commentLikes: 100_000,
    tweetLikes: 50_000,
    subscriptions: 200_000,
    watched: 200_000,
    playlists: 5000,
    days: 60,
    storesFiles: true,
  },
} as const satisfies Record<string, SeedPlan>;

export type SeedSize = keyof typeof SEED_SIZES;

/** Rows that say what people have to do with things and with each other. */
export function relationRows(plan: SeedPlan): number {
  const { comments, replies, videoLikes, commentLikes, tweetLikes, subscriptions, watched } = plan;
  return comments + replies + videoLikes + commentLikes + tweetLikes + subscriptions + watched;
}
