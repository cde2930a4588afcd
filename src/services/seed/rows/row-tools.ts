import type { Types } from 'mongoose';
import type { StoredAsset } from '../../media/media-store';
import type { PlatformShape } from '../platform-shape';
import { rowId, type RowKind } from '../seed-ids';

export const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** What the makers of rows have at hand. */
export interface RowTools {
  shape: PlatformShape;
  seed: number;
  /** The present of the platform: nothing has happened after it. */
  now: number;
  /** The hash that is everybody's. */
  password: string;
  files: RowFiles;
}

/** Where a row finds its files. */
export interface RowFiles {
  /** The one that was stored under this name for the row alone, or else the sample that all share. */
  assetOf(ownName: string, sample: string): StoredAsset;
}

export function idOf(
  { seed }: Pick<RowTools, 'seed'>,
  kind: RowKind,
  place: number,
): Types.ObjectId {
  return rowId(seed, kind, place);
}

export function daysAgo({ now }: Pick<RowTools, 'now'>, days: number): Date {
  return new Date(Math.round(now - days * DAY_MILLISECONDS));
}

/** Some time between then and now; most of what happens to a thing happens soon. */
export function timeAfter(start: Date, { now }: Pick<RowTools, 'now'>, drawn: number): Date {
  return new Date(Math.round(start.getTime() + (now - start.getTime()) * drawn ** 2.5));
}

export function publishedAt(tools: RowTools, video: number): Date {
  return daysAgo(tools, tools.shape.videos.ages[video] ?? 0);
}

/** As Mongoose writes every document. */
export const VERSION = { __v: 0 } as const;
