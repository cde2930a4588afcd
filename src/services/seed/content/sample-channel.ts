/** A video as its channel tells of it. */
export interface SampleVideo {
  title: string;
  description: string;
  tags: readonly string[];
}

/** A channel of the sample platform: who speaks, about what, and what others say to it. */
export interface SampleChannel {
  /** The beginning of the names of its clip and pictures, see `sample-files.ts`. */
  material: string;
  username: string;
  fullName: string;
  description: string;
  category: string;
  /** Tags of every video. */
  tags: readonly string[];
  videos: readonly SampleVideo[];
  /** What further videos are about. */
  subjects: readonly string[];
  /** What people write under its videos. */
  remarks: readonly string[];
  posts: readonly string[];
}
