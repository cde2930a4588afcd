import type { Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import type { Moderator } from '../../middlewares/require-role.middleware';
import { Comment } from '../../models/comment.model';
import { inTurn } from '../../utils/in-turn';
import { commentNotFound, deleteCommentWithin } from '../comment.service';
import type { Removals } from '../removal/removal.service';
import { noteAct } from './moderation-log.service';

/**
 * Deletes anybody's comment with its replies, as its author would.
 * @throws ApiError 404 COMMENT_NOT_FOUND
 */
export async function deleteCommentAsModerator(
  removals: Removals,
  moderator: Moderator,
  commentId: Types.ObjectId,
  reason: string,
): Promise<void> {
  const comment = await Comment.findById(commentId).select('video').lean();
  if (!comment) throw commentNotFound();
  const removal = await inTurn(`comments of ${comment.video.toString()}`, () =>
    runInTransaction(async (session) => {
      const scheduled = await deleteCommentWithin(removals, commentId, session);
      if (!scheduled) throw commentNotFound();
      await noteAct(
        moderator,
        { act: 'comment-deleted', targetType: 'comment', target: commentId, reason },
        session,
      );
      return scheduled;
    }),
  );
  await removals.run(removal);
}
