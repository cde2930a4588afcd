import type { Types } from 'mongoose';
import { Comment } from '../../models/comment.model';
import { Like, type LikeTarget } from '../../models/like.model';
import { Playlist } from '../../models/playlist.model';
import type { RemovalKind } from '../../models/removal.model';
import { ViewMark } from '../../models/view-mark.model';
import { WatchHistory } from '../../models/watch-history.model';
import { removeAccountRows } from './account-steps';
import { inBatches, removeInBatches, type OnProgress, type StepTools } from './step-tools';

/**
 * Deletes the rows that belonged to a thing that is gone. Every step can be repeated, so a removal
 * that was cut short is simply run again.
 */
export const REMOVAL_STEPS: Readonly<
  Record<RemovalKind, (target: Types.ObjectId, tools: StepTools) => Promise<void>>
> = {
  async video(video, { onProgress }) {
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

  async comment(comment, { onProgress }) {
    await removeComments({ parent: comment }, onProgress);
    await removeLikes('comment', [comment], onProgress);
  },

  tweet: (tweet, { onProgress }) => removeLikes('tweet', [tweet], onProgress),

  account: removeAccountRows,

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
    // Likes that landed between the two; from here on there is nothing left to like.
    await removeLikes('comment', comments, onProgress);
  });
}

async function removeLikes(
  targetType: LikeTarget,
  targets: readonly Types.ObjectId[],
  onProgress: OnProgress,
): Promise<void> {
  await removeInBatches(Like.collection, { target: { $in: targets }, targetType }, onProgress);
}
