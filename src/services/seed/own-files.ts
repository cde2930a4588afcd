import { SAMPLE_CHANNELS } from './content/texts';
import { WRITTEN_VIDEOS } from './written-videos';
import { avatarOf, clipOf, coverOf, stillOf } from './sample-names';
import type { SeedPlan } from './seed-plan';

/** A copy of a sample that belongs to one row. */
export interface OwnFile {
  ownName: string;
  sample: string;
}

export const ownAvatar = (channel: number): string => `avatar-${channel}`;
export const ownCover = (channel: number): string => `cover-${channel}`;
export const ownClip = (video: number): string => `clip-${video}`;
export const ownStill = (video: number): string => `still-${video}`;

/** What is to be stored: the files of all that is written out, so that deleting one harms no other. */
export function ownFilesOf({ storesFiles, channels, videos }: SeedPlan): OwnFile[] {
  if (!storesFiles) return [];
  const pictures = Array.from(SAMPLE_CHANNELS.slice(0, channels).keys()).flatMap((channel) => [
    { ownName: ownAvatar(channel), sample: avatarOf(channel) },
    { ownName: ownCover(channel), sample: coverOf(channel) },
  ]);
  const films = WRITTEN_VIDEOS.slice(0, videos).flatMap(({ channel }, video) => [
    { ownName: ownClip(video), sample: clipOf(channel) },
    { ownName: ownStill(video), sample: stillOf(channel, video) },
  ]);
  return [...pictures, ...films];
}
