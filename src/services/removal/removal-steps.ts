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
    await inBatches(Playlist.collection, { videos: video }, onProgress, (lists) =>
      // No owner has edited these playlists, so updatedAt stays.
      Playlist.updateMany(
        { _id: { $in: lists } },
        { $pull: { videos: video } },
        { timestamps: false },
      ),
    );
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
  await inBatches(Comment.collection, filter, onProgress, async (comments) => {
    await removeLikes('comment', comments, onProgress);
    await Comment.collection.deleteMany({ _id: { $in: comments } });
  });
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
): Promise<void> {
  await inBatches(rows, filter, onProgress, (ids) => rows.deleteMany({ _id: { $in: ids } }));
}

/** @param change makes these rows match the filter no more */
async function inBatches(
  rows: Collection,
  filter: Record<string, unknown>,
  onProgress: OnProgress,
  change: (ids: Types.ObjectId[]) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const found = await rows
      .find<{ _id: Types.ObjectId }>(filter, { projection: { _id: 1 } })
      .limit(BATCH_SIZE)
      .toArray();
    if (found.length === 0) return;
    await change(found.map(({ _id }) => _id));
    await onProgress();
  }
}
