import { createHmac } from 'node:crypto';
import type { Types } from 'mongoose';
import type { Config } from '../config';
import { isDuplicateKey } from '../db/duplicate-key';
import { ViewMark } from '../models/view-mark.model';

const WATCHED_SECONDS = 30;

/** Who is watching: a signed-in person, or a guest known by address and browser only. */
export type Viewer =
  { userId: Types.ObjectId } | { userId?: undefined; address: string; userAgent: string };

/**
 * Whether this view is the first of its viewer within the window; then it is marked as counted.
 */
export async function isNewView(
  videoId: Types.ObjectId,
  viewer: Viewer,
  config: Pick<Config, 'viewWindowSeconds' | 'accessToken'>,
): Promise<boolean> {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + config.viewWindowSeconds * 1000);
  try {
    // Takes over an expired mark or inserts one; a living mark matches neither, and the insert
    // then fails on the unique index. One atomic step, so parallel requests count once.
    await ViewMark.updateOne(
      { video: videoId, viewer: viewerKey(viewer, config), expiresAt: { $lte: now } },
      { $set: { expiresAt } },
      { upsert: true },
    );
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
  return true;
}

/** Whether this much watching makes a view where opening alone does not: 30 s, or half a short video. */
export function isWatched(progress: number | undefined, duration: number): boolean {
  return progress !== undefined && progress >= Math.min(WATCHED_SECONDS, duration / 2);
}

/** Guests are kept as a keyed hash: enough to count them once, useless to find out who they are. */
function viewerKey(viewer: Viewer, config: Pick<Config, 'accessToken'>): string {
  if (viewer.userId) return viewer.userId.toString();
  return createHmac('sha256', config.accessToken.secret)
    .update(`guest view\n${viewer.address}\n${viewer.userAgent}`)
    .digest('base64url');
}
