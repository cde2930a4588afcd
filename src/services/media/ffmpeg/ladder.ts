/** One quality of a video. */
export interface Rung {
  /** The shorter side in pixels, as in "720p", whichever way the video stands. */
  side: number;
  maxBitsPerSecond: number;
}

const USUAL_SIDES = [1080, 720, 480, 240];
/** A rung that is nearly as large as the next one would only cost. */
const LARGEST_SHARE_OF_NEXT = 0.8;
const FULL_HD_BITS_PER_SECOND = 5_000_000;

/**
 * The qualities in which a video is offered: its own, up to 1080, and the usual ones below. Never
 * larger than the video.
 * @returns at least one, the best first
 */
export function ladderFor({ width, height }: { width: number; height: number }): Rung[] {
  const own = Math.min(width, height, USUAL_SIDES[0] ?? 0);
  const below = USUAL_SIDES.filter((side) => side <= own * LARGEST_SHARE_OF_NEXT);
  return [toEven(own), ...below].map((side) => ({ side, maxBitsPerSecond: bitsFor(side) }));
}

/** H.264 with colours at half the resolution has no odd sides. */
function toEven(side: number): number {
  return Math.max(2, side - (side % 2));
}

/** Fewer pixels need more bits each: between the side and its square. */
function bitsFor(side: number): number {
  return Math.round(FULL_HD_BITS_PER_SECOND * (side / 1080) ** 1.5);
}
