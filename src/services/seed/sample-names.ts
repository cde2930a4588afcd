import { at } from './seed-random';
import { SAMPLE_CHANNELS } from './content/texts';

const STILLS = 4;
const FACES = 24;

/** Which of the written-out channels a channel takes after. */
export function modelChannel(channel: number) {
  return at(SAMPLE_CHANNELS, channel);
}

export function clipOf(channel: number): string {
  return `${modelChannel(channel).material}.mp4`;
}

/** A moment of the channel's clip; neighbours have different ones. */
export function stillOf(channel: number, video: number): string {
  return `${modelChannel(channel).material}-${(video % STILLS) + 1}.webp`;
}

export function avatarOf(channel: number): string {
  return `${modelChannel(channel).material}-avatar.webp`;
}

export function coverOf(channel: number): string {
  return `${modelChannel(channel).material}-cover.webp`;
}

export function faceOf(person: number): string {
  return `face-${String((person % FACES) + 1).padStart(2, '0')}.webp`;
}
