import { SAMPLE_CHANNELS } from './content/texts';

/** Videos that are written out word by word, of channel after channel. */
export const WRITTEN_VIDEOS = SAMPLE_CHANNELS.flatMap(({ videos }, channel) =>
  videos.map((video) => ({ ...video, channel })),
);
