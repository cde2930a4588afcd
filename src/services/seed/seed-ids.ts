import { Types } from 'mongoose';

/** One collection may have several kinds of rows; no two rows of all have the same id. */
export const ROW_KINDS = [
  'person',
  'video',
  'tweet',
  'comment',
  'reply',
  'video-like',
  'comment-like',
  'tweet-like',
  'subscription',
  'watched',
  'playlist',
  'watch-later',
  'day-views',
] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** The start of 2024: ids say when they were made, and these are of no particular time. */
const EPOCH_SECONDS = 1_704_067_200;
const MOST_SEEDS = 0xffff;

/** @throws RangeError for a seed that ids have no room for */
export function requireSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= 1 && seed <= 9999) return;
  throw new RangeError('a seed is a whole number from 1 to 9999');
}

/**
 * The id of a row: the same whenever it is made, so that what is there is not made again. Ids of one kind
 * grow with the place, as those of rows that are written one after the other do.
 */
export function rowId(seed: number, kind: RowKind, place: number): Types.ObjectId {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(EPOCH_SECONDS, 0);
  bytes.writeUInt16BE(seed & MOST_SEEDS, 4);
  bytes.writeUInt16BE(ROW_KINDS.indexOf(kind), 6);
  bytes.writeUInt32BE(place, 8);
  return new Types.ObjectId(bytes);
}
