import type { Collection, Types } from 'mongoose';
import { Comment } from '../../models/comment.model';
import { Like, type LikeTarget } from '../../models/like.model';
import { Playlist } from '../../models/playlist.model';
import type { RemovalKind } from '../../models/removal.model';
import { ViewMark } from '../../models/view-mark.model';
import { WatchHistory } from '../../models/watch-history.model';

/** Rows deleted by one command: none holds up the others for long, however popular the thing was. */
const BATCH_SIZE = 500;

/** Told after every batch: a long removal is still alive. */
type OnProgress = () => Promise<void>;

/**
 * Deletes the rows that belonged to a thing that is gone. Every step can be repeated, so a removal
 * that was cut short is simply run again.
 */
export const REMOVAL_STEPS: Readonly<
  Record<RemovalKind, (target: Types.ObjectId, onProgress: OnProgress) => Promise<void>>
> = {
  async video(video, onProgress) {
    await removeComments({ video }, onProgress);
    await removeLikes('video', [video], onProgress);
    await Playlist.updateMany({ videos: video }, { $pull: { videos: video } });
    await removeInBatches(WatchHistory.collection, { video }, onProgress);
    await removeInBatches(ViewMark.collection, { video }, onProgress);
  },

  async comment(comment, onProgress) {
    await removeComments({ parent: comment }, onProgress);
    await removeLikes('comment', [comment], onProgress);
  },

  tweet: (tweet, onProgress) => removeLikes('tweet', [tweet], onProgress),

  // A replaced file: nothing but the file itself.
  asset: () => Promise.resolve(),
};

async function removeComments(
  filter: { video: Types.ObjectId } | { parent: Types.ObjectId },
  onProgress: OnProgress,
): Promise<void> {
  await removeInBatches(Comment.collection, filter, onProgress, (ids) =>
    removeLikes('comment', ids, onProgress),
  );
}

async function removeLikes(
  targetType: LikeTarget,
  targets: readonly Types.ObjectId[],
  onProgress: OnProgress,
): Promise<void> {
  await removeInBatches(Like.collection, { target: { $in: targets }, targetType }, onProgress);
}

async function removeInBatches(
  rows: Collection,
  filter: Record<string, unknown>,
  onProgress: OnProgress,
  before: (ids: Types.ObjectId[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (;;) {
    const found = await rows
      .find<{ _id: Types.ObjectId }>(filter, { projection: { _id: 1 } })
      .limit(BATCH_SIZE)
      .toArray();
    if (found.length === 0) return;
    const ids = found.map(({ _id }) => _id);
    await before(ids);
    await rows.deleteMany({ _id: { $in: ids } });
    await onProgress();
  }
}
